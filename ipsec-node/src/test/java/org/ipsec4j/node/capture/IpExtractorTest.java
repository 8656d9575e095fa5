package org.ipsec4j.node.capture;

import static org.ipsec4j.node.capture.IpBytes.concat;
import static org.ipsec4j.node.capture.IpBytes.ethernet;
import static org.ipsec4j.node.capture.IpBytes.hex;
import static org.ipsec4j.node.capture.IpBytes.v4;
import static org.ipsec4j.node.capture.IpBytes.v6;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every link type, and the definition of a valid IP header at its edges. */
class IpExtractorTest {
  @ParameterizedTest
  @CsvSource({
    // link type, header before an IPv4 packet, header before an IPv6 packet
    "1, 02000000020b02000000010a 0800, 02000000020b02000000010a 86dd",
    "1, 02000000020b02000000010a 8100 0007 0800, 02000000020b02000000010a 88a8 0001 8100 0002 86dd",
    "1, 02000000020b02000000010a 9100 0001 9200 0002 9300 0003 0800, 02000000020b02000000010a 8100"
        + " e007 86dd",
    "1, 02000000020b02000000010a 0100 aaaa03 000000 0800, 02000000020b02000000010a 0100 aaaa03"
        + " 0000f8 86dd",
    "1, 02000000020b02000000010a 8864 1100 0001 0020 0021, 02000000020b02000000010a 8864 1100 0001"
        + " 0020 0057",
    "12, '', ''",
    "14, '', ''",
    "101, '', ''",
    "113, 0000 0001 0006 02000000010a0000 0800, 0004 0304 0000 0000000000000000 86dd",
    "113, 0000 0001 0006 02000000010a0000 8100 0007 0800, 0000 0001 0006 02000000010a0000 8100 0007"
        + " 86dd",
    "113, 0000 0001 0006 02000000010a0000 0004 aaaa03 000000 0800, 0000 0001 0006 02000000010a0000"
        + " 0004 aaaa03 000000 86dd",
    "276, 0800 0000 00000002 0001 00 06 02000000010a0000, 86dd 0000 00000002 0001 00 06"
        + " 02000000010a0000",
    "276, 8100 0000 00000002 0001 00 06 02000000010a0000 0007 0800, 8100 0000 00000002 0001 00 06"
        + " 02000000010a0000 0007 86dd",
    "0, 02000000, 1e000000",
    "0, 00000002, 00000018",
    "108, 00000002, 0000001c",
    "0, 02000000, 0a000000",
    "9, ff03 0021, ff03 0057",
    "9, 0021, 0057",
    "9, 21, 57",
    "50, ff03 0021, 0f00 86dd",
    "51, 1100 0001 0020 0021, 1100 0001 0020 57",
    "104, 0f00 0800, 8f00 86dd",
    "204, 00 ff03 0021, 01 0057",
    "105, 0801 0000 010203040506 010203040506 010203040506 1000 aaaa03 000000 0800, 8802 0000"
        + " 010203040506 010203040506 010203040506 1000 0000 aaaa03 000000 86dd",
    "105, 0803 0000 010203040506 010203040506 010203040506 1000 010203040506 aaaa03 000000 0800,"
        + " 8883 0000 010203040506 010203040506 010203040506 1000 010203040506 0000 00000000 aaaa03"
        + " 000000 86dd",
    "127, 0000 0800 00000000 0801 0000 010203040506 010203040506 010203040506 1000 aaaa03 000000"
        + " 0800, 0000 1100 03000000 0102030405060708 20 8802 0000 010203040506 010203040506"
        + " 010203040506 1000 0000 0000 aaaa03 000000 86dd",
    "127, 0000 0d00 02000080 00000000 20 8801 0000 010203040506 010203040506 010203040506 1000 0000"
        + " 0000 aaaa03 000000 0800, 0000 0800 00000000 0801 0000 010203040506 010203040506"
        + " 010203040506 1000 aaaa03 000000 86dd"
  })
  void everyLinkType(int linkType, String before4, String before6) {
    byte[] padding = new byte[18];
    for (int payload : new int[] {0, 1, 100, 1480}) {
      assertCarried(v4(payload), linkType, concat(hex(before4), v4(payload), padding));
      assertCarried(v6(payload), linkType, concat(hex(before6), v6(payload), padding));
    }
    // a link header that ends anywhere is named, never thrown
    byte[] whole = concat(hex(before4), v4(0));
    Set<NoIpReason> seen = EnumSet.noneOf(NoIpReason.class);
    for (int length = 0; length < whole.length; length++) {
      seen.add(reason(linkType, Arrays.copyOf(whole, length), length));
    }
    assertTrue(seen.contains(NoIpReason.TRUNCATED_IP_HEADER), seen.toString());
    assertEquals(
        !hexIsEmpty(before4), seen.contains(NoIpReason.TRUNCATED_LINK_HEADER), seen.toString());
  }

  private static boolean hexIsEmpty(String text) {
    return hex(text).length == 0;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 02000000020b02000000010a 0806 0001",
    "1, 0180c2000000 02000000010a 0026 424203 0000",
    "1, 02000000020b02000000010a 05ff 0000 0000 0000",
    "1, 02000000020b02000000010a 88cc 0000",
    "1, 02000000020b02000000010a 8863 1109 0000 0000",
    "1, 02000000020b02000000010a 8864 1100 0001 0004 c021",
    "1, 02000000020b02000000010a 0100 aaaa03 00000c 2000",
    "113, 0000 0001 0006 02000000010a0000 0806",
    "276, 0806 0000 00000002 0001 00 06 02000000010a0000",
    "0, 07000000",
    "9, c021 0100",
    "104, 8f00 8035 0000",
    "105, 8000 0000 010203040506 010203040506 010203040506 1000",
    "105, 4800 0000 010203040506 010203040506 010203040506 1000"
  })
  void whatIsNotIp(int linkType, String frame) {
    assertEquals(NoIpReason.NOT_IP, reason(linkType, hex(frame), 0));
  }

  @ParameterizedTest
  @CsvSource({"0841, 1000", "0805, 1000", "0801, 1100", "8841, 1000"})
  void wlanFormsThatAreNotUnpacked(String control, String sequence) {
    byte[] frame =
        hex(
            control
                + "0000 010203040506 010203040506 010203040506"
                + sequence
                + "0000 aaaa03 000000 0800");
    assertEquals(NoIpReason.UNSUPPORTED_LINK_FORM, reason(LinkType.IEEE802_11, frame, 0));
  }

  @Test
  void unknownLinkTypesAreCountedApart() {
    for (int linkType : new int[] {-1, 2, 147, 65_535, Integer.MAX_VALUE}) {
      assertEquals(NoIpReason.UNKNOWN_LINK_TYPE, reason(linkType, v4(0), 20));
    }
  }

  @Test
  void ipv4HeaderAtItsEdges() {
    assertEquals(NoIpReason.TRUNCATED_IP_HEADER, raw(new byte[0]));
    assertEquals(NoIpReason.TRUNCATED_IP_HEADER, raw(Arrays.copyOf(v4(0), 19)));
    assertEquals(NoIpReason.BAD_VERSION, raw(with(v4(0), 0, 0x55)));
    assertEquals(NoIpReason.BAD_IHL, raw(with(v4(0), 0, 0x44)));
    assertEquals(NoIpReason.TRUNCATED_IP_HEADER, raw(with(v4(0), 0, 0x46)));
    assertEquals(NoIpReason.TOTAL_LENGTH_TOO_SMALL, raw(with(v4(4), 0, 0x46, 3, 20)));
    assertEquals(NoIpReason.TOTAL_LENGTH_TOO_SMALL, raw(with(v4(4), 3, 19)));
    assertEquals(NoIpReason.LENGTH_ZERO, raw(with(v4(4), 3, 0)));
    assertEquals(NoIpReason.LENGTH_BEYOND_FRAME, raw(with(v4(4), 3, 25)));
    assertEquals(
        NoIpReason.LENGTH_BEYOND_CAPTURE, reason(LinkType.RAW, Arrays.copyOf(v4(4), 23), 24));
    assertEquals(NoIpReason.BAD_VERSION, reason(1, ethernet(0x0800, v6(0)), 54));
    assertEquals(NoIpReason.BAD_VERSION, reason(1, ethernet(0x86dd, v4(20)), 54));
    assertEquals(NoIpReason.BAD_VERSION, reason(LinkType.IPV4, v6(0), 40));
    assertEquals(NoIpReason.BAD_VERSION, reason(LinkType.IPV6, v4(20), 40));
    assertCarried(v4(3), LinkType.IPV4, v4(3));
    assertCarried(v6(3), LinkType.IPV6, v6(3));
  }

  @Test
  void aWrongHeaderChecksumIsCarriedAndTold() {
    assertEquals(false, packet(LinkType.RAW, v4(40)).badHeaderChecksum());
    byte[] wrong = with(v4(40), 10, 0x12);
    assertEquals(true, packet(LinkType.RAW, wrong).badHeaderChecksum());
    assertArrayEquals(wrong, packet(LinkType.RAW, wrong).toByteArray());
    // options take part in the sum
    byte[] options = with(v4(4), 0, 0x46);
    assertEquals(true, packet(LinkType.RAW, options).badHeaderChecksum());
  }

  @Test
  void theLongestPacket() {
    assertEquals(65_000, packet(LinkType.RAW, v4(64_980)).length());
    assertEquals(65_000, packet(LinkType.RAW, v6(64_960)).length());
    assertEquals(NoIpReason.TOO_LONG, raw(v4(64_981)));
    assertEquals(NoIpReason.TOO_LONG, raw(v6(64_961)));
    assertEquals(NoIpReason.TOO_LONG, raw(v6(65_535)));
  }

  @Test
  void ipv6HeaderAtItsEdges() {
    assertEquals(NoIpReason.TRUNCATED_IP_HEADER, raw(Arrays.copyOf(v6(0), 39)));
    assertEquals(NoIpReason.LENGTH_BEYOND_FRAME, raw(with(v6(4), 5, 5)));
    // payload length 0: forty bytes, whatever follows
    assertEquals(40, packet(LinkType.RAW, with(v6(100), 5, 0)).length());
    // RFC 2675 2: hop-by-hop with a jumbo payload option, here behind Pad1 and PadN
    byte[] jumbo = with(v6(24), 5, 0, 6, 0);
    byte[] option = hex("fd 01 00 01 01 00 c2 04 00 01 00 00 00 00 00 00");
    System.arraycopy(option, 0, jumbo, 40, option.length);
    assertEquals(NoIpReason.JUMBOGRAM, raw(jumbo));
    // without that option, or with its header not captured, the header says forty bytes
    assertEquals(40, packet(LinkType.RAW, with(jumbo, 46, 0x05)).length());
    assertEquals(40, packet(LinkType.RAW, Arrays.copyOf(jumbo, 47)).length());
  }

  @Test
  void theViewIsReadOnlyAndFresh() {
    IpOutcome.Packet packet = packet(LinkType.RAW, v4(9));
    assertTrue(packet.bytes().isReadOnly());
    packet.bytes().get();
    assertEquals(0, packet.bytes().position());
    assertEquals(29, packet.bytes().remaining());
    assertEquals(4, packet.version());
  }

  @Test
  void randomFramesNeverThrow() {
    Random random = new Random(20_24);
    int[] types = {0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 204, 228, 229, 276};
    CaptureCensus census = new CaptureCensus();
    for (int i = 0; i < 200_000; i++) {
      byte[] frame = new byte[random.nextInt(90)];
      random.nextBytes(frame);
      if (frame.length > 14 && random.nextBoolean()) {
        frame[12] = 8;
        frame[13] = 0;
        frame[14] = (byte) (0x40 | random.nextInt(16));
      }
      census.add(
          IpExtractor.extract(types[random.nextInt(types.length)], frame, random.nextInt(100)));
    }
    assertEquals(200_000, census.frames());
    assertEquals(census.frames(), census.packets() + census.withoutPacket());
    assertTrue(census.byReason().size() >= 9, census.byReason().toString());
  }

  @Test
  void theCensusAddsUp() {
    CaptureCensus census = new CaptureCensus();
    census.add(IpExtractor.extract(LinkType.RAW, v4(10), 30));
    census.add(IpExtractor.extract(LinkType.RAW, with(v4(10), 10, 1), 30));
    census.add(IpExtractor.extract(LinkType.RAW, v6(2), 42));
    census.add(IpExtractor.extract(1, ethernet(0x0806, new byte[28]), 42));
    assertEquals(4, census.frames());
    assertEquals(2, census.ipv4());
    assertEquals(1, census.ipv6());
    assertEquals(1, census.badHeaderChecksums());
    assertEquals(102, census.bytes());
    assertEquals(Map.of(NoIpReason.NOT_IP, 1L), census.byReason());
  }

  private static byte[] with(byte[] packet, int... changes) {
    byte[] changed = packet.clone();
    for (int i = 0; i < changes.length; i += 2) {
      changed[changes[i]] = (byte) changes[i + 1];
    }
    return changed;
  }

  private static void assertCarried(byte[] expected, int linkType, byte[] frame) {
    IpOutcome.Packet packet = packet(linkType, frame);
    assertArrayEquals(expected, packet.toByteArray());
    assertEquals(false, packet.badHeaderChecksum());
  }

  private static IpOutcome.Packet packet(int linkType, byte[] frame) {
    return assertInstanceOf(
        IpOutcome.Packet.class, IpExtractor.extract(linkType, frame, frame.length));
  }

  private static NoIpReason raw(byte[] packet) {
    return reason(LinkType.RAW, packet, packet.length);
  }

  private static NoIpReason reason(int linkType, byte[] frame, int original) {
    return assertInstanceOf(IpOutcome.None.class, IpExtractor.extract(linkType, frame, original))
        .reason();
  }
}
