package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.esp.ipcomp.IpcompAssociation;
import org.ipsec4j.esp.ipcomp.IpcompInbound;
import org.ipsec4j.esp.ipcomp.IpcompOutbound;
import org.ipsec4j.esp.ipcomp.IpcompSettings;
import org.ipsec4j.esp.ipcomp.IpcompStages;
import org.ipsec4j.esp.ipcomp.IpcompTable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several SAs around one packet: the way in, the way out, and every wrong way. */
@NullUnmarked
class BundleTest {
  private static final SaMode TRANSPORT = SaMode.TRANSPORT;
  private static final SaMode TUNNEL = SaMode.TUNNEL;
  private static final byte[] TCP = IpPackets.tcp("192.0.2.1", "198.51.100.2", Lab.octets(1, 100));

  /** ESP in AH, both in transport mode: the classic bundle. */
  private static BundleLab espInAh() {
    SaBundle bundle = SaBundle.of("esp in ah", 2);
    return new BundleLab()
        .add(Lab.GCM, TRANSPORT, true, bundle.place(0))
        .add(BundleLab.AH, TRANSPORT, true, bundle.place(1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void espInsideOfAh(boolean v4) {
    SaBundle bundle = SaBundle.of("esp in ah", 2);
    BundleLab lab =
        new BundleLab()
            .add(Lab.GCM, TRANSPORT, v4, bundle.place(0))
            .add(BundleLab.AH, TRANSPORT, v4, bundle.place(1));
    byte[] packet = v4 ? TCP : IpPackets.tcp("2001:db8::1", "2001:db8:ffff::2", Lab.octets(1, 100));
    byte[] wire = lab.seal(packet, lab.outbound.get(0), lab.outbound.get(1));
    int header = v4 ? 20 : 40;
    assertEquals(51, wire[v4 ? 9 : 6], "AH is outermost");
    assertEquals(50, wire[header], "ESP is behind it");
    try (IpsecInbound opener = lab.opener()) {
      PacketBurst burst = BundleLab.burst(wire);
      opener.open(burst, PacketForm.FULL_IP, 7);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertArrayEquals(packet, Lab.window(burst, 0));
      assertEquals(2, opener.layers(0));
      assertEquals(lab.inbound.get(1), opener.sa(0, 0));
      assertEquals(lab.inbound.get(0), opener.sa(0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> opener.sa(0, 2));
      assertTrue(opener.isAuthentic(0));
      assertFalse(opener.isPayload(0));
      assertEquals(6, opener.nextHeader(0));
      assertEquals(1, opener.sequence(0));
      for (InboundSa sa : lab.inbound) {
        assertEquals(1, sa.counters().packets());
        assertEquals(7, sa.lastInboundNanos());
      }
    }
  }

  @Test
  void everyWrongWayIsRefused() {
    BundleLab lab = espInAh();
    SaBundle other = SaBundle.of("other", 2);
    lab.add(Lab.GCM, TRANSPORT, true, other.place(0));
    lab.add(BundleLab.AH, TRANSPORT, true, other.place(1));
    lab.add(BundleLab.AH, TRANSPORT, true, null);
    OutboundSa esp = lab.outbound.get(0);
    OutboundSa ah = lab.outbound.get(1);
    OutboundSa otherAh = lab.outbound.get(3);
    OutboundSa freeAh = lab.outbound.get(4);
    assertMismatch(lab, lab.seal(TCP, esp));
    assertMismatch(lab, lab.seal(TCP, ah));
    assertMismatch(lab, lab.seal(TCP, ah, esp));
    assertMismatch(lab, lab.seal(TCP, esp, otherAh));
    assertMismatch(lab, lab.seal(TCP, esp, freeAh));
    // one that belongs to nobody around the whole is no harm
    assertOpens(lab, lab.seal(TCP, esp, ah, freeAh));
    assertOpens(lab, lab.seal(TCP, freeAh, esp, ah));
    assertOpens(lab, lab.seal(TCP, esp, ah));
  }

  private static void assertMismatch(BundleLab lab, byte[] wire) {
    try (IpsecInbound opener = lab.opener()) {
      PacketBurst burst = BundleLab.burst(wire);
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.BUNDLE_MISMATCH, burst.dropReason(0));
      assertEquals(1, opener.refused().drops(DropReason.BUNDLE_MISMATCH));
      assertArrayEquals(new byte[burst.length(0)], Lab.window(burst, 0), "wiped");
    }
  }

  private static void assertOpens(BundleLab lab, byte[] wire) {
    try (IpsecInbound opener = lab.opener()) {
      PacketBurst burst = BundleLab.burst(wire);
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertArrayEquals(TCP, Lab.window(burst, 0));
    }
  }

  /** A rekeyed AH takes the place of the former: both are right while both live. */
  @Test
  void aPlaceHasRoomForARekey() {
    SaBundle bundle = SaBundle.of("esp in ah", 2);
    BundleLab lab =
        new BundleLab()
            .add(Lab.GCM, TRANSPORT, true, bundle.place(0))
            .add(BundleLab.AH, TRANSPORT, true, bundle.place(1))
            .add(BundleLab.AH, TRANSPORT, true, bundle.place(1));
    assertOpens(lab, lab.seal(TCP, lab.outbound.get(0), lab.outbound.get(1)));
    assertOpens(lab, lab.seal(TCP, lab.outbound.get(0), lab.outbound.get(2)));
  }

  @Test
  void whatHasAPlaceIsNotOpenedAlone() {
    BundleLab lab = espInAh();
    try (EspInbound esp = new EspInbound(lab.sad, List.of(lab.crypto), 4);
        AhInbound ah = new AhInbound(lab.sad, List.of(lab.crypto), 4)) {
      PacketBurst burst = BundleLab.burst(lab.seal(TCP, lab.outbound.get(0)));
      esp.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.BUNDLE_MISMATCH, burst.dropReason(0));
      burst = BundleLab.burst(lab.seal(TCP, lab.outbound.get(0), lab.outbound.get(1)));
      ah.open(burst, 1);
      assertEquals(DropReason.BUNDLE_MISMATCH, burst.dropReason(0));
      assertEquals(1, lab.inbound.get(0).counters().drops(DropReason.BUNDLE_MISMATCH));
      assertEquals(1, lab.inbound.get(1).counters().drops(DropReason.BUNDLE_MISMATCH));
    }
  }

  /** Of what lies between the layers of transport mode no selector is asked, of the end it is. */
  @Test
  void selectorsAreAskedOfTheEnd() {
    SaBundle bundle = SaBundle.of("tcp only", 2);
    Lab tcpOnly = new Lab();
    tcpOnly.senderSelectors = List.of(tcp("192.0.2.1/32"));
    tcpOnly.receiverSelectors = List.of(tcp("198.51.100.2/32"));
    BundleLab lab =
        new BundleLab()
            .add(Lab.GCM, TRANSPORT, true, bundle.place(0), tcpOnly)
            .add(BundleLab.AH, TRANSPORT, true, bundle.place(1), tcpOnly);
    assertOpens(lab, lab.seal(TCP, lab.outbound.get(0), lab.outbound.get(1)));
    byte[] udp = IpPackets.udp("192.0.2.1", "198.51.100.2", 1, 2, new byte[8]);
    try (IpsecInbound opener = lab.opener()) {
      PacketBurst burst = BundleLab.burst(lab.seal(udp, lab.outbound.get(0), lab.outbound.get(1)));
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.SELECTOR_MISMATCH, burst.dropReason(0));
    }
  }

  private static TrafficSelector tcp(String addresses) {
    return new TrafficSelector(6, 0, 65535, TrafficSelector.of(addresses).addresses());
  }

  /** IPComp inside of ESP, as Linux does it: in transport mode, and in a tunnel of its own. */
  @ParameterizedTest
  @EnumSource(names = {"TRANSPORT", "TUNNEL"})
  void compressedInsideOfEsp(SaMode mode) {
    SaBundle bundle = SaBundle.of("compressed", 1).withCompression();
    Lab narrow = new Lab();
    if (mode == TRANSPORT) {
      narrow.senderSelectors = List.of(tcp("192.0.2.1/32"));
      narrow.receiverSelectors = List.of(tcp("198.51.100.2/32"));
    }
    BundleLab lab = new BundleLab().add(Lab.GCM, TRANSPORT, true, bundle.place(0), narrow);
    IpcompAssociation association =
        IpcompAssociation.of(IpcompSettings.of(2, mode, narrow.sender(), narrow.receiver()));
    IpcompTable table = new IpcompTable();
    table.install(association);
    byte[] large = IpPackets.tcp("192.0.2.1", "198.51.100.2", new byte[1000]);
    try (IpcompOutbound compressor = new IpcompOutbound();
        IpcompInbound expander = new IpcompInbound(table, 64);
        IpsecInbound opener = lab.opener().withDecompressor(IpcompStages.expanding(expander));
        IpsecInbound without = lab.opener()) {
      OutboundBundle compressing =
          lab.bundle().withStage(IpcompStages.compressing(compressor, association, 64));
      PacketBurst burst = lab.protect(compressing, PacketForm.FULL_IP, large, TCP, large);
      assertTrue(burst.length(0) < 150, "compressed to " + burst.length(0));
      byte[] third = Lab.window(burst, 2);
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertArrayEquals(large, Lab.window(burst, 0));
      assertArrayEquals(TCP, Lab.window(burst, 1));
      PacketBurst alone = BundleLab.burst(third);
      without.open(alone, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.REPLAY, alone.dropReason(0));
      burst = lab.protect(compressing, PacketForm.FULL_IP, large);
      without.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.UNKNOWN_CPI, burst.dropReason(0));
      byte[] udp = IpPackets.udp("192.0.2.1", "198.51.100.2", 1, 2, new byte[1000]);
      burst = lab.protect(compressing, PacketForm.FULL_IP, udp);
      opener.open(burst, PacketForm.FULL_IP, 1);
      DropReason expected = mode == TRANSPORT ? DropReason.SELECTOR_MISMATCH : DropReason.NONE;
      assertEquals(expected, burst.dropReason(0), "selectors are asked of what was compressed");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTunnelInATunnelIsOpenedWhereItIsForUs(boolean local) {
    BundleLab lab =
        new BundleLab().add(Lab.GCM, TUNNEL, true, null).add(Lab.CBC_SHA256, TUNNEL, false, null);
    byte[] packet = IpPackets.udp(true, 1, 2, Lab.octets(1, 50));
    byte[] inner = lab.seal(packet, lab.outbound.get(0));
    byte[] wire = lab.seal(inner, lab.outbound.get(1));
    try (IpsecInbound opener = lab.opener()) {
      if (!local) {
        opener.withLocalAddresses(LocalAddresses.NONE);
      }
      PacketBurst burst = BundleLab.burst(wire);
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertEquals(local ? 2 : 1, opener.layers(0));
      assertArrayEquals(local ? packet : inner, Lab.window(burst, 0));
    }
  }

  /** What the outer layer has decrypted is wiped, also when the inner one refuses it unread. */
  @Test
  void whatADeeperLayerRefusesIsWiped() {
    BundleLab lab =
        new BundleLab().add(Lab.GCM, TUNNEL, true, null).add(Lab.CBC_SHA256, TUNNEL, false, null);
    byte[] inner = lab.seal(IpPackets.udp(true, 1, 2, Lab.octets(1, 50)), lab.outbound.get(0));
    byte[] unknown = inner.clone();
    unknown[20] ^= 1;
    try (IpsecInbound opener = lab.opener()) {
      PacketBurst burst =
          BundleLab.burst(
              lab.seal(inner, lab.outbound.get(1)),
              lab.seal(inner, lab.outbound.get(1)),
              lab.seal(unknown, lab.outbound.get(1)));
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertEquals(DropReason.REPLAY, burst.dropReason(1));
      assertEquals(DropReason.UNKNOWN_SPI, burst.dropReason(2));
      for (int i = 1; i <= 2; i++) {
        assertArrayEquals(new byte[burst.length(i)], Lab.window(burst, i));
      }
    }
  }

  @Test
  void udpInsideOfATunnelIsEspOnlyWhereAnSaSaysSo() {
    Lab udp = new Lab();
    udp.udp = true;
    BundleLab lab =
        new BundleLab()
            .add(Lab.GCM, TUNNEL, true, null, udp)
            .add(Lab.CBC_SHA256, TUNNEL, true, null);
    byte[] packet = IpPackets.udp(true, 1, 2, Lab.octets(1, 50));
    byte[] inner = lab.seal(packet, lab.outbound.get(0));
    byte[] stranger = IpPackets.udp("192.0.2.1", "198.51.100.2", 4500, 14500, new byte[40]);
    byte[] otherPort = inner.clone();
    otherPort[23] ^= 1;
    try (IpsecInbound opener = lab.opener()) {
      PacketBurst burst =
          BundleLab.burst(
              lab.seal(inner, lab.outbound.get(1)),
              lab.seal(stranger, lab.outbound.get(1)),
              lab.seal(otherPort, lab.outbound.get(1)));
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertArrayEquals(packet, Lab.window(burst, 0));
      assertArrayEquals(stranger, Lab.window(burst, 1));
      assertArrayEquals(otherPort, Lab.window(burst, 2));
      assertEquals(2, opener.layers(0));
      assertEquals(1, opener.layers(1));
    }
  }

  @Test
  void nestedTooDeep() {
    BundleLab lab = new BundleLab();
    for (int i = 0; i < 9; i++) {
      lab.add(BundleLab.AH, TRANSPORT, true, null);
    }
    byte[] eight = lab.seal(TCP, lab.outbound.subList(0, 8).toArray(new OutboundSa[0]));
    byte[] again = lab.seal(TCP, lab.outbound.subList(0, 8).toArray(new OutboundSa[0]));
    byte[] nine = lab.seal(again, lab.outbound.get(8));
    try (IpsecInbound opener = lab.opener()) {
      PacketBurst burst = BundleLab.burst(eight, nine);
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertArrayEquals(TCP, Lab.window(burst, 0));
      assertEquals(8, opener.layers(0));
      assertEquals(DropReason.NESTED_TOO_DEEP, burst.dropReason(1));
      assertEquals(1, opener.refused().drops(DropReason.NESTED_TOO_DEEP));
    }
  }

  @Test
  void oneSaAloneInEitherForm() {
    Lab udp = new Lab();
    udp.udp = true;
    BundleLab lab = new BundleLab().add(Lab.GCM, TUNNEL, true, null, udp);
    byte[] packet = IpPackets.udp(true, 1, 2, Lab.octets(1, 50));
    for (PacketForm form : PacketForm.values()) {
      PacketBurst burst = lab.protect(lab.bundle(), form, packet);
      try (IpsecInbound opener = lab.opener()) {
        opener.open(burst, form, 1);
        assertArrayEquals(packet, Lab.window(burst, 0));
        assertTrue(opener.isAuthentic(0));
      }
    }
  }

  @Test
  void espAroundAhLeavesInUdp() {
    SaBundle bundle = SaBundle.of("ah in esp", 2);
    Lab udp = new Lab();
    udp.udp = true;
    BundleLab lab =
        new BundleLab()
            .add(BundleLab.AH, TRANSPORT, true, bundle.place(0))
            .add(Lab.GCM, TUNNEL, true, bundle.place(1), udp);
    PacketBurst burst = lab.protect(lab.bundle(), PacketForm.PAYLOAD, TCP);
    assertEquals(lab.outbound.get(1).spi(), burst.slab().getInt(burst.offset(0)));
    try (IpsecInbound opener = lab.opener()) {
      opener.open(burst, PacketForm.PAYLOAD, 1);
      assertArrayEquals(TCP, Lab.window(burst, 0));
      assertEquals(2, opener.layers(0));
    }
  }

  @Test
  void whatCannotLeaveIsCounted() {
    BundleLab lab = espInAh();
    try (IpsecOutbound sealer = lab.sealer()) {
      PacketBurst burst = BundleLab.burst(TCP, TCP);
      sealer.protect(burst, new OutboundBundle[] {lab.bundle(), null}, PacketForm.PAYLOAD, 1);
      assertEquals(DropReason.NO_NATIVE_PATH, burst.dropReason(0));
      assertEquals(DropReason.NO_SA, burst.dropReason(1));
      assertEquals(1, sealer.refused().drops(DropReason.NO_NATIVE_PATH));
      assertEquals(1, sealer.refused().drops(DropReason.NO_SA));
      assertEquals(0, lab.outbound.get(0).numbersUsed(), "the inner layer was not begun");
    }
    assertThrows(IllegalArgumentException.class, () -> OutboundBundle.of(List.of()));
    OutboundSa twice = lab.outbound.get(0);
    assertThrows(IllegalArgumentException.class, () -> OutboundBundle.of(List.of(twice, twice)));
    assertThrows(IllegalArgumentException.class, () -> SaBundle.of("none", 0));
    assertThrows(IllegalArgumentException.class, () -> SaBundle.of("many", 9));
    assertThrows(IllegalArgumentException.class, () -> SaBundle.of("two", 2).place(2));
  }

  @Test
  void whatDoesNotFitSaysHowMuch() {
    BundleLab lab = espInAh();
    try (IpsecOutbound sealer = lab.sealer()) {
      PacketBurst burst = new PacketBurst(1, 30, 2000, 64);
      burst.add(ByteBuffer.wrap(TCP));
      sealer.protect(burst, new OutboundBundle[] {lab.bundle()}, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.NO_HEADROOM, burst.dropReason(0));
      // ESP took 16 of the 30 octets, AH wanted 28
      assertEquals(14, sealer.missingHeadroom(0));
      assertEquals(0, sealer.missingTailroom(0));
      burst = new PacketBurst(1, 200, 65535, 200);
      byte[] longest = IpPackets.v4("192.0.2.1", "198.51.100.2", 6, new byte[65535 - 20 - 34]);
      burst.add(ByteBuffer.wrap(longest));
      sealer.protect(burst, new OutboundBundle[] {lab.bundle()}, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.TOO_LONG, burst.dropReason(0));
      assertTrue(sealer.excess(0) > 0 && sealer.excess(0) <= 28, "excess " + sealer.excess(0));
    }
  }

  @Test
  void whatIsNeitherIsNamed() {
    BundleLab lab = espInAh();
    byte[] unknown = lab.seal(TCP, lab.outbound.get(0), lab.outbound.get(1));
    unknown[24] ^= 0x40;
    try (IpsecInbound opener = lab.opener()) {
      PacketBurst burst = BundleLab.burst(TCP, unknown, new byte[3]);
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.MALFORMED_OUTER, burst.dropReason(0));
      assertEquals(DropReason.UNKNOWN_SPI, burst.dropReason(1));
      assertEquals(DropReason.MALFORMED_OUTER, burst.dropReason(2));
      assertEquals(2, opener.dropsWithoutSa(DropReason.MALFORMED_OUTER));
      assertEquals(1, opener.dropsWithoutSa(DropReason.UNKNOWN_SPI));
      assertEquals(0, opener.layers(0));
    }
  }
}
