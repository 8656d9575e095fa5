package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.OffloadedWork.Kind;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.keys.IkeKeys;
import org.ipsec4j.ike.proposal.Offers;
import org.ipsec4j.ike.v2.task.Certificates;
import org.ipsec4j.ike.v2.task.NatTraversal;
import org.ipsec4j.ike.v2.task.SignatureHashes;
import org.ipsec4j.ike.wire.CertReqPayload;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.KePayload;
import org.ipsec4j.ike.wire.NoncePayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;
import org.ipsec4j.ike.wire.SaPayload;

/**
 * IKE_SA_INIT, the peer began (RFC 7296 1.2). What can be refused was refused before, without
 * state, by {@link InitGate}.
 *
 * <pre>
 *   HDR(A,0), SAi1, KEi, Ni, N(NAT_DETECTION_*), ...  --&gt;
 *               &lt;--  HDR(A,B), SAr1, KEr, Nr, N(NAT_DETECTION_*), [CERTREQ], ...
 * </pre>
 */
public final class IkeSaInitResponder extends PeerExchange {
  private final ExchangeContext sa;
  private final List<PadEntry> candidates;
  private final ChosenIke chosen;

  /**
   * @param sa the IKE SA to be
   * @param candidates who the peer may be, best first; not empty
   * @param chosen algorithms
   */
  public IkeSaInitResponder(ExchangeContext sa, List<PadEntry> candidates, ChosenIke chosen) {
    this.sa = sa;
    this.candidates = List.copyOf(candidates);
    this.chosen = chosen;
  }

  @Override
  public int type() {
    return ExchangeType.IKE_SA_INIT;
  }

  @Override
  public void onRequest(IkeMessage request) {
    KePayload ke = request.first(KePayload.class);
    NoncePayload nonce = request.first(NoncePayload.class);
    if (ke == null || nonce == null) {
      return;
    }
    Environment env = sa.env();
    sa.offload(
        new Work<>(
            Kind.KEY_EXCHANGE,
            () -> env.crypto().keyExchange(chosen.keyExchange(), env.random()).respond(ke.data()),
            sa::alive,
            outcome -> agreed(outcome, request, nonce.nonce()),
            answer -> answer.sharedSecret().destroy()));
  }

  private void agreed(Outcome<KeyExchange.Answer> outcome, IkeMessage request, Bytes ni) {
    switch (outcome) {
      case Outcome.Failed<KeyExchange.Answer> failed -> failed(failed);
      case Outcome.Done<KeyExchange.Answer> done -> {
        try {
          open(done.value(), request, ni);
        } catch (CryptoException e) {
          sa.collapse(Diagnoses.cryptoFailed("IKE_SA_INIT", e, candidates.getFirst().origin()));
        } finally {
          done.value().sharedSecret().destroy();
        }
      }
    }
  }

  /** A bad public value costs a stranger one datagram: it is counted, and nobody is told. */
  private void failed(Outcome.Failed<KeyExchange.Answer> failed) {
    if (failed.culprit() == CryptoException.Culprit.PEER_VALUE) {
      sa.env().drop(IkeDropReason.MALFORMED_PAYLOAD);
      sa.forget();
    } else {
      sa.collapse(Diagnoses.cryptoFailed("IKE_SA_INIT", failed, candidates.getFirst().origin()));
    }
  }

  private void open(KeyExchange.Answer answer, IkeMessage request, Bytes ni)
      throws CryptoException {
    Environment env = sa.env();
    IkeSaId id = sa.id();
    Bytes nr = Nonces.fresh(env.random());
    Prf prf = env.crypto().prf(chosen.prf());
    IkeKeys keys = InitKeys.first(prf, id, chosen, answer.sharedSecret(), ni, nr);
    boolean feign = IkeSaInitInitiator.feigns(candidates.getFirst());
    boolean fragmentation =
        candidates.stream().anyMatch(candidate -> candidate.ike().fragmentation())
            && request.has(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED);
    NatTraversal.Finding nat =
        IkeSaInitInitiator.detectsNat(candidates.getFirst())
            ? NatTraversal.find(env.crypto(), request, sa.remote(), sa.local(), feign)
            : NatTraversal.Finding.NONE;
    List<Payload> payloads = new ArrayList<>();
    payloads.add(new SaPayload(Offers.answer(chosen, Bytes.EMPTY)));
    payloads.add(new KePayload(chosen.keyExchange().id(), answer.publicValue()));
    payloads.add(new NoncePayload(nr));
    if (nat.supported()) {
      payloads.addAll(
          NatTraversal.payloads(env.crypto(), env.random(), id, sa.local(), sa.remote(), feign));
    }
    certificateRequest().ifPresent(payloads::add);
    if (fragmentation) {
      payloads.add(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
    }
    payloads.add(SignatureHashes.payload(env.crypto()));
    sa.answer(payloads);
    InitMessages raw = sa.initMessages();
    sa.opened(
        new InitFacts(
            id,
            false,
            chosen,
            prf,
            keys,
            ni,
            nr,
            raw.request(),
            raw.response(),
            nat,
            SignatureHashes.read(request),
            fragmentation));
  }

  private Optional<CertReqPayload> certificateRequest() {
    return candidates.stream()
        .map(candidate -> Certificates.request(sa.env().credentials(), candidate.remoteAuth()))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
