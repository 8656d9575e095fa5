package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AH case by case: its shape, its place, and every refusal with its name (RFC 4302). */
@NullUnmarked
class AhTest {
  private static final byte[] TCP4 = IpPackets.tcp("192.0.2.1", "198.51.100.2", Lab.octets(1, 60));
  private static final byte[] TCP6 =
      IpPackets.tcp("2001:db8::1", "2001:db8:ffff::2", Lab.octets(1, 60));

  private static Lab transport(boolean v4) {
    Lab lab = AhLab.lab();
    lab.mode = SaMode.TRANSPORT;
    lab.outerV4 = v4;
    return lab;
  }

  private static byte[] packet(boolean v4) {
    return v4 ? TCP4 : TCP6;
  }

  private static DropReason open(Lab lab, byte[] wire) {
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      return AhLab.open(opener, wire).dropReason(0);
    }
  }

  private static DropReason protect(Lab lab, byte[] packet) {
    return AhLab.protect(lab, lab.outbound(), packet).dropReason(0);
  }

  /** Octets of AH over IPv4 with either padding, and over IPv6 (RFC 4302 2.6, RFC 4543 4). */
  @ParameterizedTest
  @CsvSource({
    "HMAC_MD5_96, 24, 24, 24",
    "HMAC_SHA1_96, 24, 24, 24",
    "AES_XCBC_96, 24, 24, 24",
    "AES_CMAC_96, 24, 24, 24",
    "AES_128_GMAC, 36, 40, 40",
    "AES_192_GMAC, 36, 40, 40",
    "AES_256_GMAC, 36, 40, 40",
    "HMAC_SHA2_256_128, 28, 32, 32",
    "HMAC_SHA2_384_192, 36, 40, 40",
    "HMAC_SHA2_512_256, 44, 48, 48",
  })
  void lengths(IntegrityAlgorithm mac, int v4, int linux, int v6) {
    Lab lab = AhLab.lab(mac, false);
    lab.mode = SaMode.TRANSPORT;
    assertLength(v4, lab, TCP4, 20);
    lab.options = lab.options.withAhPadding(AhPadding.EIGHT_OCTETS);
    assertLength(linux, lab, TCP4, 20);
    lab.outerV4 = false;
    assertLength(v6, lab, TCP6, 40);
    lab.options = lab.options.withAhPadding(AhPadding.FOUR_OCTETS);
    assertLength(v6, lab, TCP6, 40);
  }

  private static void assertLength(int expected, Lab lab, byte[] packet, int header) {
    byte[] wire = AhLab.seal(lab, lab.outbound(), packet);
    assertEquals(expected, wire.length - packet.length);
    assertEquals(expected, (wire[header + 1] + 2) * 4);
    assertEquals(DropReason.NONE, open(lab, wire), "either padding is taken");
  }

  @Test
  void theIvOfGmacIsTheNumberAndIsCovered() throws GeneralSecurityException {
    Lab lab = AhLab.lab(IntegrityAlgorithm.AES_256_GMAC, true);
    lab.firstNumber = 0x1_00000007L;
    byte[] wire = AhLab.seal(lab, lab.outbound(), TCP4);
    assertEquals(7, ByteBuffer.wrap(wire).getInt(28));
    assertEquals(0x1_00000007L, ByteBuffer.wrap(wire).getLong(32));
    // RFC 4543 7: all of the packet but what is mutable and the 16 octets of the ICV
    ByteBuffer covered = ByteBuffer.allocate(wire.length + 4);
    covered.put(wire).putInt(1).put(1, (byte) 0).putShort(6, (short) 0).put(8, (byte) 0);
    covered.putShort(10, (short) 0).put(40, new byte[16]);
    byte[] material = Lab.octets(2, lab.transform.integrity().keyLength());
    byte[] nonce = TestCrypto.concat(Arrays.copyOfRange(material, 32, 36), new byte[8]);
    ByteBuffer.wrap(nonce).putLong(4, 0x1_00000007L);
    byte[] icv = AhCrypto.gmac(Arrays.copyOf(material, 32), nonce, covered.array());
    assertArrayEquals(icv, Arrays.copyOfRange(wire, 40, 56));
  }

  /** Every other value of the length field than the two that can be is refused. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lyingLength(boolean v4) {
    Lab lab = transport(v4);
    byte[] wire = AhLab.seal(lab, lab.outbound(), packet(v4));
    int field = (v4 ? 20 : 40) + 1;
    byte right = wire[field];
    for (int value = 0; value < 256; value++) {
      wire[field] = (byte) value;
      boolean other = v4 && value == right + 1;
      DropReason expected =
          value == right
              ? DropReason.NONE
              : other ? DropReason.ICV_MISMATCH : DropReason.MALFORMED_AH;
      assertEquals(expected, open(lab, wire), "length " + value);
    }
  }

  /** A packet cut anywhere, with a total length that fits the cut. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cutShort(boolean v4) {
    Lab lab = transport(v4);
    byte[] whole = AhLab.seal(lab, lab.outbound(), packet(v4));
    int header = v4 ? 20 : 40;
    for (int length = 0; length < whole.length; length++) {
      byte[] wire = Arrays.copyOf(whole, length);
      if (length >= header) {
        ByteBuffer.wrap(wire).putShort(v4 ? 2 : 4, (short) (v4 ? length : length - 40));
      }
      DropReason expected =
          length < header
              ? DropReason.MALFORMED_OUTER
              : length < header + 12
                  ? DropReason.TOO_SHORT
                  : length < header + (v4 ? 28 : 32)
                      ? DropReason.MALFORMED_AH
                      : DropReason.ICV_MISMATCH;
      assertEquals(expected, open(lab, wire), "length " + length);
    }
  }

  /** IPv4 options that contradict themselves: nobody could agree on what the ICV covers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "07000000", // no length
        "07010000", // a length that does not count its own octets
        "07050000", // beyond the header
        "01010107", // cut behind the type
        "83020000", // a source route without a pointer
        "83030300", // a pointer to its own length
        "8309040a000001000000000000", // a route of one and a half addresses
      })
  void lyingOptions(String hex) {
    byte[] given = HexFormat.of().parseHex(hex);
    byte[] options = Arrays.copyOf(given, (given.length + 3) / 4 * 4);
    Lab lab = transport(true);
    byte[] packet = IpPackets.v4("192.0.2.1", "198.51.100.2", 6, Lab.octets(1, 60), 0, 0, options);
    assertEquals(DropReason.NOT_TRANSPORTABLE, protect(lab, packet));
    assertEquals(DropReason.MALFORMED_AH, open(lab, withAh(lab, packet, 9, packet.length - 60)));
  }

  /** A source route that is not at its end: fine to send, not the receiver's to open. */
  @Test
  void unfinishedRoutesAreForSendersOnly() {
    byte[] options = {(byte) 137, 7, 4, 10, 9, 8, 7, 0};
    byte[] packet = IpPackets.v4("192.0.2.1", "198.51.100.2", 6, Lab.octets(1, 60), 0, 0, options);
    Lab lab = transport(true);
    byte[] wire = AhLab.seal(lab, lab.outbound(), packet);
    assertEquals(DropReason.MALFORMED_AH, open(lab, wire));
    // what the last router makes of it
    wire[22] = 8;
    System.arraycopy(new byte[] {10, 9, 8, 7}, 0, wire, 16, 4);
    System.arraycopy(new byte[] {1, 2, 3, 4}, 0, wire, 23, 4);
    assertEquals(DropReason.NONE, open(lab, wire));
    wire[19] ^= 1;
    assertEquals(DropReason.ICV_MISMATCH, open(lab, wire), "another destination");
  }

  @ParameterizedTest
  @CsvSource({
    // next header of the first, then header octets; what is wrong
    "0, 3b00c20400000000, option beyond its header",
    "0, 3b00010300000000c2, padding cut by the header's end",
    "43, 3b02000200000000, more segments left than addresses",
    "43, 3b03000100000000, an odd count of words",
    "43, 3b02040100000000, a type nobody knows on its way",
    "43, 3b04020100000000, type 2 with two addresses",
  })
  void lyingExtensions(int type, String hex, String wrong) {
    byte[] given = HexFormat.of().parseHex(hex);
    byte[] header = Arrays.copyOf(given, ((given[1] & 0xff) + 1) * 8);
    if (wrong.startsWith("option")) {
      header[3] = 5;
    } else if (wrong.startsWith("padding")) {
      header[7] = (byte) 0xc2;
    }
    byte[] packet =
        IpPackets.v6(
            "2001:db8::1", "2001:db8:ffff::2", type, TestCrypto.concat(header, Lab.octets(1, 60)));
    Lab lab = transport(false);
    assertEquals(DropReason.NOT_TRANSPORTABLE, protect(lab, packet), wrong);
    assertEquals(
        DropReason.MALFORMED_AH, open(lab, withAh(lab, packet, 40, 40 + header.length)), wrong);
  }

  /** Puts an AH with any ICV into a packet, whatever its headers say. */
  private static byte[] withAh(Lab lab, byte[] packet, int nextField, int at) {
    byte[] ah = new byte[32];
    ah[0] = packet[nextField];
    ah[1] = 6;
    ByteBuffer.wrap(ah).putInt(4, lab.spi).putInt(8, 1);
    byte[] wire =
        TestCrypto.concat(
            Arrays.copyOf(packet, at), ah, Arrays.copyOfRange(packet, at, packet.length));
    wire[nextField] = 51;
    boolean v4 = (packet[0] & 0xf0) == 0x40;
    int total = wire.length;
    ByteBuffer.wrap(wire).putShort(v4 ? 2 : 4, (short) (v4 ? total : total - 40));
    return wire;
  }

  @Test
  void headersAreWorkedOnUpToABound() {
    Lab lab = transport(false);
    for (int words : new int[] {63, 64}) {
      // hop-by-hop with PadN options
      byte[] header = new byte[(words + 1) * 8];
      header[0] = 59;
      header[1] = (byte) words;
      for (int at = 2; at < header.length; ) {
        int data = Math.min(200, header.length - at - 2);
        header[at] = 1;
        header[at + 1] = (byte) data;
        at += 2 + data;
      }
      byte[] packet =
          IpPackets.v6("2001:db8::1", "2001:db8:ffff::2", 0, TestCrypto.concat(header, TCP4));
      boolean fits = words == 63;
      assertEquals(
          fits ? DropReason.NONE : DropReason.NOT_TRANSPORTABLE, protect(lab, packet), "" + words);
      assertEquals(
          fits ? DropReason.ICV_MISMATCH : DropReason.MALFORMED_AH,
          open(lab, withAh(lab, packet, 40, 40 + header.length)));
    }
  }

  /** RFC 4302 A2: a fragment header that says "whole" is left out on both sides. */
  @Test
  void atomicFragments() {
    Lab lab = transport(false);
    byte[] data = Arrays.copyOfRange(TCP6, 40, TCP6.length);
    byte[] fragment = {6, 0, 0, 0, 1, 2, 3, 4};
    byte[] packet =
        IpPackets.v6("2001:db8::1", "2001:db8:ffff::2", 44, TestCrypto.concat(fragment, data));
    byte[] wire = AhLab.seal(lab, lab.outbound(), packet);
    assertEquals(51, wire[6]);
    assertEquals(6, wire[40]);
    assertEquals(packet.length - 8 + 32, wire.length);
    // the receiver's reassembly left its header in place
    byte[] arrived =
        TestCrypto.concat(
            Arrays.copyOf(wire, 40),
            new byte[] {51, 0, 0, 0, 9, 9, 9, 9},
            Arrays.copyOfRange(wire, 40, wire.length));
    arrived[6] = 44;
    ByteBuffer.wrap(arrived).putShort(4, (short) (arrived.length - 40));
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      PacketBurst burst = AhLab.open(opener, arrived);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertArrayEquals(TCP6, Lab.window(burst, 0));
    }
  }

  @Test
  void fragments() {
    Lab lab = transport(true);
    byte[] part =
        IpPackets.v4("192.0.2.1", "198.51.100.2", 6, new byte[64], 0, 0x2000, new byte[0]);
    assertEquals(DropReason.NOT_TRANSPORTABLE, protect(lab, part));
    byte[] wire = AhLab.seal(lab, lab.outbound(), TCP4);
    wire[6] |= 0x20;
    assertEquals(DropReason.MALFORMED_OUTER, open(lab, wire));
    lab.mode = SaMode.TUNNEL;
    assertEquals(DropReason.NONE, protect(lab, part), "a tunnel carries anything");
  }

  @Test
  void whatIsNotForAh() {
    Lab esp = new Lab();
    esp.crypto = new AhCrypto();
    assertEquals(DropReason.NO_SA, AhLab.protect(esp, esp.outbound(), TCP4).dropReason(0));
    assertEquals(DropReason.NO_SA, AhLab.protect(esp, null, TCP4).dropReason(0));
    assertEquals(DropReason.MALFORMED_INNER, protect(transport(true), new byte[5]));
    assertEquals(DropReason.NOT_TRANSPORTABLE, protect(transport(true), TCP6));
    Lab udp = transport(true);
    udp.udp = true;
    assertEquals(DropReason.NOT_TRANSPORTABLE, protect(udp, TCP4), "no UDP around AH");
    assertEquals(DropReason.MALFORMED_OUTER, open(transport(true), TCP4), "TCP is no AH");
    Lab other = transport(true);
    byte[] wire = AhLab.seal(other, other.outbound(), TCP4);
    other.spi ^= 1;
    try (AhInbound opener = AhLab.opener(other, other.sad())) {
      assertEquals(DropReason.UNKNOWN_SPI, AhLab.open(opener, wire).dropReason(0));
      assertNull(opener.sa(0));
      assertEquals(1, opener.withoutSa().drops(DropReason.UNKNOWN_SPI));
    }
  }

  @Test
  void noRoomSaysHowMuch() {
    Lab lab = transport(true);
    OutboundSa sa = lab.outbound();
    PacketBurst burst = new PacketBurst(1, 10, 2000, 0);
    burst.add(ByteBuffer.wrap(TCP4));
    try (AhOutbound sealer = AhLab.sealer(lab)) {
      sealer.protect(burst, new OutboundSa[] {sa}, 1);
      assertEquals(DropReason.NO_HEADROOM, burst.dropReason(0));
      assertEquals(18, sealer.missingHeadroom(0));
      byte[] largest = IpPackets.v4("192.0.2.1", "198.51.100.2", 6, new byte[65535 - 20 - 28]);
      byte[] larger = IpPackets.v4("192.0.2.1", "198.51.100.2", 6, new byte[65535 - 20 - 27]);
      burst = AhLab.burst(largest, larger);
      sealer.protect(burst, new OutboundSa[] {sa, sa}, 1);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertEquals(DropReason.TOO_LONG, burst.dropReason(1));
      assertEquals(0, sealer.excess(0));
      assertEquals(1, sealer.excess(1));
    }
    assertEquals(2, sa.counters().drops());
    assertTrue(sa.maxHeadroom() >= 28 && sa.maxTailroom() == 0);
  }

  @Test
  void lifetimes() {
    Lab lab = transport(true);
    lab.lifetime = new Lifetime(0, 0, 2, 3);
    OutboundSa out = lab.outbound();
    PacketBurst burst = AhLab.protect(lab, out, TCP4, TCP4, TCP4, TCP4);
    assertEquals(DropReason.NONE, burst.dropReason(2));
    assertEquals(DropReason.LIFETIME_EXPIRED, burst.dropReason(3));
    assertTrue(out.takeSoftExpired());
    Sad sad = lab.sad();
    Lab endless = transport(true);
    byte[][] wires = new byte[5][];
    OutboundSa source = endless.outbound();
    for (int i = 0; i < wires.length; i++) {
      wires[i] = AhLab.seal(endless, source, TCP4);
    }
    try (AhInbound opener = AhLab.opener(lab, sad)) {
      burst = AhLab.open(opener, wires);
      assertEquals(DropReason.NONE, burst.dropReason(2));
      assertEquals(DropReason.LIFETIME_EXPIRED, burst.dropReason(3));
      assertEquals(
          DropReason.LIFETIME_EXPIRED,
          AhLab.open(opener, AhLab.seal(endless, source, TCP4)).dropReason(0));
    }
  }

  @Test
  void numbersRunOutWithoutEsnAndGoOnWithIt() {
    for (boolean esn : new boolean[] {false, true}) {
      Lab lab = AhLab.lab(IntegrityAlgorithm.HMAC_SHA2_512_256, esn);
      lab.firstNumber = 0xfffffffdL;
      OutboundSa sa = lab.outbound();
      Sad sad = lab.sad();
      try (AhInbound opener = AhLab.opener(lab, sad)) {
        Lab before = AhLab.lab(IntegrityAlgorithm.HMAC_SHA2_512_256, esn);
        before.firstNumber = 0xf0000000L;
        byte[] first = AhLab.seal(before, before.outbound(), TCP4);
        assertEquals(DropReason.NONE, AhLab.open(opener, first).dropReason(0));
        PacketBurst burst = AhLab.protect(lab, sa, TCP4, TCP4, TCP4, TCP4, TCP4, TCP4);
        for (int i = 0; i < burst.size(); i++) {
          boolean sent = esn || i < 3;
          assertEquals(sent ? DropReason.NONE : DropReason.SEQUENCE_EXHAUSTED, burst.dropReason(i));
        }
        opener.open(burst, 1);
        for (int i = 0; i < (esn ? 6 : 3); i++) {
          assertEquals(DropReason.NONE, burst.dropReason(i), "packet " + i);
          assertEquals(0xfffffffdL + i, opener.sequence(i));
        }
      }
      assertEquals(esn ? 0x1_00000002L : 0xffffffffL, ah(sad, lab).replayWindow().top());
    }
  }

  private static InboundSa ah(Sad sad, Lab lab) {
    InboundSa sa = sad.find(lab.transform.protocol(), lab.spi);
    assertNotNull(sa);
    return sa;
  }

  @Test
  void findsTheUpperHalfAgain() {
    for (IntegrityAlgorithm mac :
        List.of(IntegrityAlgorithm.HMAC_SHA1_96, IntegrityAlgorithm.AES_128_GMAC)) {
      Lab lab = AhLab.lab(mac, true);
      Sad sad = lab.sad();
      try (AhInbound opener = AhLab.opener(lab, sad)) {
        assertTrue(AhLab.open(opener, AhLab.seal(lab, lab.outbound(), TCP4)).isAlive(0));
        lab.firstNumber = 0x3_00000005L;
        OutboundSa far = lab.outbound();
        int lost = 0;
        PacketBurst burst;
        do {
          burst = AhLab.open(opener, AhLab.seal(lab, far, TCP4));
          lost++;
        } while (!burst.isAlive(0) && lost < 1000);
        assertTrue(lost > InboundSa.REFUSALS_BEFORE_DOUBT && lost < 200, "lost " + lost);
        assertArrayEquals(TCP4, Lab.window(burst, 0));
        assertEquals(3, opener.sequence(0) >>> 32);
        assertTrue(AhLab.open(opener, AhLab.seal(lab, far, TCP4)).isAlive(0), "in step");
        assertEquals(lost - 1, ah(sad, lab).counters().drops(DropReason.ICV_MISMATCH));
      }
    }
  }

  @Test
  void oneNumberTwiceInABurst() {
    Lab lab = transport(false);
    byte[] wire = AhLab.seal(lab, lab.outbound(), TCP6);
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      PacketBurst burst = AhLab.open(opener, wire, wire);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertEquals(DropReason.REPLAY, burst.dropReason(1));
    }
  }

  @Test
  void whatFailsIsWiped() {
    Lab lab = transport(true);
    byte[] wire = AhLab.seal(lab, lab.outbound(), TCP4);
    wire[wire.length - 1] ^= 1;
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      PacketBurst burst = AhLab.open(opener, wire);
      assertEquals(DropReason.ICV_MISMATCH, burst.dropReason(0));
      assertArrayEquals(new byte[wire.length], Lab.window(burst, 0));
      assertFalse(opener.isAuthentic(0));
      assertNotNull(opener.sa(0));
    }
    lab.senderSelectors = List.of(TrafficSelector.of("192.0.2.9/32"));
    wire[wire.length - 1] ^= 1;
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      PacketBurst burst = AhLab.open(opener, wire);
      assertEquals(DropReason.SELECTOR_MISMATCH, burst.dropReason(0));
      assertArrayEquals(new byte[wire.length], Lab.window(burst, 0));
      assertTrue(opener.isAuthentic(0));
    }
  }

  /** Congestion on the way goes into the inner header, or costs the packet (RFC 6040 4.2). */
  @Test
  void congestionInTunnels() {
    Lab lab = AhLab.lab();
    for (int inner = 0; inner < 4; inner++) {
      byte[] packet =
          IpPackets.v4(IpPackets.A4, IpPackets.B4, 17, new byte[20], inner, 0, new byte[0]);
      byte[] wire = AhLab.seal(lab, lab.outbound(), packet);
      assertEquals(inner, wire[1]);
      wire[1] |= 3;
      try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
        PacketBurst burst = AhLab.open(opener, wire);
        assertEquals(inner == 0 ? DropReason.ECN_CONGESTION : DropReason.NONE, burst.dropReason(0));
        if (inner > 0) {
          byte[] opened = Lab.window(burst, 0);
          assertEquals(3, opened[1]);
          assertEquals(0, IpPackets.checksum(opened, 0, 20));
        }
        assertEquals(3, opener.outerTrafficClass(0));
      }
    }
  }

  /** What stands behind AH must be what the mode carries. */
  @Test
  void nextHeadersOfTunnels() {
    Lab lab = AhLab.lab();
    lab.crypto = new NoAhCrypto();
    byte[] wire = AhLab.seal(lab, lab.outbound(), IpPackets.udp(true, 1, 2, new byte[20]));
    for (int next = 0; next < 256; next++) {
      wire[20] = (byte) next;
      DropReason expected =
          next == 4
              ? DropReason.NONE
              : next == 41 ? DropReason.MALFORMED_INNER : DropReason.BAD_NEXT_HEADER;
      assertEquals(expected, open(lab, wire), "next header " + next);
    }
    wire[20] = 4;
    wire[48] = 0x65;
    assertEquals(DropReason.MALFORMED_INNER, open(lab, wire));
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void beet(boolean innerV4, boolean outerV4) {
    Lab lab = AhLab.lab();
    lab.outerV4 = outerV4;
    lab.bind(innerV4);
    byte[] packet = IpPackets.udp(innerV4, 1, 2, Lab.octets(3, 77));
    byte[] wire = AhLab.seal(lab, lab.outbound(), packet);
    assertEquals(51, wire[outerV4 ? 9 : 6]);
    assertEquals(packet.length - (innerV4 ? 20 : 40) + (outerV4 ? 48 : 72), wire.length);
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      PacketBurst burst = AhLab.open(opener, wire);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      byte[] opened = Lab.window(burst, 0);
      assertArrayEquals(
          Arrays.copyOfRange(packet, innerV4 ? 20 : 40, packet.length),
          Arrays.copyOfRange(opened, innerV4 ? 20 : 40, opened.length));
    }
  }

  @Test
  void groupsAreFoundByTheirAddress() {
    Lab lab = transport(true);
    Sad sad = new Sad();
    IpAddress group = IpAddress.parse("198.51.100.2");
    sad.installMulticast(lab.inbound(), group, null);
    byte[] wire = AhLab.seal(lab, lab.outbound(), TCP4);
    try (AhInbound opener = AhLab.opener(lab, sad)) {
      assertEquals(DropReason.NONE, AhLab.open(opener, wire).dropReason(0));
      wire[19]++;
      assertEquals(DropReason.UNKNOWN_SPI, AhLab.open(opener, wire).dropReason(0));
    }
  }

  @Test
  void aProviderThatIsNotThereOrFails() {
    Lab lab = transport(true);
    byte[] wire = AhLab.seal(lab, lab.outbound(), TCP4);
    OutboundSa foreign = lab.outbound();
    try (AhOutbound sealer = new AhOutbound(List.of(new TestCrypto()), 4);
        AhInbound opener = new AhInbound(lab.sad(), List.of(new TestCrypto()), 4)) {
      PacketBurst burst = AhLab.burst(TCP4);
      sealer.protect(burst, new OutboundSa[] {foreign}, 1);
      assertEquals(DropReason.CRYPTO_FAILED, burst.dropReason(0));
      burst = AhLab.open(opener, wire);
      assertEquals(DropReason.CRYPTO_FAILED, burst.dropReason(0));
      assertArrayEquals(wire, Lab.window(burst, 0), "untouched");
    }
  }

  @Test
  void tooLargeABurst() {
    Lab lab = transport(true);
    try (AhOutbound sealer = new AhOutbound(List.of(lab.crypto), 1);
        AhInbound opener = new AhInbound(lab.sad(), List.of(lab.crypto), 1)) {
      PacketBurst burst = AhLab.burst(TCP4, TCP4);
      OutboundSa[] sas = new OutboundSa[2];
      assertThrows(IllegalArgumentException.class, () -> sealer.protect(burst, sas, 1));
      assertThrows(IllegalArgumentException.class, () -> opener.open(burst, 1));
    }
  }

  @Test
  void keysHaveTheirSalt() {
    Lab lab = AhLab.lab(IntegrityAlgorithm.AES_128_GMAC, false);
    PacketTransform gmac = lab.transform;
    assertThrows(
        IllegalArgumentException.class,
        () -> new AhLayout(gmac, new byte[0], AhPadding.FOUR_OCTETS));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AhLayout(BundleLab.AH, new byte[4], AhPadding.FOUR_OCTETS));
  }
}
