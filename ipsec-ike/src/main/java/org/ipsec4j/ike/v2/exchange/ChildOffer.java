package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.Transform;
import org.ipsec4j.ike.keys.ChildKeys;
import org.ipsec4j.ike.keys.KeyDerivation;
import org.ipsec4j.ike.proposal.Answer;
import org.ipsec4j.ike.proposal.AnswerCheck;
import org.ipsec4j.ike.proposal.Offers;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;
import org.ipsec4j.ike.wire.Role;
import org.ipsec4j.ike.wire.SaPayload;
import org.ipsec4j.ike.wire.TsPayload;
import org.jspecify.annotations.Nullable;

/**
 * Our side of a Child SA that we ask for, in IKE_AUTH and in CREATE_CHILD_SA alike: what we offer,
 * and whether the answer lies within it (RFC 7296 1.2, 1.3.1, 2.7, 2.9). Holds an inbound SPI until
 * {@link #release()} or until the Child SA owns it.
 */
final class ChildOffer {
  private final ExchangeContext sa;
  private final String phase;
  private final ChildRequest request;
  private final int spi;
  private final List<Proposal> proposals;

  ChildOffer(ExchangeContext sa, String phase, ChildRequest request, boolean withKeyExchange) {
    this.sa = sa;
    this.phase = phase;
    this.request = request;
    this.spi = sa.env().newInboundSpi();
    this.proposals =
        Offers.child(request.profile().proposals(), Child.octets(spi), withKeyExchange);
  }

  /** What came of an offer. */
  sealed interface Result {
    /** The answer lies within what we asked for. */
    record Agreed(
        ChosenChild chosen, SaMode mode, List<TrafficSelector> local, List<TrafficSelector> remote)
        implements Result {}

    /**
     * It does not, or there is none.
     *
     * @param peerInstalled whether the peer has a Child SA now, which must be deleted
     */
    record Failed(Diagnosis diagnosis, boolean peerInstalled) implements Result {}
  }

  int spi() {
    return spi;
  }

  ChildProfile profile() {
    return request.profile();
  }

  /** The SPI is free again: no Child SA came of it. */
  void release() {
    sa.env().releaseInboundSpi(spi);
  }

  /** {@code [N(USE_TRANSPORT_MODE)], SA, middle, TSi, TSr}. */
  List<Payload> payloads(List<Payload> middle) {
    List<Payload> payloads = new ArrayList<>();
    if (profile().mode() == SaMode.TRANSPORT) {
      payloads.add(NotifyPayload.of(NotifyType.USE_TRANSPORT_MODE));
    }
    payloads.add(new SaPayload(proposals));
    payloads.addAll(middle);
    payloads.add(TsPayload.of(Role.INITIATOR, request.localSelectors()));
    payloads.add(TsPayload.of(Role.RESPONDER, request.remoteSelectors()));
    return payloads;
  }

  /** Judges the answer. */
  Result judge(IkeMessage response) {
    NotifyPayload error = response.error().orElse(null);
    SaPayload answered = response.first(SaPayload.class);
    if (answered == null) {
      return new Result.Failed(
          error == null
              ? Diagnoses.protocolError(phase, "neither SA nor error", profile().origin())
              : refusal(error),
          false);
    }
    return switch (AnswerCheck.child(proposals, answered.proposals())) {
      case Answer.Mismatch<ChosenChild> mismatch -> new Result.Failed(mismatch(mismatch), true);
      case Answer.Agreed<ChosenChild> agreed -> selectors(agreed.value(), response);
    };
  }

  private Diagnosis mismatch(Answer.Mismatch<ChosenChild> mismatch) {
    if (mismatch.transformType() == Transform.KE) {
      return Diagnoses.pfsMismatch(
          phase, "the answer's key exchange: " + mismatch.reason(), profile());
    }
    return Diagnoses.protocolError(
        phase, "its choice is none of our offers: " + mismatch.reason(), profile().origin());
  }

  private Result selectors(ChosenChild chosen, IkeMessage response) {
    List<TrafficSelector> local = selectors(response, Role.INITIATOR);
    List<TrafficSelector> remote = selectors(response, Role.RESPONDER);
    if (!within(local, request.localSelectors()) || !within(remote, request.remoteSelectors())) {
      return new Result.Failed(
          Diagnoses.selectorsWidened(phase, profile(), local + " === " + remote), true);
    }
    boolean transport = response.has(NotifyType.USE_TRANSPORT_MODE);
    boolean wanted = profile().mode() == SaMode.TRANSPORT;
    if (transport != wanted) {
      // A responder that does not echo it has set up tunnel mode: delete it (1.3.1).
      String detail =
          "we asked for "
              + profile().mode()
              + ", the peer chose "
              + (transport ? SaMode.TRANSPORT : SaMode.TUNNEL);
      return new Result.Failed(Diagnoses.modeMismatch(phase, profile(), detail), true);
    }
    return new Result.Agreed(chosen, profile().mode(), local, remote);
  }

  private static List<TrafficSelector> selectors(IkeMessage response, Role role) {
    return response.selectors(role).map(TsPayload::selectors).orElse(List.of());
  }

  private static boolean within(List<TrafficSelector> part, List<TrafficSelector> whole) {
    return !part.isEmpty()
        && part.stream()
            .allMatch(one -> whole.stream().anyMatch(selector -> selector.contains(one)));
  }

  private Diagnosis refusal(NotifyPayload error) {
    if (error.is(NotifyType.NO_PROPOSAL_CHOSEN)) {
      return Diagnoses.refusedProposals(
          Cause.NO_COMMON_CHILD_PROPOSAL, phase, proposals, profile().origin());
    }
    if (error.is(NotifyType.TS_UNACCEPTABLE) || error.is(NotifyType.SINGLE_PAIR_REQUIRED)) {
      return Diagnoses.selectorsRefused(phase, profile());
    }
    return Diagnoses.peerError(phase, NotifyType.name(error.notifyType()), profile().origin());
  }

  /**
   * The Child SA with its keys; from here on it owns the SPI.
   *
   * @param shared g^ir of this exchange, or null
   */
  AgreedChild agree(Result.Agreed agreed, @Nullable Secret shared, Bytes ni, Bytes nr)
      throws CryptoException {
    InitFacts facts = sa.facts();
    ChosenChild chosen = agreed.chosen();
    ChildKeys keys =
        KeyDerivation.childKeys(
            facts.prf(), facts.keys().skD(), shared, ni, nr, chosen.transform());
    Child child =
        new Child(
            sa.env().nextChildId(),
            profile(),
            agreed.mode(),
            chosen.transform(),
            spi,
            Child.spi(chosen.peerSpi()),
            agreed.local(),
            agreed.remote());
    return new AgreedChild(child, keys.inbound(true), keys.outbound(true), true);
  }
}
