package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.NarrowedChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.ike.keys.ChildKeys;
import org.ipsec4j.ike.keys.KeyDerivation;
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
 * Our side of a Child SA that the peer asks for, in IKE_AUTH and in CREATE_CHILD_SA alike: what the
 * policy grants, and the payloads that say so (RFC 7296 2.7, 2.9).
 */
final class ChildGrant {
  private ChildGrant() {}

  /** What the policy says. */
  sealed interface Result {
    /** Granted. */
    record Granted(NarrowedChild narrowed, ChosenChild chosen) implements Result {}

    /** Refused; the IKE SA stays (2.21.2, 2.21.3). */
    record Refused(NotifyPayload answer, Diagnosis diagnosis) implements Result {}
  }

  /**
   * Asks the policy.
   *
   * @param withKeyExchange false in IKE_AUTH
   */
  static Result ask(ExchangeContext sa, String phase, IkeMessage request, boolean withKeyExchange) {
    PadEntry peer = sa.peer();
    List<TrafficSelector> remote = selectors(request, Role.INITIATOR);
    List<TrafficSelector> local = selectors(request, Role.RESPONDER);
    boolean transport = request.has(NotifyType.USE_TRANSPORT_MODE);
    return switch (sa.env().policy().narrow(peer, local, remote, transport)) {
      case Decision.No<NarrowedChild> no ->
          new Result.Refused(
              NotifyPayload.of(NotifyType.TS_UNACCEPTABLE),
              Diagnoses.selectorsDisjoint(phase, peer, no.why(), local, remote));
      case Decision.Yes<NarrowedChild> yes ->
          choose(sa, phase, request, yes.value(), withKeyExchange);
    };
  }

  private static Result choose(
      ExchangeContext sa,
      String phase,
      IkeMessage request,
      NarrowedChild narrowed,
      boolean withKeyExchange) {
    SaPayload offered = request.first(SaPayload.class);
    if (offered == null) {
      return new Result.Refused(
          NotifyPayload.of(NotifyType.INVALID_SYNTAX),
          Diagnoses.protocolError(phase, "no SA payload", narrowed.profile().origin()));
    }
    return switch (sa.env()
        .policy()
        .chooseChild(narrowed.profile(), offered.proposals(), withKeyExchange)) {
      case Decision.No<ChosenChild> no ->
          new Result.Refused(
              NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN),
              Diagnoses.noCommonChild(phase, no.why(), offered.proposals(), narrowed.profile()));
      case Decision.Yes<ChosenChild> yes ->
          Child.spi(yes.value().peerSpi()) == 0
              ? new Result.Refused(
                  NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN),
                  Diagnoses.protocolError(phase, "no SPI", narrowed.profile().origin()))
              : new Result.Granted(narrowed, yes.value());
    };
  }

  private static List<TrafficSelector> selectors(IkeMessage request, Role role) {
    return request.selectors(role).map(TsPayload::selectors).orElse(List.of());
  }

  /** {@code [N(USE_TRANSPORT_MODE)], SA, middle, TSi, TSr}. */
  static List<Payload> payloads(Result.Granted granted, int spi, List<Payload> middle) {
    NarrowedChild narrowed = granted.narrowed();
    List<Payload> payloads = new ArrayList<>();
    if (narrowed.mode() == SaMode.TRANSPORT) {
      payloads.add(NotifyPayload.of(NotifyType.USE_TRANSPORT_MODE));
    }
    payloads.add(new SaPayload(Offers.answer(granted.chosen(), Child.octets(spi))));
    payloads.addAll(middle);
    payloads.add(TsPayload.of(Role.INITIATOR, narrowed.remoteSelectors()));
    payloads.add(TsPayload.of(Role.RESPONDER, narrowed.localSelectors()));
    return payloads;
  }

  /**
   * The Child SA with its keys; from here on it owns the SPI.
   *
   * @param shared g^ir of this exchange, or null
   */
  static AgreedChild agree(
      ExchangeContext sa,
      Result.Granted granted,
      int spi,
      @Nullable Secret shared,
      Bytes ni,
      Bytes nr)
      throws CryptoException {
    InitFacts facts = sa.facts();
    ChosenChild chosen = granted.chosen();
    NarrowedChild narrowed = granted.narrowed();
    ChildKeys keys =
        KeyDerivation.childKeys(
            facts.prf(), facts.keys().skD(), shared, ni, nr, chosen.transform());
    Child child =
        new Child(
            sa.env().nextChildId(),
            narrowed.profile(),
            narrowed.mode(),
            chosen.transform(),
            spi,
            Child.spi(chosen.peerSpi()),
            narrowed.localSelectors(),
            narrowed.remoteSelectors());
    return new AgreedChild(child, keys.inbound(false), keys.outbound(false), false);
  }
}
