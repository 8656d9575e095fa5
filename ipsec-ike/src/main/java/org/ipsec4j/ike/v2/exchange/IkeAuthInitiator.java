package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.ike.v2.task.Certificates;
import org.ipsec4j.ike.wire.AuthPayload;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IdPayload;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;
import org.ipsec4j.ike.wire.Role;
import org.jspecify.annotations.Nullable;

/**
 * IKE_AUTH, our side began (RFC 7296 1.2, 2.15, 2.21.2).
 *
 * <pre>
 *   HDR, SK {IDi, [CERT+], [N(INITIAL_CONTACT)], [CERTREQ], [IDr], AUTH, SA, TSi, TSr}  --&gt;
 *                                   &lt;--  HDR, SK {IDr, [CERT+], AUTH, SA, TSi, TSr}
 * </pre>
 */
public final class IkeAuthInitiator extends OwnExchange {
  private static final String PHASE = "IKE_AUTH";

  private final ExchangeContext sa;
  private final PadEntry peer;
  private final IdPayload idi;
  private final ChildRequest wanted;
  private @Nullable ChildOffer offer;
  private boolean working;

  /**
   * @param sa the IKE SA
   * @param wanted the first Child SA
   */
  public IkeAuthInitiator(ExchangeContext sa, ChildRequest wanted) {
    this.sa = sa;
    this.peer = sa.peer();
    this.idi = IdPayload.of(Role.INITIATOR, peer.localIdentity());
    this.wanted = wanted;
  }

  @Override
  public int type() {
    return ExchangeType.IKE_AUTH;
  }

  /** The child asked for. */
  public ChildRequest wanted() {
    return wanted;
  }

  @Override
  public void start() {
    OwnProof.make(sa, peer, idi, () -> !isOver() && sa.alive(), this::send);
  }

  private void send(OwnProof.Result proof) {
    switch (proof) {
      case OwnProof.Result.Failed failed -> sa.collapse(failed.diagnosis());
      case OwnProof.Result.Ready ready -> {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(idi);
        payloads.addAll(ready.certificates());
        if (sa.onlyContact()) {
          payloads.add(NotifyPayload.of(NotifyType.INITIAL_CONTACT));
        }
        Certificates.request(sa.env().credentials(), peer.remoteAuth()).ifPresent(payloads::add);
        Identity expected = peer.remoteIdentity();
        if (expected != null) {
          payloads.add(IdPayload.of(Role.RESPONDER, expected));
        }
        payloads.add(ready.auth());
        offer = new ChildOffer(sa, PHASE, wanted, false);
        payloads.addAll(offer.payloads(List.of()));
        sa.request(ExchangeType.IKE_AUTH, payloads);
      }
    }
  }

  @Override
  public boolean onResponse(IkeMessage response) {
    if (working) {
      return false;
    }
    IdPayload idr = response.id(Role.RESPONDER).orElse(null);
    if (response.first(AuthPayload.class) == null || idr == null) {
      sa.collapse(refusal(response));
      return true;
    }
    Identity expected = peer.remoteIdentity();
    if (expected != null && !expected.equals(idr.identity())) {
      sa.collapseWithNotice(Diagnoses.unexpectedIdentity(peer, idr.identity()));
      return true;
    }
    working = true;
    PeerProof.check(
        sa, peer, response, idr, () -> !isOver() && sa.alive(), result -> proven(result, response));
    return true;
  }

  /** {@code <-- HDR, SK {N(AUTHENTICATION_FAILED)}} and its like. */
  private Diagnosis refusal(IkeMessage response) {
    NotifyPayload error = response.error().orElse(null);
    if (error == null) {
      return Diagnoses.protocolError(
          PHASE, "the response has neither IDr and AUTH nor an error", peer.origin());
    }
    return error.is(NotifyType.AUTHENTICATION_FAILED)
        ? Diagnoses.refusedByPeer(peer)
        : Diagnoses.peerError(PHASE, NotifyType.name(error.notifyType()), peer.origin());
  }

  private void proven(PeerProof.Result result, IkeMessage response) {
    switch (result) {
      case PeerProof.Result.Refused refused -> sa.collapseWithNotice(refused.diagnosis());
      case PeerProof.Result.Proven proven -> {
        sa.established(peer, proven.fact().id().identity());
        child(response);
        end();
        sa.finished();
      }
    }
  }

  /** The IKE SA is up; it stays when the Child SA fails (2.21.2). */
  private void child(IkeMessage response) {
    ChildOffer asked = offer;
    offer = null;
    if (asked == null) {
      return;
    }
    switch (asked.judge(response)) {
      case ChildOffer.Result.Failed failed -> {
        sa.tellFailure(failed.diagnosis());
        ChildOutcome.failed(sa, asked, failed);
      }
      case ChildOffer.Result.Agreed agreed -> {
        try {
          sa.childUp(asked.agree(agreed, null, sa.facts().ni(), sa.facts().nr()));
        } catch (CryptoException e) {
          sa.tellFailure(Diagnoses.cryptoFailed(PHASE, e, peer.origin()));
          ChildOutcome.unusable(sa, asked);
        }
      }
    }
  }

  @Override
  public void abort() {
    super.abort();
    if (offer != null) {
      offer.release();
      offer = null;
    }
  }
}
