package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.ike.OffloadedWork.Kind;
import org.ipsec4j.ike.v2.exchange.ExchangeContext.Activity;
import org.ipsec4j.ike.v2.exchange.ExchangeContext.ChildState;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.KePayload;
import org.ipsec4j.ike.wire.NoncePayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;
import org.jspecify.annotations.Nullable;

/**
 * CREATE_CHILD_SA for a new or rekeyed Child SA, the peer began (RFC 7296 1.3.1, 1.3.3, 2.8, 2.25).
 *
 * <pre>
 *   HDR, SK {[N(REKEY_SA)], SA, Ni, [KEi], TSi, TSr}  --&gt;
 *                      &lt;--  HDR, SK {SA, Nr, [KEr], TSi, TSr}
 * </pre>
 */
public final class CreateChildResponder extends PeerExchange {
  private static final String PHASE = "CREATE_CHILD_SA";

  private final ExchangeContext sa;

  /**
   * @param sa the IKE SA
   */
  public CreateChildResponder(ExchangeContext sa) {
    this.sa = sa;
  }

  @Override
  public int type() {
    return ExchangeType.CREATE_CHILD_SA;
  }

  @Override
  public void onRequest(IkeMessage request) {
    NoncePayload nonce = request.first(NoncePayload.class);
    if (nonce == null) {
      sa.answer(List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX)));
      return;
    }
    NotifyPayload rekey = request.notification(NotifyType.REKEY_SA).orElse(null);
    NotifyPayload obstacle = obstacle(rekey);
    if (obstacle != null) {
      sa.answer(List.of(obstacle));
      return;
    }
    switch (ChildGrant.ask(sa, PHASE, request, true)) {
      case ChildGrant.Result.Refused refused -> {
        sa.answer(List.of(refused.answer()));
        sa.tellFailure(refused.diagnosis());
      }
      case ChildGrant.Result.Granted granted -> agree(request, granted, rekey, nonce.nonce());
    }
  }

  /** What stands in the way at present, or null (2.25.1, 2.25.2). */
  private @Nullable NotifyPayload obstacle(@Nullable NotifyPayload rekey) {
    Activity activity = sa.activity();
    if (activity == Activity.IKE_REKEY || activity == Activity.IKE_CLOSING) {
      return NotifyPayload.of(NotifyType.TEMPORARY_FAILURE);
    }
    if (rekey == null) {
      return null;
    }
    Child old = old(rekey);
    if (old == null) {
      if (activity == Activity.CHILD) {
        // Perhaps the peer means what we are asking for, and its answer is on its way.
        return NotifyPayload.of(NotifyType.TEMPORARY_FAILURE);
      }
      return NotifyPayload.about(NotifyType.CHILD_SA_NOT_FOUND, rekey.protocolId(), rekey.spi());
    }
    return sa.stateOf(old) == ChildState.LIVE
        ? null
        : NotifyPayload.of(NotifyType.TEMPORARY_FAILURE);
  }

  private @Nullable Child old(NotifyPayload rekey) {
    return sa.childByPeerSpi(rekey.protocolId(), Child.spi(rekey.spi())).orElse(null);
  }

  private void agree(
      IkeMessage request,
      ChildGrant.Result.Granted granted,
      @Nullable NotifyPayload rekey,
      Bytes ni) {
    KeyExchangeMethod method = granted.chosen().keyExchange();
    KePayload ke = request.first(KePayload.class);
    if (method == null) {
      complete(granted, rekey, null, ni);
      return;
    }
    if (ke == null || ke.method() != method.id()) {
      sa.answer(List.of(InitGate.invalidKe(method.id())));
      return;
    }
    Environment env = sa.env();
    sa.offload(
        new Work<>(
            Kind.KEY_EXCHANGE,
            () -> env.crypto().keyExchange(method, env.random()).respond(ke.data()),
            sa::alive,
            outcome -> answered(outcome, granted, rekey, ni),
            answer -> answer.sharedSecret().destroy()));
  }

  private void answered(
      Outcome<KeyExchange.Answer> outcome,
      ChildGrant.Result.Granted granted,
      @Nullable NotifyPayload rekey,
      Bytes ni) {
    switch (outcome) {
      case Outcome.Failed<KeyExchange.Answer> failed -> refuse(failed);
      case Outcome.Done<KeyExchange.Answer> done -> {
        // The work took time: what the request speaks of may have changed meanwhile.
        NotifyPayload obstacle = obstacle(rekey);
        if (obstacle == null) {
          complete(granted, rekey, done.value(), ni);
        } else {
          sa.answer(List.of(obstacle));
        }
        done.value().sharedSecret().destroy();
      }
    }
  }

  private void refuse(Outcome.Failed<?> failed) {
    boolean peersFault = failed.culprit() == CryptoException.Culprit.PEER_VALUE;
    sa.answer(
        List.of(
            NotifyPayload.of(
                peersFault ? NotifyType.INVALID_SYNTAX : NotifyType.NO_PROPOSAL_CHOSEN)));
    sa.tellFailure(Diagnoses.cryptoFailed(PHASE, failed, sa.peer().origin()));
  }

  private void complete(
      ChildGrant.Result.Granted granted,
      @Nullable NotifyPayload rekey,
      KeyExchange.@Nullable Answer answer,
      Bytes ni) {
    Bytes nr = Nonces.fresh(sa.env().random());
    int spi = sa.env().newInboundSpi();
    Secret shared = answer == null ? null : answer.sharedSecret();
    AgreedChild agreed;
    try {
      agreed = ChildGrant.agree(sa, granted, spi, shared, ni, nr);
    } catch (CryptoException e) {
      sa.env().releaseInboundSpi(spi);
      refuse(InitKeys.failed(e));
      return;
    }
    List<Payload> middle = new ArrayList<>();
    middle.add(new NoncePayload(nr));
    if (answer != null && granted.chosen().keyExchange() != null) {
      middle.add(new KePayload(granted.chosen().keyExchange().id(), answer.publicValue()));
    }
    // Ready to receive before the answer goes out (2.8).
    Child old = rekey == null ? null : old(rekey);
    if (old == null) {
      sa.childUp(agreed);
    } else {
      sa.childRekeyed(old, agreed, ni, nr);
    }
    sa.answer(ChildGrant.payloads(granted, spi, middle));
  }
}
