package org.ipsec4j.ike.v2.exchange;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.ike.proposal.Offers;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.KePayload;
import org.ipsec4j.ike.wire.NoncePayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.SaPayload;
import org.jspecify.annotations.Nullable;

/**
 * What can be said about the first request of a peer without keeping any state for it (RFC 7296
 * 2.6, 2.7, 1.2).
 */
public final class InitGate {
  private InitGate() {}

  /** The verdict on an IKE_SA_INIT request. */
  public sealed interface Verdict {
    /**
     * An IKE SA may come of it.
     *
     * @param candidates who the peer may be, best first
     * @param chosen algorithms
     */
    record Accept(List<PadEntry> candidates, ChosenIke chosen) implements Verdict {
      /** Copies the list. */
      public Accept {
        candidates = List.copyOf(candidates);
      }
    }

    /**
     * Answered with an error, and forgotten.
     *
     * @param answer the notification
     * @param diagnosis why, or null when the peer is expected to try again
     */
    record Refuse(NotifyPayload answer, @Nullable Diagnosis diagnosis) implements Verdict {}

    /**
     * Not answered.
     *
     * @param reason counted
     * @param diagnosis why, or null when that is not worth telling
     */
    record Drop(IkeDropReason reason, @Nullable Diagnosis diagnosis) implements Verdict {}
  }

  /** Judges a request that obeys the payload rules. */
  public static Verdict judge(Environment env, IkeMessage request, Endpoint from, Endpoint to) {
    SaPayload offered = request.first(SaPayload.class);
    KePayload ke = request.first(KePayload.class);
    if (offered == null || ke == null || request.first(NoncePayload.class) == null) {
      return new Verdict.Drop(IkeDropReason.RULE_VIOLATION, null);
    }
    return switch (env.policy().peersAt(to.address(), from.address())) {
      case Decision.No<List<PadEntry>> no ->
          new Verdict.Drop(
              IkeDropReason.NO_PEER,
              Diagnoses.noPadEntry("IKE_SA_INIT", "the address " + from.address(), no.why()));
      case Decision.Yes<List<PadEntry>> yes -> choose(env, yes.value(), offered, ke);
    };
  }

  private static Verdict choose(
      Environment env, List<PadEntry> candidates, SaPayload offered, KePayload ke) {
    if (candidates.isEmpty()) {
      return new Verdict.Drop(IkeDropReason.NO_PEER, null);
    }
    return switch (env.policy().chooseIke(candidates, offered.proposals())) {
      case Decision.No<ChosenIke> no -> {
        PadEntry first = candidates.getFirst();
        List<Proposal> ours = Offers.ike(first.ike().proposals(), Bytes.EMPTY);
        yield new Verdict.Refuse(
            NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN),
            Diagnoses.noCommonIke(no.why(), offered.proposals(), ours, first.origin()));
      }
      case Decision.Yes<ChosenIke> yes -> {
        int method = yes.value().keyExchange().id();
        yield ke.method() == method
            ? new Verdict.Accept(candidates, yes.value())
            : new Verdict.Refuse(invalidKe(method), null);
      }
    };
  }

  /** {@code N(INVALID_KE_PAYLOAD)} with the method that we want (3.10.1). */
  static NotifyPayload invalidKe(int method) {
    return NotifyPayload.of(
        NotifyType.INVALID_KE_PAYLOAD,
        Bytes.copyOf(new byte[] {(byte) (method >>> 8), (byte) method}));
  }
}
