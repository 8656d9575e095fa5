package org.ipsec4j.ike.v2.exchange;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.OffloadedWork.Kind;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.proposal.Offers;
import org.ipsec4j.ike.v2.exchange.ExchangeContext.Activity;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.KePayload;
import org.ipsec4j.ike.wire.NoncePayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.SaPayload;

/**
 * CREATE_CHILD_SA that rekeys the IKE SA, the peer began (RFC 7296 1.3.2, 2.18, 2.25.2).
 *
 * <pre>
 *   HDR, SK {SA, Ni, KEi}  --&gt;
 *                     &lt;--  HDR, SK {SA, Nr, KEr}
 * </pre>
 */
public final class RekeyIkeResponder extends PeerExchange {
  private static final String PHASE = "CREATE_CHILD_SA";

  private final ExchangeContext sa;

  /**
   * @param sa the IKE SA to be replaced
   */
  public RekeyIkeResponder(ExchangeContext sa) {
    this.sa = sa;
  }

  @Override
  public int type() {
    return ExchangeType.CREATE_CHILD_SA;
  }

  /** Whether we are busy with what a rekey of the IKE SA would tear (2.25). */
  private boolean obstructed() {
    return sa.activity() == Activity.CHILD || sa.activity() == Activity.IKE_CLOSING;
  }

  @Override
  public void onRequest(IkeMessage request) {
    SaPayload offered = request.first(SaPayload.class);
    KePayload ke = request.first(KePayload.class);
    NoncePayload nonce = request.first(NoncePayload.class);
    if (offered == null || ke == null || nonce == null) {
      refuse(NotifyType.INVALID_SYNTAX);
      return;
    }
    if (obstructed()) {
      refuse(NotifyType.TEMPORARY_FAILURE);
      return;
    }
    PadEntry peer = sa.peer();
    switch (sa.env().policy().chooseIke(List.of(peer), offered.proposals())) {
      case Decision.No<ChosenIke> no -> {
        refuse(NotifyType.NO_PROPOSAL_CHOSEN);
        Diagnosis diagnosis =
            Diagnoses.noCommonIke(
                no.why(),
                offered.proposals(),
                Offers.ike(peer.ike().proposals(), Bytes.EMPTY),
                peer.origin());
        sa.tellFailure(diagnosis);
      }
      case Decision.Yes<ChosenIke> yes -> choose(yes.value(), offered, ke, nonce.nonce());
    }
  }

  private void choose(ChosenIke chosen, SaPayload offered, KePayload ke, Bytes ni) {
    if (ke.method() != chosen.keyExchange().id()) {
      sa.answer(List.of(InitGate.invalidKe(chosen.keyExchange().id())));
      return;
    }
    long peerSpi =
        offered.proposals().stream()
            .filter(proposal -> proposal.number() == chosen.number())
            .mapToLong(proposal -> RekeyIkeInitiator.spi(proposal.spi()))
            .findFirst()
            .orElse(0);
    if (peerSpi == 0) {
      refuse(NotifyType.INVALID_SYNTAX);
      return;
    }
    Environment env = sa.env();
    sa.offload(
        new Work<>(
            Kind.KEY_EXCHANGE,
            () -> env.crypto().keyExchange(chosen.keyExchange(), env.random()).respond(ke.data()),
            sa::alive,
            outcome -> answered(outcome, chosen, peerSpi, ni),
            answer -> answer.sharedSecret().destroy()));
  }

  private void answered(
      Outcome<KeyExchange.Answer> outcome, ChosenIke chosen, long peerSpi, Bytes ni) {
    switch (outcome) {
      case Outcome.Failed<KeyExchange.Answer> failed -> broken(failed);
      case Outcome.Done<KeyExchange.Answer> done -> {
        if (obstructed()) {
          refuse(NotifyType.TEMPORARY_FAILURE);
        } else {
          complete(done.value(), chosen, peerSpi, ni);
        }
        done.value().sharedSecret().destroy();
      }
    }
  }

  private void complete(KeyExchange.Answer answer, ChosenIke chosen, long peerSpi, Bytes ni) {
    Environment env = sa.env();
    InitFacts old = sa.facts();
    Bytes nr = Nonces.fresh(env.random());
    long spi = env.newIkeSpi();
    IkeSaId id = new IkeSaId(peerSpi, spi);
    InitFacts successor;
    try {
      Prf prf = env.crypto().prf(chosen.prf());
      successor =
          old.successor(
              id,
              false,
              chosen,
              prf,
              InitKeys.rekeyed(old, prf, id, chosen, answer.sharedSecret(), ni, nr),
              ni,
              nr);
    } catch (CryptoException e) {
      broken(InitKeys.failed(e));
      return;
    }
    sa.answer(
        List.of(
            new SaPayload(Offers.answer(chosen, RekeyIkeInitiator.octets(spi))),
            new NoncePayload(nr),
            new KePayload(chosen.keyExchange().id(), answer.publicValue())));
    sa.ikeRekeyed(successor);
  }

  private void broken(Outcome.Failed<?> failed) {
    boolean peersFault = failed.culprit() == CryptoException.Culprit.PEER_VALUE;
    refuse(peersFault ? NotifyType.INVALID_SYNTAX : NotifyType.NO_PROPOSAL_CHOSEN);
    sa.tellFailure(Diagnoses.cryptoFailed(PHASE, failed, sa.peer().origin()));
  }

  private void refuse(NotifyType type) {
    sa.answer(List.of(NotifyPayload.of(type)));
  }
}
