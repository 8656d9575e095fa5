package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.OffloadedWork.Kind;
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
 * CREATE_CHILD_SA for a new or rekeyed Child SA, our side began (RFC 7296 1.3.1, 1.3.3, 2.8, 2.25).
 *
 * <pre>
 *   HDR, SK {[N(REKEY_SA)], SA, Ni, [KEi], TSi, TSr}  --&gt;
 *                      &lt;--  HDR, SK {SA, Nr, [KEr], TSi, TSr}
 * </pre>
 */
public final class CreateChildInitiator extends OwnExchange {
  private static final String PHASE = "CREATE_CHILD_SA";
  private static final int MOST_DELETED = 16;

  private final ExchangeContext sa;
  private final ChildRequest wanted;
  private final @Nullable Child rekeyed;
  private final int failures;
  private final Bytes ni;
  private final List<KeyExchangeMethod> methods;
  private final Set<KeyExchangeMethod> tried = EnumSet.noneOf(KeyExchangeMethod.class);
  private @Nullable KeyExchangeMethod method;
  private KeyExchange.@Nullable Initiation initiation;
  private @Nullable ChildOffer offer;
  private final Set<Integer> deletedByPeer = new HashSet<>();
  private long putOffSince = IkeEngine.NO_TIMEOUT;
  private boolean working;

  /**
   * @param sa the IKE SA
   * @param wanted what we ask for
   * @param rekeyed the Child SA that it replaces, or null for a new one
   */
  public CreateChildInitiator(ExchangeContext sa, ChildRequest wanted, @Nullable Child rekeyed) {
    this(sa, wanted, rekeyed, 0);
  }

  private CreateChildInitiator(
      ExchangeContext sa, ChildRequest wanted, @Nullable Child rekeyed, int failures) {
    this.failures = failures;
    this.sa = sa;
    this.wanted = wanted;
    this.rekeyed = rekeyed;
    this.ni = Nonces.fresh(sa.env().random());
    Set<KeyExchangeMethod> all = new LinkedHashSet<>();
    wanted.profile().proposals().forEach(proposal -> all.addAll(proposal.keyExchange()));
    this.methods = List.copyOf(all);
    this.method = methods.isEmpty() ? null : methods.getFirst();
  }

  @Override
  public int type() {
    return ExchangeType.CREATE_CHILD_SA;
  }

  /** The Child SA being rekeyed, or null for a new one. */
  public @Nullable Child rekeyed() {
    return rekeyed;
  }

  /** What is asked for. */
  public ChildRequest wanted() {
    return wanted;
  }

  /** The peer deleted a Child SA that nobody knows: it may be the one that is on its way to us. */
  public void deletedByPeer(int spi) {
    if (deletedByPeer.size() < MOST_DELETED) {
      deletedByPeer.add(spi);
    }
  }

  /** The same wish as an exchange of its own, for another try. */
  CreateChildInitiator again() {
    return on(sa);
  }

  /** The same wish on another IKE SA, which took this one's place. */
  public CreateChildInitiator on(ExchangeContext successor) {
    CreateChildInitiator next = new CreateChildInitiator(successor, wanted, rekeyed, failures);
    next.putOffSince = putOffSince;
    return next;
  }

  @Override
  public void start() {
    if (rekeyed != null && sa.stateOf(rekeyed) != ChildState.LIVE) {
      conclude();
      return;
    }
    KeyExchangeMethod chosen = method;
    if (chosen == null) {
      send();
      return;
    }
    tried.add(chosen);
    working = true;
    Environment env = sa.env();
    offload(
        sa,
        Kind.KEY_EXCHANGE,
        () -> env.crypto().keyExchange(chosen, env.random()).initiate(),
        this::initiated,
        KeyExchange.Initiation::destroy);
  }

  private void initiated(Outcome<KeyExchange.Initiation> outcome) {
    working = false;
    switch (outcome) {
      case Outcome.Done<KeyExchange.Initiation> done -> {
        forgetPrivateValue();
        initiation = done.value();
        send();
      }
      case Outcome.Failed<KeyExchange.Initiation> failed -> {
        sa.tellFailure(Diagnoses.cryptoFailed(PHASE, failed, wanted.profile().origin()));
        giveUp();
      }
    }
  }

  private void send() {
    if (rekeyed != null && sa.stateOf(rekeyed) != ChildState.LIVE) {
      // The peer rekeyed or deleted it while our private value was made.
      conclude();
      return;
    }
    List<Payload> middle = new ArrayList<>();
    middle.add(new NoncePayload(ni));
    if (initiation != null && method != null) {
      middle.add(new KePayload(method.id(), initiation.publicValue()));
    }
    if (offer == null) {
      offer = new ChildOffer(sa, PHASE, wanted, true);
    }
    List<Payload> payloads = new ArrayList<>();
    if (rekeyed != null) {
      payloads.add(
          NotifyPayload.about(
              NotifyType.REKEY_SA, rekeyed.protocolId(), rekeyed.inboundSpiOctets()));
    }
    payloads.addAll(offer.payloads(middle));
    sa.request(ExchangeType.CREATE_CHILD_SA, payloads);
  }

  @Override
  public boolean onResponse(IkeMessage response) {
    ChildOffer asked = offer;
    if (working || asked == null) {
      return false;
    }
    NotifyPayload error = response.error().orElse(null);
    if (error != null && error.is(NotifyType.INVALID_KE_PAYLOAD)) {
      onInvalidKe(error.data());
      return true;
    }
    if (error != null && onRefusal(error)) {
      return true;
    }
    switch (asked.judge(response)) {
      case ChildOffer.Result.Failed failed -> fail(asked, failed);
      case ChildOffer.Result.Agreed agreed -> onAgreed(asked, agreed, response);
    }
    return true;
  }

  /** Once for each method of ours (1.3). */
  private void onInvalidKe(Bytes data) {
    int id = data.length() == 2 ? data.at(0) << 8 | data.at(1) : -1;
    KeyExchangeMethod other = KeyExchangeMethod.ofId(id).orElse(null);
    if (other == null || !methods.contains(other) || tried.contains(other)) {
      sa.tellFailure(Diagnoses.noCommonKeyExchange(PHASE, id, methods, wanted.profile().origin()));
      giveUp();
      return;
    }
    method = other;
    start();
  }

  /** Refusals that are no failures: try later, or the Child SA is gone (2.25). */
  private boolean onRefusal(NotifyPayload error) {
    if (error.is(NotifyType.TEMPORARY_FAILURE)) {
      CreateChildInitiator next = again();
      next.putOffSince = Math.min(putOffSince, sa.env().now());
      conclude();
      sa.postpone(next, next.putOffSince);
      return true;
    }
    if (error.is(NotifyType.CHILD_SA_NOT_FOUND) && rekeyed != null) {
      conclude();
      sa.childNotFound(rekeyed);
      return true;
    }
    return false;
  }

  private void fail(ChildOffer asked, ChildOffer.Result.Failed failed) {
    sa.tellFailure(failed.diagnosis());
    offer = null;
    ChildOutcome.failed(sa, asked, failed);
    giveUp();
  }

  private void onAgreed(ChildOffer asked, ChildOffer.Result.Agreed agreed, IkeMessage response) {
    NoncePayload nonce = response.first(NoncePayload.class);
    KePayload ke = response.first(KePayload.class);
    KeyExchangeMethod chosen = agreed.chosen().keyExchange();
    KeyExchange.Initiation own = initiation;
    if (nonce == null) {
      fail(asked, broken("no nonce in the answer"));
    } else if (chosen == null) {
      complete(asked, agreed, null, nonce.nonce());
    } else if (own == null || ke == null || chosen != method || ke.method() != chosen.id()) {
      fail(asked, broken("its key exchange is not the one that it chose"));
    } else {
      working = true;
      offload(
          sa,
          Kind.KEY_EXCHANGE,
          () -> own.complete(ke.data()),
          outcome -> shared(outcome, asked, agreed, nonce.nonce()),
          Secret::destroy);
    }
  }

  private ChildOffer.Result.Failed broken(String detail) {
    return new ChildOffer.Result.Failed(
        Diagnoses.protocolError(PHASE, detail, wanted.profile().origin()), true);
  }

  private void shared(
      Outcome<Secret> outcome, ChildOffer asked, ChildOffer.Result.Agreed agreed, Bytes nr) {
    working = false;
    switch (outcome) {
      case Outcome.Failed<Secret> failed ->
          fail(
              asked,
              new ChildOffer.Result.Failed(
                  Diagnoses.cryptoFailed(PHASE, failed, wanted.profile().origin()), true));
      case Outcome.Done<Secret> done -> {
        complete(asked, agreed, done.value(), nr);
        done.value().destroy();
      }
    }
  }

  private void complete(
      ChildOffer asked, ChildOffer.Result.Agreed agreed, @Nullable Secret shared, Bytes nr) {
    try {
      AgreedChild child = asked.agree(agreed, shared, ni, nr);
      offer = null;
      conclude();
      if (rekeyed == null) {
        sa.childUp(child);
      } else {
        sa.childRekeyed(rekeyed, child, ni, nr);
      }
      if (deletedByPeer.contains(child.child().outboundSpi())) {
        sa.childDeletedByPeer(child.child());
      }
    } catch (CryptoException e) {
      fail(
          asked,
          new ChildOffer.Result.Failed(
              Diagnoses.cryptoFailed(PHASE, e, wanted.profile().origin()), true));
    }
  }

  /** A rekey that failed is tried again as long as the old Child SA lives. */
  private void giveUp() {
    CreateChildInitiator next =
        rekeyed == null ? null : new CreateChildInitiator(sa, wanted, rekeyed, failures + 1);
    conclude();
    if (next != null) {
      sa.retry(next, failures + 1);
    }
  }

  private void conclude() {
    abort();
    sa.finished();
  }

  private void forgetPrivateValue() {
    if (initiation != null) {
      initiation.destroy();
      initiation = null;
    }
  }

  @Override
  public void abort() {
    super.abort();
    forgetPrivateValue();
    if (offer != null) {
      offer.release();
      offer = null;
    }
  }
}
