package org.ipsec4j.ike.v2.exchange;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.OffloadedWork.Kind;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.proposal.Answer;
import org.ipsec4j.ike.proposal.AnswerCheck;
import org.ipsec4j.ike.proposal.Offers;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.KePayload;
import org.ipsec4j.ike.wire.NoncePayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.SaPayload;
import org.jspecify.annotations.Nullable;

/**
 * CREATE_CHILD_SA that rekeys the IKE SA, our side began (RFC 7296 1.3.2, 2.18).
 *
 * <pre>
 *   HDR, SK {SA, Ni, KEi}  --&gt;
 *                     &lt;--  HDR, SK {SA, Nr, KEr}
 * </pre>
 */
public final class RekeyIkeInitiator extends OwnExchange {
  private static final String PHASE = "CREATE_CHILD_SA";

  private final ExchangeContext sa;
  private final Origin origin;
  private final int failures;
  private final long spi;
  private final Bytes ni;
  private final List<Proposal> offers;
  private final List<KeyExchangeMethod> methods;
  private final Set<KeyExchangeMethod> tried = EnumSet.noneOf(KeyExchangeMethod.class);
  private KeyExchangeMethod method;
  private KeyExchange.@Nullable Initiation initiation;
  private long putOffSince = IkeEngine.NO_TIMEOUT;
  private boolean working;

  /**
   * @param sa the IKE SA to be replaced
   */
  public RekeyIkeInitiator(ExchangeContext sa) {
    this(sa, 0);
  }

  private RekeyIkeInitiator(ExchangeContext sa, int failures) {
    this.failures = failures;
    this.sa = sa;
    this.origin = sa.peer().origin();
    this.spi = sa.env().newIkeSpi();
    this.ni = Nonces.fresh(sa.env().random());
    this.offers = Offers.ike(sa.peer().ike().proposals(), octets(spi));
    // The method in use comes first: the peer is known to have it (2.18).
    Set<KeyExchangeMethod> all = new LinkedHashSet<>();
    sa.peer().ike().proposals().forEach(proposal -> all.addAll(proposal.keyExchange()));
    this.methods = List.copyOf(all);
    KeyExchangeMethod present = sa.facts().algorithms().keyExchange();
    this.method = methods.contains(present) ? present : methods.getFirst();
  }

  static Bytes octets(long spi) {
    return Bytes.copyOf(ByteBuffer.allocate(8).putLong(spi).array());
  }

  static long spi(Bytes octets) {
    return octets.length() == 8 ? ByteBuffer.wrap(octets.toArray()).getLong() : 0;
  }

  @Override
  public int type() {
    return ExchangeType.CREATE_CHILD_SA;
  }

  @Override
  public void start() {
    KeyExchangeMethod chosen = method;
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
      case Outcome.Failed<KeyExchange.Initiation> failed ->
          fail(Diagnoses.cryptoFailed(PHASE, failed, origin));
      case Outcome.Done<KeyExchange.Initiation> done -> {
        forgetPrivateValue();
        initiation = done.value();
        sa.request(
            ExchangeType.CREATE_CHILD_SA,
            List.of(
                new SaPayload(offers),
                new NoncePayload(ni),
                new KePayload(method.id(), done.value().publicValue())));
      }
    }
  }

  @Override
  public boolean onResponse(IkeMessage response) {
    KeyExchange.Initiation own = initiation;
    if (working || own == null) {
      return false;
    }
    NotifyPayload error = response.error().orElse(null);
    if (error != null) {
      onRefusal(error);
      return true;
    }
    SaPayload chosen = response.first(SaPayload.class);
    KePayload ke = response.first(KePayload.class);
    NoncePayload nonce = response.first(NoncePayload.class);
    if (chosen == null
        || ke == null
        || nonce == null
        || !(AnswerCheck.ike(offers, chosen.proposals()) instanceof Answer.Agreed<ChosenIke> agreed)
        || agreed.value().keyExchange() != method
        || ke.method() != method.id()) {
      fail(Diagnoses.protocolError(PHASE, "its choice is none of what we offered", origin));
      return true;
    }
    long peerSpi = spi(chosen.proposals().getFirst().spi());
    working = true;
    offload(
        sa,
        Kind.KEY_EXCHANGE,
        () -> own.complete(ke.data()),
        outcome -> shared(outcome, agreed.value(), peerSpi, nonce.nonce()),
        Secret::destroy);
    return true;
  }

  private void onRefusal(NotifyPayload error) {
    if (error.is(NotifyType.TEMPORARY_FAILURE)) {
      RekeyIkeInitiator next = new RekeyIkeInitiator(sa, failures);
      next.putOffSince = Math.min(putOffSince, sa.env().now());
      conclude();
      sa.postpone(next, next.putOffSince);
      return;
    }
    if (error.is(NotifyType.INVALID_KE_PAYLOAD)) {
      Bytes data = error.data();
      int id = data.length() == 2 ? data.at(0) << 8 | data.at(1) : -1;
      KeyExchangeMethod other = KeyExchangeMethod.ofId(id).orElse(null);
      if (other != null && methods.contains(other) && !tried.contains(other)) {
        method = other;
        start();
        return;
      }
      fail(Diagnoses.noCommonKeyExchange(PHASE, id, methods, origin));
      return;
    }
    fail(
        error.is(NotifyType.NO_PROPOSAL_CHOSEN)
            ? Diagnoses.refusedProposals(Cause.NO_COMMON_IKE_PROPOSAL, PHASE, offers, origin)
            : Diagnoses.peerError(PHASE, NotifyType.name(error.notifyType()), origin));
  }

  private void shared(Outcome<Secret> outcome, ChosenIke chosen, long peerSpi, Bytes nr) {
    working = false;
    switch (outcome) {
      case Outcome.Failed<Secret> failed -> fail(Diagnoses.cryptoFailed(PHASE, failed, origin));
      case Outcome.Done<Secret> done -> {
        try {
          IkeSaId id = new IkeSaId(spi, peerSpi);
          InitFacts old = sa.facts();
          Prf prf = sa.env().crypto().prf(chosen.prf());
          InitFacts facts =
              old.successor(
                  id,
                  true,
                  chosen,
                  prf,
                  InitKeys.rekeyed(old, prf, id, chosen, done.value(), ni, nr),
                  ni,
                  nr);
          conclude();
          sa.ikeRekeyed(facts);
        } catch (CryptoException e) {
          fail(Diagnoses.cryptoFailed(PHASE, e, origin));
        } finally {
          done.value().destroy();
        }
      }
    }
  }

  /** Tried again as long as the IKE SA lives. */
  private void fail(Diagnosis diagnosis) {
    sa.tellFailure(diagnosis);
    conclude();
    sa.retry(new RekeyIkeInitiator(sa, failures + 1), failures + 1);
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
  }
}
