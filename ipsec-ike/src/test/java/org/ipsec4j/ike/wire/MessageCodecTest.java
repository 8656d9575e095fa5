package org.ipsec4j.ike.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.Transform;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MessageCodecTest {
  private static final String HEADER_START = "0102030405060708 0000000000000000";

  /*
   * IKE_SA_INIT { SA(1: AES_CBC_128, HMAC_SHA2_256, HMAC_SHA2_256_128, X25519), Ni } -->
   */
  private static final String INIT =
      HEADER_START
          + "21 20 22 08 00000000 00000060" // next SA, version 2.0, IKE_SA_INIT, I, ID 0, 96
          + "28 00 0030" // next Nonce, 48 octets
          + "00 00 002c 01 01 00 04" // last, 44 octets, #1, IKE, no SPI, 4 transforms
          + "03 00 000c 01 00 000c 800e 0080" // ENCR 12, Key Length 128
          + "03 00 0008 02 00 0005" // PRF 5
          + "03 00 0008 03 00 000c" // INTEG 12
          + "00 00 0008 04 00 001f" // KE 31, last
          + "00 00 0014 000102030405060708090a0b0c0d0e0f"; // Nonce

  @Test
  void readsAMessageWrittenByHand() {
    byte[] octets = hex(INIT);
    IkeMessage message = decoded(octets);

    IkeHeader header = message.header();
    assertEquals(0x0102030405060708L, header.initiatorSpi());
    assertEquals(0, header.responderSpi());
    assertEquals(ExchangeType.IKE_SA_INIT, header.exchangeType());
    assertTrue(header.initiator() && header.request() && !header.version());
    assertEquals(0, header.messageId());
    assertEquals(96, header.length());
    Proposal proposal =
        new Proposal(
            1,
            Proposal.IKE,
            Bytes.EMPTY,
            List.of(
                Transform.of(Transform.ENCR, 12, 128),
                Transform.of(Transform.PRF, 5, 0),
                Transform.of(Transform.INTEG, 12, 0),
                Transform.of(Transform.KE, 31, 0)));
    assertEquals(
        List.of(
            new SaPayload(List.of(proposal)),
            new NoncePayload(Bytes.ofHex("000102030405060708090a0b0c0d0e0f"))),
        message.payloads());
    assertArrayEquals(octets, MessageEncoder.encode(message));
    assertEquals(
        "IKE_SA_INIT request #0 0102030405060708_i-0000000000000000_r { SA, Nonce }",
        message.toString());
  }

  @Test
  void givesBackEveryPayloadThatItWrote() {
    IkeHeader header = Samples.header(ExchangeType.IKE_AUTH, false);
    byte[] octets = MessageEncoder.encode(header, Samples.everything());

    IkeMessage message = decoded(octets);

    assertEquals(Samples.everything(), message.payloads());
    assertArrayEquals(octets, MessageEncoder.encode(message));
  }

  @Test
  void readsABufferWithoutMovingIt() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(200).put(3, hex(INIT)).position(3).limit(99);

    assertInstanceOf(DecodeResult.Ok.class, MessageDecoder.decode(buffer));

    assertEquals(3, buffer.position());
    assertEquals(99, buffer.limit());
  }

  @Test
  void keepsReservedOctetsOfIdentitiesBecauseTheyAreSigned() {
    IdPayload id = new IdPayload(Role.INITIATOR, 2, 0x010203, Bytes.ofHex("61"));
    IkeMessage message = roundTrip(id);

    assertEquals(List.of(id), message.payloads());
    assertEquals(Bytes.ofHex("02 010203 61"), id.body());
  }

  @Test
  void refusesOtherMajorVersionsWithTheHeaderToAnswerWith() {
    byte[] octets = hex(INIT);
    octets[17] = 0x30;
    DecodeResult.UnsupportedVersion result =
        assertInstanceOf(DecodeResult.UnsupportedVersion.class, MessageDecoder.decode(octets));
    assertEquals(3, result.header().major());
    octets[17] = 0x10;
    assertInstanceOf(DecodeResult.UnsupportedVersion.class, MessageDecoder.decode(octets));
  }

  @Test
  void takesAnyMinorVersion() {
    byte[] octets = hex(INIT);
    octets[17] = 0x25;
    assertEquals(5, decoded(octets).header().minor());
  }

  /* RFC 7296 2.5: skip unknown payloads, refuse unknown critical ones, name their type. */
  @Test
  void skipsUnknownPayloadsUnlessTheyAreCritical() {
    Payload skipped = new UnknownPayload(60, false, Bytes.ofHex("aabb"));
    Payload critical = new UnknownPayload(61, true, Bytes.EMPTY);
    IkeHeader header = Samples.header(ExchangeType.INFORMATIONAL, false);

    assertEquals(List.of(skipped), roundTrip(skipped).payloads());
    DecodeResult.UnsupportedCritical result =
        assertInstanceOf(
            DecodeResult.UnsupportedCritical.class,
            MessageDecoder.decode(MessageEncoder.encode(header, List.of(skipped, critical))));
    assertEquals(61, result.type());
  }

  @Test
  void ignoresTheCriticalBitOfKnownPayloads() {
    byte[] octets = hex(INIT);
    octets[IkeHeader.LENGTH + 1] = (byte) 0x80;
    assertEquals(2, decoded(octets).payloads().size());
  }

  @Test
  void marksTransformsWithAttributesThatItDoesNotKnow() {
    byte[] octets = hex(INIT);
    octets[IkeHeader.LENGTH + 4 + 8 + 8 + 1] = 15; // attribute 14 becomes 15
    SaPayload sa = present(decoded(octets).first(SaPayload.class));
    assertEquals(
        new Transform(Transform.ENCR, 12, 0, true),
        sa.proposals().getFirst().transforms().getFirst());
    assertThrows(IllegalArgumentException.class, () -> MessageEncoder.encode(decoded(octets)));
  }

  @Test
  void countsSelectorsOfUnknownTypes() {
    String selectors =
        "02 000000" // two selectors
            + "09 00 0008 00000000" // TS_FC_ADDR_RANGE
            + "07 06 0010 0050 0050 0a000001 0a000002";
    IkeMessage message = decoded(message(PayloadType.TSI, selectors));

    TsPayload ts = present(message.first(TsPayload.class));
    assertEquals(1, ts.skipped());
    assertEquals(1, ts.selectors().size());
    assertEquals(80, ts.selectors().getFirst().firstPort());
  }

  @Test
  void readsPortsOfNoProtocolWrittenAsZeros() {
    String selector = "01 000000 07 00 0010 0000 0000 0a000000 0affffff";
    TsPayload ts = present(decoded(message(PayloadType.TSR, selector)).first(TsPayload.class));
    assertEquals(List.of(TrafficSelector.of("10.0.0.0/8")), ts.selectors());
  }

  @ParameterizedTest(name = "{0}: {3}")
  @CsvSource({
    // payload type, reason, body
    "33, FIELD_TRUNCATED, '', 'no proposal'",
    "33, BAD_SUBSTRUCTURE_LENGTH, '00000007 01 01 00', 'proposal of 7 octets'",
    "33, FIELD_TRUNCATED, '00000010 01 01 00 00', 'proposal longer than its payload'",
    "33, BAD_SUBSTRUCTURE_CHAIN, '02000008 01 01 00 00', 'more proposals announced'",
    "33, BAD_SUBSTRUCTURE_CHAIN, '00000008 01 01 00 00 00', 'octet behind the last proposal'",
    "33, BAD_SUBSTRUCTURE_CHAIN, '01000008 01 01 00 00', 'neither last nor more'",
    "33, BAD_TRANSFORM_COUNT, '00000010 01 01 00 02 00000008 01 00 000c', 'two announced'",
    "33, TRAILING_OCTETS, '00000009 01 01 00 00 00', 'octet behind a proposal'",
    "33, BAD_SUBSTRUCTURE_LENGTH, '00000010 01 01 00 01 00000007 01 00 000c', 'transform of 7'",
    "33, FIELD_TRUNCATED, '00000010 01 01 00 01 00000009 01 00 000c', 'transform too long'",
    "33, FIELD_TRUNCATED, '00000012 01 01 00 01 0000000a 01 00 000c 800e', 'half an attribute'",
    "33, FIELD_TRUNCATED, '00000014 01 01 00 01 0000000c 01 00 000c 000f 0001', 'long attribute'",
    "33, BAD_SPI_SIZE, '0000000c 01 03 02 00 0000 0000', 'ESP with an SPI of 2'",
    "33, BAD_SPI_SIZE, '0000000c 01 01 04 00 00000000', 'IKE with an SPI of 4'",
    "34, FIELD_TRUNCATED, '001f00', 'KE header cut'",
    "35, FIELD_TRUNCATED, '020000', 'ID header cut'",
    "37, FIELD_TRUNCATED, '', 'CERT without encoding'",
    "38, FIELD_TRUNCATED, '', 'CERTREQ without encoding'",
    "39, FIELD_TRUNCATED, '020000', 'AUTH header cut'",
    "40, BAD_NONCE_LENGTH, '000102030405060708090a0b0c0d0e', 'nonce of 15'",
    "41, FIELD_TRUNCATED, '000040', 'Notify header cut'",
    "41, FIELD_TRUNCATED, '03 04 4009 0102', 'Notify SPI cut'",
    "42, BAD_SPI_SIZE, '03 08 0001 0000000000000000', 'ESP SPI of 8'",
    "42, BAD_SPI_SIZE, '01 08 0001 0000000000000000', 'IKE with an SPI'",
    "42, BAD_SPI_SIZE, '07 00 0003', 'SPIs of no octets'",
    "42, FIELD_TRUNCATED, '03 04 0002 01020304', 'one of two SPIs'",
    "42, TRAILING_OCTETS, '03 04 0001 01020304 05', 'octet behind the SPIs'",
    "42, TOO_MANY_SPIS, '03 04 ffff 01020304', '65535 SPIs'",
    "44, BAD_SELECTOR, '00 000000', 'no selector'",
    "44, FIELD_TRUNCATED, '02 000000 07 00 0010 0000 ffff 0a000000 0affffff', 'one of two'",
    "44, TRAILING_OCTETS, '01 000000 07 00 0010 0000 ffff 0a000000 0affffff 00', 'octet behind'",
    "44, BAD_SUBSTRUCTURE_LENGTH, '01 000000 07 00 0003', 'selector of 3 octets'",
    "44, TRAILING_OCTETS, '01 000000 07 00 0011 0000 ffff 0a000000 0affffff 00', 'too long'",
    "44, FIELD_TRUNCATED, '01 000000 08 00 0010 0000 ffff 0a000000 0affffff', 'IPv6 in 8'",
    "44, BAD_SELECTOR, '01 000000 07 00 0010 0000 ffff 0a000001 0a000000', 'last below first'",
    "44, BAD_SELECTOR, '01 000000 07 06 0010 0051 0050 0a000000 0a000000', 'ports reversed'",
    "44, BAD_SELECTOR, '01 000000 07 00 0010 0050 0050 0a000000 0a000000', 'port, no protocol'",
    "47, FIELD_TRUNCATED, '010000', 'CP header cut'",
    "47, FIELD_TRUNCATED, '01000000 0001 0004 0a', 'attribute cut'",
    "53, BAD_FRAGMENT_NUMBER, '0000 0002', 'fragment 0'",
    "53, BAD_FRAGMENT_NUMBER, '0003 0002', 'fragment 3 of 2'",
    "53, BAD_FRAGMENT_NUMBER, '0000 0000', 'no fragments'",
    "53, FIELD_TRUNCATED, '0001 00', 'numbers cut'"
  })
  void namesWhatIsWrong(int type, MalformedReason reason, String body, String what) {
    assertEquals(reason, malformed(message(type, body)), what);
  }

  @Test
  void namesWhatIsWrongWithTheFrame() {
    byte[] right = hex(INIT);
    assertEquals(MalformedReason.SHORT_HEADER, malformed(new byte[0]));
    assertEquals(MalformedReason.SHORT_HEADER, malformed(Arrays.copyOf(right, 27)));
    assertEquals(MalformedReason.LENGTH_MISMATCH, malformed(Arrays.copyOf(right, 95)));
    assertEquals(MalformedReason.LENGTH_MISMATCH, malformed(Arrays.copyOf(right, 97)));
    assertEquals(MalformedReason.TOO_LONG, malformed(new byte[70000]));
    assertEquals(MalformedReason.ZERO_INITIATOR_SPI, malformed(with(right, 0, new byte[8])));
    // lengths of the first payload: 3, and one beyond the end
    assertEquals(MalformedReason.BAD_PAYLOAD_LENGTH, malformed(with(right, 30, 0, 3)));
    assertEquals(MalformedReason.BAD_PAYLOAD_LENGTH, malformed(with(right, 30, 0, 69)));
    assertEquals(MalformedReason.BAD_PAYLOAD_LENGTH, malformed(with(right, 30, 255, 255)));
    // the chain ends before the message does
    assertEquals(MalformedReason.OCTETS_BEHIND_PAYLOADS, malformed(with(right, 28, 0)));
    assertEquals(MalformedReason.OCTETS_BEHIND_PAYLOADS, malformed(with(right, 16, 0)));
    // the last payload announces another
    assertEquals(MalformedReason.BAD_PAYLOAD_LENGTH, malformed(with(right, 76, 40)));
    // an encrypted payload, and something behind it
    assertEquals(MalformedReason.ENCRYPTED_NOT_LAST, malformed(with(right, 16, 46)));
  }

  @Test
  void boundsWhatAPeerCanMakeItHold() {
    IkeHeader header = Samples.header(ExchangeType.INFORMATIONAL, false);
    List<Payload> payloads = new ArrayList<>();
    for (int i = 0; i < MessageDecoder.MAX_PAYLOADS; i++) {
      payloads.add(NotifyPayload.of(NotifyType.COOKIE));
    }
    assertEquals(64, decoded(MessageEncoder.encode(header, payloads)).payloads().size());
    payloads.add(NotifyPayload.of(NotifyType.COOKIE));
    assertEquals(
        MalformedReason.TOO_MANY_PAYLOADS, malformed(MessageEncoder.encode(header, payloads)));

    Proposal proposal = Samples.espProposal(1);
    SaPayload many = new SaPayload(Collections.nCopies(65, proposal));
    assertEquals(
        MalformedReason.TOO_MANY_PROPOSALS,
        malformed(MessageEncoder.encode(header, List.of(many))));
    Proposal wide =
        new Proposal(
            1,
            Proposal.ESP,
            Bytes.ofHex("01020304"),
            Collections.nCopies(255, Transform.of(Transform.ENCR, 20, 128)));
    SaPayload tooWide = new SaPayload(Collections.nCopies(5, wide));
    assertEquals(
        MalformedReason.TOO_MANY_PROPOSALS,
        malformed(MessageEncoder.encode(header, List.of(tooWide))));
    ConfigPayload config =
        new ConfigPayload(1, Collections.nCopies(257, new ConfigPayload.Attribute(1, Bytes.EMPTY)));
    assertEquals(
        MalformedReason.TOO_MANY_ATTRIBUTES,
        malformed(MessageEncoder.encode(header, List.of(config))));
  }

  @Test
  void findsPayloadsByKind() {
    IkeMessage message =
        new IkeMessage(Samples.header(ExchangeType.IKE_AUTH, false), Samples.everything());

    assertEquals(PayloadType.IDI, message.id(Role.INITIATOR).orElseThrow().type());
    assertEquals(PayloadType.IDR, message.id(Role.RESPONDER).orElseThrow().type());
    assertEquals(PayloadType.TSR, message.selectors(Role.RESPONDER).orElseThrow().type());
    assertTrue(message.has(NotifyType.REKEY_SA));
    assertTrue(message.error().isEmpty());
    assertEquals(2, message.all(DeletePayload.class).size());
  }

  private static <T> T present(@Nullable T value) {
    assertNotNull(value);
    return value;
  }

  private static IkeMessage roundTrip(Payload payload) {
    IkeHeader header = Samples.header(ExchangeType.INFORMATIONAL, false);
    return decoded(MessageEncoder.encode(header, List.of(payload)));
  }

  private static IkeMessage decoded(byte[] octets) {
    return assertInstanceOf(DecodeResult.Ok.class, MessageDecoder.decode(octets)).message();
  }

  private static MalformedReason malformed(byte[] octets) {
    return assertInstanceOf(DecodeResult.Malformed.class, MessageDecoder.decode(octets)).reason();
  }

  /** A message with one payload, header and generic header right, body as given. */
  private static byte[] message(int type, String body) {
    byte[] octets = hex(body);
    int length = IkeHeader.LENGTH + Payload.GENERIC_HEADER + octets.length;
    byte[] message = new byte[length];
    Samples.header(ExchangeType.INFORMATIONAL, false).with(type, length).emit(message, 0);
    new WireWriter(message, IkeHeader.LENGTH).u16(0).u16(4 + octets.length).raw(octets);
    return message;
  }

  private static byte[] with(byte[] octets, int at, int... values) {
    byte[] changed = octets.clone();
    for (int i = 0; i < values.length; i++) {
      changed[at + i] = (byte) values[i];
    }
    return changed;
  }

  private static byte[] with(byte[] octets, int at, byte[] values) {
    byte[] changed = octets.clone();
    System.arraycopy(values, 0, changed, at, values.length);
    return changed;
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
