package org.ipsec4j.esp.ipcomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random and nearly right packets in both directions: nothing is thrown, no octet of a neighbour
 * changes, every packet ends alive or with one counted reason.
 */
@NullUnmarked
class IpcompFuzz {
  private static final int PACKETS = 60_000;
  private static final int SLOT = 1600;
  private static final ByteBuffer CANARY = ByteBuffer.wrap(Packets.octets(9, 3 * SLOT + 512, 256));

  @ParameterizedTest
  @EnumSource(
      value = SaMode.class,
      names = {"TRANSPORT", "TUNNEL"})
  void bothWays(SaMode mode) {
    Random random = new Random(3173);
    IpcompSettings v4 = Packets.settings(true, mode).withMaxPacket(1400);
    IpcompSettings v6 = Packets.settings(false, mode).withMaxPacket(1400);
    IpcompTable table = Packets.table(v4, v6);
    IpcompAssociation out = IpcompAssociation.of(v4);
    IpcompAssociation[] outs = Packets.all(3, out);
    Map<DropReason, Integer> seen = new EnumMap<>(DropReason.class);
    PacketBurst burst = Packets.burst(3, SLOT - 80);
    long in = 0;
    try (IpcompInbound inbound = new IpcompInbound(table, 3);
        IpcompOutbound outbound = new IpcompOutbound(1)) {
      for (int i = 0; i < PACKETS; i++) {
        byte[] packet = packet(random, mode);
        paint(burst, packet);
        if (i % 2 == 0) {
          inbound.expand(burst);
          in++;
          seen.merge(burst.dropReason(1), 1, Integer::sum);
        } else {
          outbound.compress(burst, outs);
        }
        assertNeighboursUntouched(burst);
        if (burst.isAlive(1)) {
          IpHeaderView view = new IpHeaderView();
          assertTrue(view.parse(burst.slab(), burst.offset(1), burst.length(1)));
        }
      }
      long counted = inbound.withoutAssociation().drops();
      for (IpcompAssociation association : table.all()) {
        counted += association.counters().drops();
      }
      assertEquals(in - seen.get(DropReason.NONE), counted);
      assertEquals(
          PACKETS - in,
          out.counters().changed() + out.counters().unchanged() + out.counters().drops());
    }
    assertTrue(seen.size() > 5, "reached: " + seen);
    System.out.println("fuzz IPComp " + mode + ": " + seen);
  }

  private static byte[] packet(Random random, SaMode mode) {
    boolean v4 = random.nextBoolean();
    byte[] text = Packets.octets(random.nextLong(), random.nextInt(1500), 1 + random.nextInt(9));
    byte[] inner = mode == SaMode.TUNNEL ? Packets.of(v4, 17, text) : text;
    int next = mode == SaMode.TUNNEL ? (v4 ? 4 : 41) : 17;
    int cpi = random.nextInt(20) == 0 ? 2 : 0x1234;
    byte[] payload = Packets.concat(Packets.ipcompHeader(next, cpi), Packets.deflate(inner));
    byte[] packet = Packets.of(v4, 108, payload);
    int kind = random.nextInt(4);
    if (kind == 0) {
      return Packets.octets(random.nextLong(), random.nextInt(SLOT - 80), 256);
    }
    for (int n = kind == 1 ? 0 : random.nextInt(4); n > 0; n--) {
      packet[random.nextInt(packet.length)] = (byte) random.nextInt();
    }
    boolean cut = random.nextInt(8) == 0;
    return java.util.Arrays.copyOf(packet, cut ? random.nextInt(packet.length) : packet.length);
  }

  private static void paint(PacketBurst burst, byte[] packet) {
    ByteBuffer slab = burst.slab();
    slab.put(0, CANARY, 0, slab.capacity());
    burst.clear();
    for (int i = 0; i < 3; i++) {
      burst.add();
    }
    burst.drop(0, DropReason.STOPPING);
    burst.drop(2, DropReason.STOPPING);
    burst.window(1, burst.offset(1), packet.length);
    slab.put(burst.offset(1), packet);
  }

  private static void assertNeighboursUntouched(PacketBurst burst) {
    ByteBuffer slab = burst.slab();
    int slot = slab.capacity() / 3;
    assertEquals(CANARY.slice(0, slot), slab.slice(0, slot));
    assertEquals(CANARY.slice(2 * slot, slot), slab.slice(2 * slot, slot));
    assertEquals(0, slab.position());
    assertEquals(slab.capacity(), slab.limit());
  }
}
