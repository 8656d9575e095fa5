package org.ipsec4j.api.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reads headers as RFC 791 and RFC 8200 draw them, and nothing outside the window. */
class IpHeaderViewTest {
  private static final String V6 =
      "20010db8000000000000000000000001" + "20010db8000000000000000000000002";

  private final IpHeaderView view = new IpHeaderView();

  private boolean parse(String hex) {
    byte[] packet = HexFormat.of().parseHex(hex.replace(" ", ""));
    return view.parse(ByteBuffer.wrap(packet), 0, packet.length);
  }

  private static String v6(int next, String payload) {
    int length = payload.replace(" ", "").length() / 2;
    return String.format("6ab12345 %04x %02x 40", length, next) + V6 + payload;
  }

  @Test
  void readsV4WithOptionsAndPorts() {
    assertTrue(
        parse(
            "46b9 0024 1234 4000 3f11 0000 0a000001 0a000002 01010101 0035 1234 000c 0000"
                + " 01020304"));
    assertEquals(4, view.version());
    assertEquals(24, view.headerLength());
    assertEquals(36, view.totalLength());
    assertEquals(0xb9, view.trafficClass());
    assertEquals(0x3f, view.hopLimit());
    assertTrue(view.dontFragment());
    assertFalse(view.isFragment());
    assertEquals(17, view.protocol());
    assertEquals(9, view.protocolOffset());
    assertEquals(24, view.payloadOffset());
    assertEquals(12, view.payloadLength());
    assertEquals(0x0a000001L, view.sourceLow());
    assertEquals(0x0a000002L, view.destinationLow());
    assertEquals(0x35, view.sourcePort());
    assertEquals(0x1234, view.destinationPort());
    assertEquals(24, view.perFragmentEnd());
  }

  @Test
  void laterFragmentHasNoPorts() {
    assertTrue(parse("4500 0018 1234 2001 3f11 0000 0a000001 0a000002 00350035"));
    assertTrue(view.isFragment());
    assertTrue(view.moreFragments());
    assertEquals(8, view.fragmentOffset());
    assertEquals(17, view.protocol());
    assertEquals(IpHeaderView.UNKNOWN, view.sourcePort());
  }

  @Test
  void walksV6ExtensionHeaders() {
    // hop-by-hop, routing, destination options, then UDP
    assertTrue(
        parse(v6(0, "2b00 010400000000 3c00 000000000000 1100 010400000000 0007 0008 0008 0000")));
    assertEquals(17, view.protocol());
    assertEquals(64, view.payloadOffset());
    assertEquals(56, view.protocolOffset());
    assertEquals(56, view.perFragmentEnd(), "behind the routing header");
    assertEquals(48, view.perFragmentNextOffset());
    assertEquals(7, view.sourcePort());
    assertEquals(8, view.destinationPort());
    assertEquals(0xab, view.trafficClass());
    assertEquals(0x12345, view.flowLabel());
    assertEquals(0x20010db800000000L, view.sourceHigh());
    assertEquals(2, view.destinationLow());
  }

  @Test
  void atomicFragmentIsNoFragment() {
    assertTrue(parse(v6(44, "3a00 0000 00000001 8000 0000")));
    assertFalse(view.isFragment());
    assertEquals(0x8000, view.sourcePort());
    assertEquals(0x8000, view.destinationPort());
    assertTrue(view.isTypeAndCode());
  }

  @Test
  void laterV6FragmentOfOptionsHasNoProtocol() {
    assertTrue(parse(v6(44, "3c00 0009 00000001 1122334455667788")));
    assertTrue(view.isFragment());
    assertEquals(8, view.fragmentOffset());
    assertEquals(IpHeaderView.UNKNOWN, view.protocol());
  }

  @Test
  void mobilityTypeStandsInTheUpperOctet() {
    assertTrue(parse(v6(135, "3b00 0500 0000 0000")));
    assertEquals(0x0500, view.sourcePort());
    assertTrue(view.isTypeAndCode());
  }

  @Test
  void cutOrMisplacedExtensionsLeaveTheProtocolUnknown() {
    assertTrue(parse(v6(0, "11ff 010400000000")), "length beyond the packet");
    assertEquals(IpHeaderView.UNKNOWN, view.protocol());
    assertTrue(parse(v6(60, "0000 010400000000 1100 010400000000")), "hop-by-hop not first");
    assertEquals(IpHeaderView.UNKNOWN, view.protocol());
    assertTrue(parse(v6(60, "3c00 010400000000".repeat(40))), "too many");
    assertEquals(IpHeaderView.UNKNOWN, view.protocol());
    assertTrue(parse(v6(17, "0001")), "cut port");
    assertEquals(17, view.protocol());
    assertEquals(IpHeaderView.UNKNOWN, view.sourcePort());
  }

  @Test
  void refusesInvalidFixedHeaders() {
    assertFalse(parse(""));
    assertFalse(parse("45"));
    assertFalse(parse("4400 0014 0000 0000 4001 0000 0a000001 0a000002"), "header of 16 octets");
    assertFalse(parse("4500 0013 0000 0000 4001 0000 0a000001 0a000002"), "total below header");
    assertFalse(parse("4500 0015 0000 0000 4001 0000 0a000001 0a000002"), "total beyond window");
    assertFalse(parse("5500 0014 0000 0000 4001 0000 0a000001 0a000002"), "version 5");
    assertFalse(parse(v6(17, "00010002").replace("00010002", "0001")), "payload beyond window");
  }

  @Test
  void trailingOctetsDoNotBelongToThePacket() {
    assertTrue(parse("4500 0014 0000 0000 4001 0000 0a000001 0a000002 0800ffff"));
    assertEquals(20, view.totalLength());
    assertEquals(0, view.payloadLength());
    assertEquals(IpHeaderView.UNKNOWN, view.sourcePort(), "ICMP type lies behind the packet");
  }

  @Test
  void readsNothingOutsideTheWindowAndThrowsNothing() {
    Random random = new Random(791);
    byte[] octets = new byte[160];
    for (int i = 0; i < 200_000; i++) {
      random.nextBytes(octets);
      int start = random.nextInt(32);
      int length = random.nextInt(octets.length - start + 1);
      octets[start] = (byte) (random.nextBoolean() ? 0x40 | random.nextInt(16) : 0x60);
      plausible(octets, start, length, random);
      boolean valid = view.parse(ByteBuffer.wrap(octets), start, length);
      // the same window at the end of a memory that ends with it
      byte[] alone = Arrays.copyOfRange(octets, start, start + length);
      assertEquals(valid, new IpHeaderView().parse(ByteBuffer.wrap(alone), 0, length));
      if (valid) {
        assertTrue(view.totalLength() <= length);
        assertTrue(view.payloadOffset() >= start + view.headerLength());
        assertTrue(view.payloadLength() >= 0);
        assertTrue(view.perFragmentEnd() <= view.payloadOffset());
      }
    }
    assertFalse(view.parse(ByteBuffer.wrap(octets), 150, 20), "window leaves the memory");
    assertFalse(view.parse(ByteBuffer.wrap(octets), -1, 20));
  }

  private static void plausible(byte[] octets, int start, int length, Random random) {
    if (length > 48 && random.nextInt(4) > 0) {
      boolean v4 = (octets[start] & 0xf0) == 0x40;
      int[] next = {0, 17, 43, 44, 60, 58, 135, 6};
      octets[start + (v4 ? 2 : 4)] = 0;
      octets[start + (v4 ? 3 : 5)] = (byte) (v4 ? length : length - 40);
      octets[start + (v4 ? 9 : 6)] = (byte) next[random.nextInt(next.length)];
      octets[start + 40] = (byte) next[random.nextInt(next.length)];
      octets[start + 41] = (byte) random.nextInt(3);
    }
  }
}
