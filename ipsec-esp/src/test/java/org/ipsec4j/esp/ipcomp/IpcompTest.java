package org.ipsec4j.esp.ipcomp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layout of compressed packets, and one case for each rule and each reason. */
@NullUnmarked
class IpcompTest {
  private static final byte[] TEXT = Packets.octets(1, 400, 3);

  private static PacketBurst compress(IpcompAssociation association, byte[]... packets) {
    PacketBurst burst = Packets.of(3000, packets);
    try (IpcompOutbound outbound = new IpcompOutbound()) {
      outbound.compress(burst, Packets.all(packets.length, association));
    }
    return burst;
  }

  private static DropReason expand(IpcompTable table, byte[] packet) {
    PacketBurst burst = Packets.of(3000, packet);
    long before = table.all().stream().mapToLong(one -> one.counters().drops()).sum();
    try (IpcompInbound inbound = new IpcompInbound(table, 1)) {
      inbound.expand(burst);
      if (!burst.isAlive(0)) {
        assertArrayEquals(new byte[packet.length], Packets.window(burst, 0), "wiped");
        IpcompAssociation association = inbound.association(0);
        IpcompCounters counters =
            association == null ? inbound.withoutAssociation() : association.counters();
        assertEquals(association == null ? 1 : before + 1, counters.drops());
        assertTrue(counters.drops(burst.dropReason(0)) > 0);
      }
    }
    return burst.dropReason(0);
  }

  /** RFC 3173 3.1: length, protocol and checksum change, options stay. */
  @Test
  void headerOfTransportModeOverV4() {
    byte[] options = {1, 1, 1, 0};
    IpcompAssociation association = IpcompAssociation.of(Packets.settings(true, SaMode.TRANSPORT));
    byte[] packet = Packets.v4(17, 0x4000, options, TEXT);
    byte[] packed = Packets.window(compress(association, packet), 0);
    assertTrue(packed.length < packet.length);
    ByteBuffer header = ByteBuffer.wrap(packed);
    assertEquals(packed.length, header.getShort(2));
    assertEquals(108, packed[9]);
    assertEquals(0, Packets.checksum(packed, 24));
    assertArrayEquals(options, Arrays.copyOfRange(packed, 20, 24));
    assertArrayEquals(Packets.ipcompHeader(17, 0x1234), Arrays.copyOfRange(packed, 24, 28));
    assertArrayEquals(TEXT, SlowInflate.inflate(Arrays.copyOfRange(packed, 28, packed.length)));
    assertEquals(1, association.counters().changed());
    assertEquals(400, association.counters().plainOctets());
    assertEquals(packed.length - 24, association.counters().packedOctets());
  }

  /** RFC 3173 3.2: behind hop-by-hop options and routing, before destination options. */
  @Test
  void headerOfTransportModeOverV6() {
    byte[] hopByHop = {43, 0, 1, 4, 0, 0, 0, 0};
    byte[] routing = {60, 0, 4, 0, 0, 0, 0, 0};
    byte[] destination = {17, 0, 1, 4, 0, 0, 0, 0};
    byte[] packet = Packets.v6(0, Packets.concat(hopByHop, routing, destination, TEXT));
    IpcompAssociation association = IpcompAssociation.of(Packets.settings(false, SaMode.TRANSPORT));
    byte[] packed = Packets.window(compress(association, packet), 0);
    assertEquals(packed.length - 40, ByteBuffer.wrap(packed).getShort(4));
    assertEquals(0, packed[6]);
    assertEquals(108, packed[48]);
    assertArrayEquals(Packets.ipcompHeader(60, 0x1234), Arrays.copyOfRange(packed, 56, 60));
    assertArrayEquals(
        Packets.concat(destination, TEXT),
        SlowInflate.inflate(Arrays.copyOfRange(packed, 60, packed.length)));
  }

  /** A whole packet is the payload of another (RFC 3173 2.1). */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void headerOfTunnelMode(boolean outerV4) {
    byte[] packet = Packets.of(!outerV4, 17, TEXT);
    IpcompAssociation association = IpcompAssociation.of(Packets.settings(outerV4, SaMode.TUNNEL));
    byte[] packed = Packets.window(compress(association, packet), 0);
    int header = outerV4 ? 20 : 40;
    assertEquals(108, packed[outerV4 ? 9 : 6]);
    assertArrayEquals(
        Packets.ipcompHeader(outerV4 ? 41 : 4, 0x1234),
        Arrays.copyOfRange(packed, header, header + 4));
    assertArrayEquals(
        packet, SlowInflate.inflate(Arrays.copyOfRange(packed, header + 4, packed.length)));
  }

  /** RFC 3173 2.2: no IPComp header when it does not pay; the tunnel is there all the same. */
  @Test
  void whatDoesNotShrinkGoesAsItIs() {
    byte[] noise = Packets.v4(17, Packets.octets(5, 300, 256));
    IpcompAssociation transport = IpcompAssociation.of(Packets.settings(true, SaMode.TRANSPORT));
    assertArrayEquals(noise, Packets.window(compress(transport, noise), 0));
    assertEquals(1, transport.counters().unchanged());
    IpcompSettings tunnel = Packets.settings(true, SaMode.TUNNEL);
    byte[] wrapped = Packets.window(compress(IpcompAssociation.of(tunnel), noise), 0);
    assertEquals(4, wrapped[9]);
    assertArrayEquals(noise, Arrays.copyOfRange(wrapped, 20, wrapped.length));
    PacketBurst burst = Packets.of(3000, wrapped);
    IpcompTable table = Packets.table(tunnel);
    try (IpcompInbound inbound = new IpcompInbound(table, 1)) {
      inbound.expand(burst);
      assertArrayEquals(noise, Packets.window(burst, 0));
      assertSame(table.all().get(0), inbound.association(0));
    }
  }

  @Test
  void belowTheThresholdNothingIsTried() {
    IpcompSettings settings = Packets.settings(true, SaMode.TRANSPORT).withThreshold(400);
    byte[] atIt = Packets.v4(17, TEXT);
    byte[] below = Packets.v4(17, Arrays.copyOf(TEXT, 399));
    IpcompAssociation association = IpcompAssociation.of(settings);
    PacketBurst burst = compress(association, atIt, below);
    assertTrue(burst.length(0) < atIt.length);
    assertArrayEquals(below, Packets.window(burst, 1));
  }

  /** No fragments, nothing behind a fragment header, nothing that is protected already. */
  @ParameterizedTest
  @CsvSource({"17, 0x2000", "17, 0x0004", "50, 0", "51, 0", "108, 0"})
  void whatMustNotBeCompressedIsNot(int protocol, String fragment) {
    byte[] packet = Packets.v4(protocol, Integer.decode(fragment), new byte[0], TEXT);
    IpcompAssociation association = IpcompAssociation.of(Packets.settings(true, SaMode.TRANSPORT));
    assertArrayEquals(packet, Packets.window(compress(association, packet), 0));
  }

  /** RFC 3173 3.2: a fragment header, be it an atomic one, stands in front of IPComp. */
  @Test
  void fragmentHeadersAreNotCompressed() {
    byte[] destination = {44, 0, 1, 4, 0, 0, 0, 0};
    byte[] atomic = {17, 0, 0, 0, 1, 2, 3, 4};
    byte[] packet = Packets.v6(60, Packets.concat(destination, atomic, TEXT));
    IpcompAssociation association = IpcompAssociation.of(Packets.settings(false, SaMode.TRANSPORT));
    assertArrayEquals(packet, Packets.window(compress(association, packet), 0));
  }

  @Test
  void flowsThatDoNotCompressRest() {
    IpcompAssociation association = IpcompAssociation.of(Packets.settings(true, SaMode.TRANSPORT));
    byte[] noise = Packets.v4(17, Packets.octets(5, 300, 256));
    byte[] samePorts = Packets.v4(17, Packets.concat(Arrays.copyOfRange(noise, 20, 24), TEXT));
    byte[] otherPorts = Packets.v4(17, TEXT);
    PacketBurst burst =
        compress(association, noise, noise, noise, samePorts, otherPorts, samePorts);
    assertArrayEquals(samePorts, Packets.window(burst, 3), "not tried");
    assertTrue(burst.length(4) < otherPorts.length, "another flow");
    assertArrayEquals(samePorts, Packets.window(burst, 5), "not tried");
    burst = compress(association, samePorts, samePorts, samePorts, samePorts);
    assertArrayEquals(samePorts, Packets.window(burst, 1), "not tried");
    assertTrue(burst.length(2) < samePorts.length, "tried again after four");
    assertTrue(burst.length(3) < samePorts.length, "and all is forgotten");
  }

  @Test
  void restsGrowUpToABound() {
    Compressibility notes = new Compressibility();
    int[] rests = new int[12];
    for (int round = 0; round < rests.length; round++) {
      assertTrue(notes.mayTry(7));
      notes.failed(7);
      while (!notes.mayTry(7)) {
        rests[round]++;
      }
    }
    assertArrayEquals(new int[] {0, 0, 4, 8, 16, 32, 64, 128, 256, 256, 256, 256}, rests);
    notes.succeeded(7);
    notes.failed(7);
    assertTrue(notes.mayTry(7));
  }

  @Test
  void tunnelNeedsRoomAndAnInnerPacket() {
    IpcompAssociation association = IpcompAssociation.of(Packets.settings(true, SaMode.TUNNEL));
    PacketBurst burst = new PacketBurst(2, 16, 3000, 0);
    burst.add(ByteBuffer.wrap(Packets.v4(17, TEXT)));
    burst.add(ByteBuffer.wrap(new byte[30]));
    try (IpcompOutbound outbound = new IpcompOutbound(9)) {
      outbound.compress(burst, Packets.all(2, association));
    }
    assertEquals(DropReason.NO_HEADROOM, burst.dropReason(0));
    assertEquals(DropReason.MALFORMED_INNER, burst.dropReason(1));
    assertEquals(2, association.counters().drops());
  }

  @Test
  void tunnelOfALongPacketCanBeTooLong() {
    byte[] noise = Packets.v4(17, Packets.octets(1, 65515, 256));
    PacketBurst burst = Packets.of(65600, noise);
    try (IpcompOutbound outbound = new IpcompOutbound()) {
      IpcompAssociation v4 = IpcompAssociation.of(Packets.settings(true, SaMode.TUNNEL));
      outbound.compress(burst, Packets.all(1, v4));
    }
    assertEquals(DropReason.TOO_LONG, burst.dropReason(0));
  }

  /** RFC 3173 3.3: the receiver ignores the flags. */
  @Test
  void flagsAreIgnored() {
    byte[] header = Packets.ipcompHeader(17, 0x1234);
    header[1] = (byte) 0xff;
    byte[] packet = Packets.v4(108, Packets.concat(header, Packets.deflate(TEXT)));
    IpcompTable table = Packets.table(Packets.settings(true, SaMode.TRANSPORT));
    PacketBurst burst = Packets.of(3000, packet);
    try (IpcompInbound inbound = new IpcompInbound(table, 1)) {
      inbound.expand(burst);
    }
    assertArrayEquals(Packets.v4(17, TEXT), Packets.window(burst, 0));
  }

  @Test
  void brokenPacketsHaveOneReasonEach() {
    IpcompTable table = Packets.table(Packets.settings(true, SaMode.TRANSPORT));
    byte[] header = Packets.ipcompHeader(17, 0x1234);
    byte[] good = Packets.deflate(TEXT);
    assertEquals(DropReason.MALFORMED_OUTER, expand(table, new byte[50]));
    assertEquals(DropReason.MALFORMED_IPCOMP, expand(table, Packets.v4(108, new byte[0])));
    assertEquals(DropReason.MALFORMED_IPCOMP, expand(table, Packets.v4(108, header)));
    byte[] cut = Packets.concat(header, Arrays.copyOf(good, good.length - 1));
    assertEquals(DropReason.MALFORMED_IPCOMP, expand(table, Packets.v4(108, cut)));
    byte[] trailing = Packets.concat(header, good, new byte[1]);
    assertEquals(DropReason.MALFORMED_IPCOMP, expand(table, Packets.v4(108, trailing)));
    byte[] blockType3 = Packets.concat(header, new byte[] {7, 0, 0});
    assertEquals(DropReason.MALFORMED_IPCOMP, expand(table, Packets.v4(108, blockType3)));
    byte[] nothing = Packets.concat(header, Packets.deflate(new byte[0]));
    assertEquals(DropReason.MALFORMED_IPCOMP, expand(table, Packets.v4(108, nothing)));
    byte[] otherCpi = Packets.concat(Packets.ipcompHeader(17, 0x1235), good);
    assertEquals(DropReason.UNKNOWN_CPI, expand(table, Packets.v4(108, otherCpi)));
    byte[] fragment = Packets.v4(108, 0x2000, new byte[0], Packets.concat(header, good));
    assertEquals(DropReason.MALFORMED_OUTER, expand(table, fragment));
    assertEquals(DropReason.NONE, expand(table, Packets.v4(17, TEXT)));
    assertEquals(DropReason.NONE, expand(table, Packets.v4(4, Packets.v4(17, TEXT))));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 43, 44, 50, 51, 108})
  void someHeadersAreNeverInside(int next) {
    IpcompTable table = Packets.table(Packets.settings(false, SaMode.TRANSPORT));
    byte[] payload = Packets.concat(Packets.ipcompHeader(next, 0x1234), Packets.deflate(TEXT));
    assertEquals(DropReason.BAD_NEXT_HEADER, expand(table, Packets.v6(108, payload)));
  }

  @Test
  void tunnelsHoldPackets() {
    IpcompTable table = Packets.table(Packets.settings(true, SaMode.TUNNEL));
    byte[] inner = Packets.deflate(Packets.v4(17, TEXT));
    byte[] udp = Packets.concat(Packets.ipcompHeader(17, 0x1234), inner);
    assertEquals(DropReason.BAD_NEXT_HEADER, expand(table, Packets.v4(108, udp)));
    byte[] v6 = Packets.concat(Packets.ipcompHeader(41, 0x1234), inner);
    assertEquals(DropReason.MALFORMED_INNER, expand(table, Packets.v4(108, v6)));
    assertEquals(DropReason.MALFORMED_INNER, expand(table, Packets.v4(41, Packets.v4(17, TEXT))));
    byte[] right = Packets.concat(Packets.ipcompHeader(4, 0x1234), inner);
    assertEquals(DropReason.NONE, expand(table, Packets.v4(108, right)));
    byte[] congested = Packets.v4(108, right);
    // outer ECN becomes CE; the inner packet says Not-ECT (RFC 6040 4.2)
    congested[1] = (byte) (congested[1] | 3);
    assertEquals(DropReason.ECN_CONGESTION, expand(table, congested));
  }

  /** A packet of 64 KiB that wants to become 64 MiB is cut at the bound, at about one's cost. */
  @Test
  void bombsAreCut() {
    byte[] bomb = Packets.deflate(new byte[64 << 20]);
    assertTrue(bomb.length > 65000, "the stream is cut by its packet: " + bomb.length);
    byte[] stream = Arrays.copyOf(bomb, 65000);
    byte[] packet = Packets.v4(108, Packets.concat(Packets.ipcompHeader(17, 0x1234), stream));
    IpcompSettings settings = Packets.settings(true, SaMode.TRANSPORT);
    PacketBurst burst = Packets.burst(1, 66000);
    try (IpcompInbound inbound = new IpcompInbound(Packets.table(settings), 1)) {
      long start = System.nanoTime();
      for (int i = 0; i < 200; i++) {
        burst.clear();
        burst.add(ByteBuffer.wrap(packet));
        inbound.expand(burst);
        assertEquals(DropReason.IPCOMP_TOO_LARGE, burst.dropReason(0));
      }
      // 200 times 64 MiB would be 12.5 GiB; 64 KiB each are done in milliseconds
      assertTrue(System.nanoTime() - start < 5_000_000_000L);
    }
  }

  @ParameterizedTest
  @CsvSource({"TRANSPORT, 420, 420", "TRANSPORT, 419, 0", "TUNNEL, 420, 420", "TUNNEL, 419, 0"})
  void theBoundIsExact(SaMode mode, int bound, int expected) {
    byte[] packet = Packets.v4(17, TEXT);
    IpcompSettings settings = Packets.settings(true, mode).withMaxPacket(bound);
    PacketBurst burst = compress(IpcompAssociation.of(settings), packet);
    try (IpcompInbound inbound = new IpcompInbound(Packets.table(settings), 1)) {
      inbound.expand(burst);
    }
    DropReason reason = expected > 0 ? DropReason.NONE : DropReason.IPCOMP_TOO_LARGE;
    assertEquals(reason, burst.dropReason(0));
  }

  /** An expanded packet uses its slot to both sides and no more. */
  @Test
  void theSlotIsABound() {
    byte[] payload = new byte[1000];
    byte[] packed =
        Packets.v4(108, Packets.concat(Packets.ipcompHeader(17, 0x1234), Packets.deflate(payload)));
    IpcompTable table = Packets.table(Packets.settings(true, SaMode.TRANSPORT));
    try (IpcompInbound inbound = new IpcompInbound(table, 1)) {
      PacketBurst wide = new PacketBurst(1, 500, 524, 0);
      wide.add(ByteBuffer.wrap(packed));
      inbound.expand(wide);
      assertEquals(DropReason.NONE, wide.dropReason(0));
      assertArrayEquals(Packets.v4(17, payload), Packets.window(wide, 0));
      PacketBurst narrow = new PacketBurst(1, 400, 560, 0);
      narrow.add(ByteBuffer.wrap(packed));
      inbound.expand(narrow);
      assertEquals(DropReason.NO_HEADROOM, narrow.dropReason(0));
    }
  }

  @Test
  void associationsAreFoundByCpiAndAddresses() {
    IpcompSettings v4 = Packets.settings(true, SaMode.TUNNEL);
    IpcompSettings v6 = Packets.settings(false, SaMode.TUNNEL);
    IpcompTable table = Packets.table(v4, v6);
    IpcompAssociation again = IpcompAssociation.of(v4);
    assertThrows(IllegalArgumentException.class, () -> table.install(again));
    for (int cpi = 256; cpi < 400; cpi++) {
      table.install(
          IpcompAssociation.of(IpcompSettings.of(cpi, SaMode.TRANSPORT, Packets.A4, Packets.B4)));
    }
    byte[] stream = Packets.concat(Packets.ipcompHeader(17, 399), Packets.deflate(TEXT));
    assertEquals(DropReason.NONE, expand(table, Packets.v4(108, stream)));
    assertEquals(DropReason.UNKNOWN_CPI, expand(table, Packets.v6(108, stream)));
    IpcompAssociation last = table.all().get(145);
    assertEquals(399, last.settings().cpi());
    assertTrue(table.remove(last));
    assertFalse(table.remove(last));
    assertEquals(DropReason.UNKNOWN_CPI, expand(table, Packets.v4(108, stream)));
  }

  @Test
  void settingsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> settings(0, SaMode.TRANSPORT));
    assertThrows(IllegalArgumentException.class, () -> settings(3, SaMode.TRANSPORT));
    assertThrows(IllegalArgumentException.class, () -> settings(255, SaMode.TRANSPORT));
    assertThrows(IllegalArgumentException.class, () -> settings(65536, SaMode.TRANSPORT));
    assertThrows(IllegalArgumentException.class, () -> settings(2, SaMode.BEET));
    assertEquals(2, settings(2, SaMode.TUNNEL).cpi());
    IpcompSettings good = settings(61440, SaMode.TUNNEL);
    assertThrows(IllegalArgumentException.class, () -> good.withMaxPacket(67));
    assertThrows(IllegalArgumentException.class, () -> good.withThreshold(-1));
    assertThrows(
        IllegalArgumentException.class,
        () -> IpcompSettings.of(2, SaMode.TUNNEL, Packets.A4, Packets.B6));
  }

  private static IpcompSettings settings(int cpi, SaMode mode) {
    return IpcompSettings.of(cpi, mode, Packets.A4, Packets.B4);
  }

  @Test
  void whatHasNoAssociationIsLeftAlone() {
    byte[] packet = Packets.v4(17, TEXT);
    PacketBurst burst = Packets.of(3000, packet, new byte[9]);
    try (IpcompOutbound outbound = new IpcompOutbound();
        IpcompInbound inbound = new IpcompInbound(new IpcompTable(), 2)) {
      outbound.compress(burst, new IpcompAssociation[2]);
      assertTrue(burst.isAlive(1));
      burst.drop(1, DropReason.STOPPING);
      inbound.expand(burst);
      assertArrayEquals(packet, Packets.window(burst, 0));
      assertNull(inbound.association(0));
      PacketBurst larger = Packets.of(3000, packet, packet, packet);
      assertThrows(IllegalArgumentException.class, () -> inbound.expand(larger));
    }
  }
}
