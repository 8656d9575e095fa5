package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
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
import org.ipsec4j.api.ike.OffloadedWork.Kind;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.IkeProfile.Encapsulation;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.proposal.Answer;
import org.ipsec4j.ike.proposal.AnswerCheck;
import org.ipsec4j.ike.proposal.Offers;
import org.ipsec4j.ike.v2.task.NatTraversal;
import org.ipsec4j.ike.v2.task.SignatureHashes;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.KePayload;
import org.ipsec4j.ike.wire.NoncePayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;
import org.ipsec4j.ike.wire.SaPayload;
import org.jspecify.annotations.Nullable;

/**
 * IKE_SA_INIT, our side began (RFC 7296 1.2, 2.6, 2.7).
 *
 * <pre>
 *   HDR(A,0), [N(COOKIE)], SAi1, KEi, Ni, N(NAT_DETECTION_*), ...  --&gt;
 *                                  &lt;--  HDR(A,B), SAr1, KEr, Nr, ...
 * </pre>
 *
 * Answers are unprotected: an error in one is a hint, and the true answer is still awaited.
 */
public final class IkeSaInitInitiator extends OwnExchange {
  /** Cookies taken before a peer, or a forger, is not followed any more (2.6). */
  private static final int MAX_COOKIES = 8;

  private final ExchangeContext sa;
  private final PadEntry peer;
  private final List<Proposal> offers;
  private final Bytes ni;
  private final List<KeyExchangeMethod> ours;
  private final Set<KeyExchangeMethod> tried = EnumSet.noneOf(KeyExchangeMethod.class);
  private KeyExchangeMethod method;
  private KeyExchange.@Nullable Initiation initiation;
  private Bytes cookie = Bytes.EMPTY;
  private int cookies;
  private boolean working;

  /**
   * @param sa the IKE SA to be
   */
  public IkeSaInitInitiator(ExchangeContext sa) {
    this.sa = sa;
    this.peer = sa.peer();
    this.offers = Offers.ike(peer.ike().proposals(), Bytes.EMPTY);
    this.ni = Nonces.fresh(sa.env().random());
    Set<KeyExchangeMethod> methods = new LinkedHashSet<>();
    peer.ike().proposals().forEach(proposal -> methods.addAll(proposal.keyExchange()));
    this.ours = List.copyOf(methods);
    this.method = ours.getFirst();
  }

  @Override
  public int type() {
    return ExchangeType.IKE_SA_INIT;
  }

  @Override
  public void start() {
    tried.add(method);
    working = true;
    KeyExchangeMethod chosen = method;
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
      case Outcome.Failed<KeyExchange.Initiation> failed ->
          sa.collapse(Diagnoses.cryptoFailed("IKE_SA_INIT", failed, peer.origin()));
    }
  }

  private void send() {
    if (initiation == null) {
      return;
    }
    List<Payload> payloads = new ArrayList<>();
    if (cookie.length() > 0) {
      payloads.add(NotifyPayload.of(NotifyType.COOKIE, cookie));
    }
    payloads.add(new SaPayload(offers));
    payloads.add(new KePayload(method.id(), initiation.publicValue()));
    payloads.add(new NoncePayload(ni));
    Environment env = sa.env();
    if (detectsNat(peer)) {
      payloads.addAll(
          NatTraversal.payloads(
              env.crypto(), env.random(), sa.id(), sa.local(), sa.remote(), feigns(peer)));
    }
    if (peer.ike().fragmentation()) {
      payloads.add(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
    }
    payloads.add(SignatureHashes.payload(env.crypto()));
    sa.request(ExchangeType.IKE_SA_INIT, payloads);
  }

  static boolean feigns(PadEntry peer) {
    return peer.ike().encapsulation() == Encapsulation.ALWAYS;
  }

  /** Who must never put ESP in UDP neither offers NAT detection nor answers it. */
  static boolean detectsNat(PadEntry peer) {
    return peer.ike().encapsulation() != Encapsulation.NEVER;
  }

  @Override
  public boolean onResponse(IkeMessage response) {
    if (working) {
      return false;
    }
    NotifyPayload asksCookie = response.notification(NotifyType.COOKIE).orElse(null);
    if (asksCookie != null) {
      return onCookie(asksCookie.data());
    }
    NotifyPayload asksMethod = response.notification(NotifyType.INVALID_KE_PAYLOAD).orElse(null);
    if (asksMethod != null) {
      return onInvalidKe(asksMethod.data());
    }
    NotifyPayload error = response.error().orElse(null);
    if (error != null) {
      sa.hint(diagnose(error));
      return false;
    }
    return onChoice(response);
  }

  private Diagnosis diagnose(NotifyPayload error) {
    if (error.is(NotifyType.NO_PROPOSAL_CHOSEN)) {
      return Diagnoses.refusedProposals(
          Cause.NO_COMMON_IKE_PROPOSAL, "IKE_SA_INIT", offers, peer.origin());
    }
    if (error.is(NotifyType.INVALID_MAJOR_VERSION)) {
      return Diagnoses.versionMismatch(peer.origin());
    }
    return Diagnoses.peerError("IKE_SA_INIT", NotifyType.name(error.notifyType()), peer.origin());
  }

  /** {@code <-- HDR(A,0), N(COOKIE)}: the same request again behind the cookie (2.6). */
  private boolean onCookie(Bytes data) {
    if (data.length() < 1 || data.length() > 64 || cookies == MAX_COOKIES) {
      return false;
    }
    cookies++;
    cookie = data;
    send();
    return true;
  }

  /** {@code <-- HDR(A,0), N(INVALID_KE_PAYLOAD)}: again with that method, once for each (1.2). */
  private boolean onInvalidKe(Bytes data) {
    int wanted = data.length() == 2 ? data.at(0) << 8 | data.at(1) : -1;
    KeyExchangeMethod method2 = KeyExchangeMethod.ofId(wanted).orElse(null);
    if (method2 == null || !ours.contains(method2)) {
      sa.hint(Diagnoses.noCommonKeyExchange("IKE_SA_INIT", wanted, ours, peer.origin()));
      return false;
    }
    if (tried.contains(method2)) {
      return false;
    }
    method = method2;
    start();
    return true;
  }

  private boolean onChoice(IkeMessage response) {
    SaPayload chosen = response.first(SaPayload.class);
    KePayload ke = response.first(KePayload.class);
    NoncePayload nonce = response.first(NoncePayload.class);
    KeyExchange.Initiation own = initiation;
    if (chosen == null || ke == null || nonce == null || own == null) {
      return false;
    }
    long responderSpi = response.header().responderSpi();
    if (responderSpi == 0
        || !(AnswerCheck.ike(offers, chosen.proposals()) instanceof Answer.Agreed<ChosenIke> agreed)
        || agreed.value().keyExchange() != method
        || ke.method() != method.id()) {
      sa.hint(
          Diagnoses.protocolError(
              "IKE_SA_INIT", "its choice is none of what we offered", peer.origin()));
      return false;
    }
    working = true;
    offload(
        sa,
        Kind.KEY_EXCHANGE,
        () -> own.complete(ke.data()),
        outcome -> completed(outcome, response, agreed.value(), nonce.nonce()),
        Secret::destroy);
    return true;
  }

  private void completed(Outcome<Secret> outcome, IkeMessage response, ChosenIke chosen, Bytes nr) {
    working = false;
    switch (outcome) {
      case Outcome.Failed<Secret> failed ->
          sa.collapse(Diagnoses.cryptoFailed("IKE_SA_INIT", failed, peer.origin()));
      case Outcome.Done<Secret> done -> {
        try {
          sa.opened(facts(done.value(), response, chosen, nr));
        } catch (CryptoException e) {
          sa.collapse(Diagnoses.cryptoFailed("IKE_SA_INIT", e, peer.origin()));
        } finally {
          done.value().destroy();
        }
      }
    }
  }

  private InitFacts facts(Secret shared, IkeMessage response, ChosenIke chosen, Bytes nr)
      throws CryptoException {
    IkeSaId id = new IkeSaId(response.header().initiatorSpi(), response.header().responderSpi());
    Environment env = sa.env();
    boolean fragmentation =
        peer.ike().fragmentation() && response.has(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED);
    Prf prf = env.crypto().prf(chosen.prf());
    InitMessages raw = sa.initMessages();
    return new InitFacts(
        id,
        true,
        chosen,
        prf,
        InitKeys.first(prf, id, chosen, shared, ni, nr),
        ni,
        nr,
        raw.request(),
        raw.response(),
        detectsNat(peer)
            ? NatTraversal.find(env.crypto(), response, sa.remote(), sa.local(), feigns(peer))
            : NatTraversal.Finding.NONE,
        SignatureHashes.read(response),
        fragmentation);
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
