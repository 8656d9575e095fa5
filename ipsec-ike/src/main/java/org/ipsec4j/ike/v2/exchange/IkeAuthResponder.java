package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IdPayload;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;
import org.ipsec4j.ike.wire.Role;
import org.jspecify.annotations.Nullable;

/**
 * IKE_AUTH, the peer began (RFC 7296 1.2, 2.15, 2.21.2).
 *
 * <pre>
 *   HDR, SK {IDi, [CERT+], [CERTREQ], [IDr], AUTH, SA, TSi, TSr}  --&gt;
 *                 &lt;--  HDR, SK {IDr, [CERT+], AUTH, SA, TSi, TSr}
 * </pre>
 *
 * Whatever is wrong with the proof, the peer hears AUTHENTICATION_FAILED; only we know why.
 */
public final class IkeAuthResponder extends PeerExchange {
  private static final String PHASE = "IKE_AUTH";

  private final ExchangeContext sa;
  private final List<PadEntry> candidates;

  /**
   * @param sa the IKE SA
   * @param candidates who the peer may be, from IKE_SA_INIT
   */
  public IkeAuthResponder(ExchangeContext sa, List<PadEntry> candidates) {
    this.sa = sa;
    this.candidates = List.copyOf(candidates);
  }

  @Override
  public int type() {
    return ExchangeType.IKE_AUTH;
  }

  @Override
  public void onRequest(IkeMessage request) {
    IdPayload idi = request.id(Role.INITIATOR).orElse(null);
    if (idi == null) {
      refuse(Diagnoses.protocolError(PHASE, "no IDi", null));
      return;
    }
    Identity claimed = idi.identity();
    Identity wanted = request.id(Role.RESPONDER).map(IdPayload::identity).orElse(null);
    switch (sa.env().policy().peerByIdentity(candidates, claimed, wanted)) {
      case Decision.No<PadEntry> no -> refuse(nobody(claimed, wanted, no));
      case Decision.Yes<PadEntry> yes -> authenticate(yes.value(), request, idi);
    }
  }

  private Diagnosis nobody(Identity claimed, @Nullable Identity wanted, Decision.No<PadEntry> no) {
    PadEntry only = candidates.size() == 1 ? candidates.getFirst() : null;
    if (only != null && only.remoteIdentity() != null && !only.remoteIdentity().equals(claimed)) {
      return Diagnoses.unexpectedIdentity(only, claimed);
    }
    String what = "the identity " + claimed + (wanted == null ? "" : ", asking for " + wanted);
    return Diagnoses.noPadEntry(PHASE, what, no.why());
  }

  private void authenticate(PadEntry peer, IkeMessage request, IdPayload idi) {
    if (!permits(peer, sa.facts().algorithms())) {
      // Chosen for another candidate, before the peer said who it is.
      refuse(Diagnoses.notForPeer(peer, sa.facts().algorithms()));
      return;
    }
    PeerProof.check(
        sa,
        peer,
        request,
        idi,
        sa::alive,
        result -> {
          switch (result) {
            case PeerProof.Result.Refused refused -> refuse(refused.diagnosis());
            case PeerProof.Result.Proven proven ->
                prove(peer, request, proven.fact().id().identity());
          }
        });
  }

  private static boolean permits(PadEntry peer, ChosenIke chosen) {
    return peer.ike().proposals().stream().anyMatch(proposal -> permits(proposal, chosen));
  }

  private static boolean permits(IkeProposal proposal, ChosenIke chosen) {
    return proposal.encryption().contains(chosen.encryption())
        && proposal.prf().contains(chosen.prf())
        && proposal.keyExchange().contains(chosen.keyExchange())
        && (chosen.encryption().algorithm().isAead()
            || proposal.integrity().contains(chosen.integrity()));
  }

  private void prove(PadEntry peer, IkeMessage request, Identity remoteIdentity) {
    IdPayload idr = IdPayload.of(Role.RESPONDER, peer.localIdentity());
    OwnProof.make(
        sa,
        peer,
        idr,
        sa::alive,
        proof -> {
          switch (proof) {
            case OwnProof.Result.Failed failed -> refuse(failed.diagnosis());
            case OwnProof.Result.Ready ready -> {
              sa.established(peer, remoteIdentity);
              if (request.has(NotifyType.INITIAL_CONTACT)) {
                sa.initialContact();
              }
              List<Payload> payloads = new ArrayList<>();
              payloads.add(idr);
              payloads.addAll(ready.certificates());
              payloads.add(ready.auth());
              Diagnosis childFailure = child(request, payloads);
              sa.answer(payloads);
              if (childFailure != null) {
                sa.tellFailure(childFailure);
              }
            }
          }
        });
  }

  /** Adds what is said about the Child SA, installed before the answer goes out (2.8). */
  private @Nullable Diagnosis child(IkeMessage request, List<Payload> payloads) {
    switch (ChildGrant.ask(sa, PHASE, request, false)) {
      case ChildGrant.Result.Refused refused -> {
        payloads.add(refused.answer());
        return refused.diagnosis();
      }
      case ChildGrant.Result.Granted granted -> {
        int spi = sa.env().newInboundSpi();
        try {
          AgreedChild agreed =
              ChildGrant.agree(sa, granted, spi, null, sa.facts().ni(), sa.facts().nr());
          sa.childUp(agreed);
          payloads.addAll(ChildGrant.payloads(granted, spi, List.of()));
          return null;
        } catch (CryptoException e) {
          sa.env().releaseInboundSpi(spi);
          payloads.add(NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN));
          return Diagnoses.cryptoFailed(PHASE, e, sa.peer().origin());
        }
      }
    }
  }

  private void refuse(Diagnosis diagnosis) {
    sa.answer(List.of(NotifyPayload.of(NotifyType.AUTHENTICATION_FAILED)));
    sa.collapseAfterAnswer(diagnosis);
  }
}
