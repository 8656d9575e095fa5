package org.ipsec4j.ike.wire;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.Transform;
import org.ipsec4j.ike.vectors.SeededRandom;

/** Messages for tests. */
public final class Samples {
  private Samples() {}

  /** A header of that exchange. */
  public static IkeHeader header(int exchangeType, boolean response) {
    boolean first = exchangeType == ExchangeType.IKE_SA_INIT && !response;
    return IkeHeader.of(
        0x0102030405060708L,
        first ? 0 : 0x1112131415161718L,
        exchangeType,
        !response,
        response,
        exchangeType == ExchangeType.IKE_SA_INIT ? 0 : 1);
  }

  /** {@code --> SA, KE, Ni, N(NAT_DETECTION_SOURCE_IP), N(...DESTINATION_IP), N(...), V}. */
  public static IkeMessage init() {
    SeededRandom random = new SeededRandom(1);
    return new IkeMessage(
        header(ExchangeType.IKE_SA_INIT, false),
        List.of(
            new SaPayload(List.of(ikeProposal(1, Bytes.EMPTY), ikeProposal(2, Bytes.EMPTY))),
            new KePayload(31, random.bytes(32)),
            new NoncePayload(random.bytes(32)),
            NotifyPayload.of(NotifyType.NAT_DETECTION_SOURCE_IP, random.bytes(20)),
            NotifyPayload.of(NotifyType.NAT_DETECTION_DESTINATION_IP, random.bytes(20)),
            NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED),
            new VendorIdPayload(random.bytes(16))));
  }

  /**
   * {@code --> IDi, CERT, CERTREQ, IDr, AUTH, CP, SA, TSi, TSr, N, D, EAP, unknown}: everything.
   */
  public static List<Payload> everything() {
    SeededRandom random = new SeededRandom(2);
    List<Payload> payloads = new ArrayList<>();
    payloads.add(IdPayload.of(Role.INITIATOR, new Identity.Fqdn("left.example.org")));
    payloads.add(new CertPayload(4, random.bytes(700)));
    payloads.add(new CertReqPayload(4, random.bytes(40)));
    payloads.add(
        IdPayload.of(Role.RESPONDER, new Identity.Address(IpAddress.parse("2001:db8::1"))));
    payloads.add(new AuthPayload(2, random.bytes(32)));
    payloads.add(
        new ConfigPayload(
            ConfigPayload.REQUEST,
            List.of(
                new ConfigPayload.Attribute(1, Bytes.EMPTY),
                new ConfigPayload.Attribute(3, random.bytes(4)))));
    payloads.add(new SaPayload(List.of(espProposal(1), espProposal(2))));
    payloads.add(TsPayload.of(Role.INITIATOR, selectors()));
    payloads.add(TsPayload.of(Role.RESPONDER, selectors()));
    payloads.add(NotifyPayload.about(NotifyType.REKEY_SA, Proposal.ESP, random.bytes(4)));
    payloads.add(DeletePayload.childSas(Proposal.ESP, List.of(random.bytes(4), random.bytes(4))));
    payloads.add(DeletePayload.ikeSa());
    payloads.add(new EapPayload(random.bytes(9)));
    payloads.add(new UnknownPayload(200, false, random.bytes(5)));
    return payloads;
  }

  /** Selectors of both families, with ports, any, and OPAQUE. */
  public static List<TrafficSelector> selectors() {
    return List.of(
        TrafficSelector.of("10.0.0.0/8"),
        new TrafficSelector(17, 53, 53, AddressRange.parse("192.0.2.1-192.0.2.9")),
        new TrafficSelector(6, 65535, 0, AddressRange.ANY_V4),
        TrafficSelector.of("2001:db8::/32"));
  }

  /** AES-CBC-256 and -128, HMAC-SHA2-256, X25519 and MODP-2048. */
  public static Proposal ikeProposal(int number, Bytes spi) {
    return new Proposal(
        number,
        Proposal.IKE,
        spi,
        List.of(
            Transform.of(Transform.ENCR, 12, 256),
            Transform.of(Transform.ENCR, 12, 128),
            Transform.of(Transform.PRF, 5, 0),
            Transform.of(Transform.INTEG, 12, 0),
            Transform.of(Transform.KE, 31, 0),
            Transform.of(Transform.KE, 14, 0)));
  }

  /** AES-GCM-16 with and without ESN. */
  public static Proposal espProposal(int number) {
    return new Proposal(
        number,
        Proposal.ESP,
        Bytes.ofHex("c0ffee01"),
        List.of(
            Transform.of(Transform.ENCR, 20, 256),
            Transform.of(Transform.ESN, 1, 0),
            Transform.of(Transform.ESN, 0, 0)));
  }
}
