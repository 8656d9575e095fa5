package org.ipsec4j.ike.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.Transform;

/** Whatever can be said can be written, and is read as it was said. */
final class MessageCodecProperties {
  @Property(tries = 2000)
  void decodeGivesBackWhatEncodeWrote(@ForAll("messages") IkeMessage message) {
    byte[] octets = MessageEncoder.encode(message);

    IkeMessage read =
        assertInstanceOf(DecodeResult.Ok.class, MessageDecoder.decode(octets)).message();

    assertEquals(message.payloads(), read.payloads());
    assertEquals(message.header().with(read.header().nextPayload(), octets.length), read.header());
    assertArrayEquals(octets, MessageEncoder.encode(read));
  }

  @Property(tries = 2000)
  void noPrefixOfAMessageIsAMessage(@ForAll("messages") IkeMessage message, @ForAll int cut) {
    byte[] octets = MessageEncoder.encode(message);
    byte[] prefix = Arrays.copyOf(octets, Math.floorMod(cut, octets.length));

    assertInstanceOf(DecodeResult.Malformed.class, MessageDecoder.decode(prefix));
  }

  @Property(tries = 5000)
  void anyOctetsGiveSomeResult(@ForAll byte[] octets) {
    assertNotNull(MessageDecoder.decode(octets));
  }

  /** Octets with a right header reach the payload parsers. */
  @Property(tries = 5000)
  void anyPayloadsGiveSomeResult(@ForAll byte[] body, @ForAll byte firstType) {
    byte[] octets = new byte[IkeHeader.LENGTH + body.length];
    Samples.header(ExchangeType.INFORMATIONAL, false)
        .with(firstType & 0xff, octets.length)
        .emit(octets, 0);
    System.arraycopy(body, 0, octets, IkeHeader.LENGTH, body.length);

    assertNotNull(MessageDecoder.decode(octets));
  }

  @Provide
  Arbitrary<IkeMessage> messages() {
    Arbitrary<IkeHeader> headers =
        Combinators.combine(
                Arbitraries.longs().filter(spi -> spi != 0),
                Arbitraries.longs(),
                Arbitraries.integers().between(0, 255),
                Arbitraries.of(true, false),
                Arbitraries.of(true, false),
                Arbitraries.longs().between(0, 0xffffffffL))
            .as(IkeHeader::of);
    return Combinators.combine(headers, payloads().list().ofMaxSize(8)).as(IkeMessage::new);
  }

  private static Arbitrary<Payload> payloads() {
    Arbitrary<Payload> plain =
        Arbitraries.oneOf(
            Combinators.combine(u16(), bytes(0, 70)).as(KePayload::new),
            Combinators.combine(u8(), bytes(0, 70)).as(CertPayload::new),
            Combinators.combine(u8(), bytes(0, 70)).as(CertReqPayload::new),
            Combinators.combine(u8(), bytes(0, 70)).as(AuthPayload::new),
            bytes(16, 256).map(NoncePayload::new),
            bytes(0, 70).map(VendorIdPayload::new),
            bytes(0, 70).map(EapPayload::new));
    Arbitrary<Payload> structured =
        Arbitraries.oneOf(
            Combinators.combine(
                    Arbitraries.of(Role.class),
                    u8(),
                    Arbitraries.integers().between(0, 0xffffff),
                    bytes(0, 70))
                .as(IdPayload::new),
            Combinators.combine(u8(), bytes(0, 255), u16(), bytes(0, 70)).as(NotifyPayload::new),
            bytes(4, 4).list().ofMaxSize(9).map(spis -> DeletePayload.childSas(3, spis)),
            Combinators.combine(
                    Arbitraries.of(Role.class), selectors().list().ofMinSize(1).ofMaxSize(9))
                .as(TsPayload::of),
            Combinators.combine(
                    u8(),
                    Combinators.combine(Arbitraries.integers().between(0, 0x7fff), bytes(0, 20))
                        .as(ConfigPayload.Attribute::new)
                        .list()
                        .ofMaxSize(9))
                .as(ConfigPayload::new),
            proposals().list().ofMinSize(1).ofMaxSize(5).map(SaPayload::new),
            Combinators.combine(
                    Arbitraries.integers().between(128, 255), Arbitraries.of(false), bytes(0, 70))
                .as(UnknownPayload::new));
    return Arbitraries.oneOf(plain, structured);
  }

  private static Arbitrary<Proposal> proposals() {
    Arbitrary<Transform> transforms =
        Combinators.combine(u8(), u16(), Arbitraries.of(0, 128, 256, 65535)).as(Transform::of);
    return Combinators.combine(
            u8(), Arbitraries.of(1, 2, 3), bytes(8, 8), transforms.list().ofMaxSize(20))
        .as(
            (number, protocol, spi, list) ->
                new Proposal(number, protocol, protocol == 1 ? spi : spi.slice(0, 4), list));
  }

  private static Arbitrary<TrafficSelector> selectors() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 255), u16(), u16(), addresses(), addresses())
        .as(
            (protocol, one, other, a, b) -> {
              AddressRange range =
                  a.isV4() == b.isV4()
                      ? a.compareTo(b) <= 0 ? new AddressRange(a, b) : new AddressRange(b, a)
                      : AddressRange.single(a);
              return new TrafficSelector(
                  protocol, Math.min(one, other), Math.max(one, other), range);
            });
  }

  private static Arbitrary<IpAddress> addresses() {
    return Arbitraries.oneOf(
        Arbitraries.integers().map(IpAddress::v4),
        Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(IpAddress::v6));
  }

  private static Arbitrary<Integer> u8() {
    return Arbitraries.integers().between(0, 255);
  }

  private static Arbitrary<Integer> u16() {
    return Arbitraries.integers().between(0, 65535);
  }

  private static Arbitrary<Bytes> bytes(int min, int max) {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(min).ofMaxSize(max).map(Bytes::copyOf);
  }
}
