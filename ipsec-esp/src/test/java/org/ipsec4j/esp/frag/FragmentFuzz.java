package org.ipsec4j.esp.frag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Random and nearly right fragments: nothing is thrown, nothing leaks, all is accounted for. */
@NullUnmarked
class FragmentFuzz {
  private static final int ROUNDS = 60_000;

  @Test
  void reassembly() {
    Random random = new Random(8200);
    Reassembler reassembler =
        new Reassembler(new ReassemblyLimits(8, 1 << 18, 4, 1 << 17, 3, 5), 1);
    PacketBurst burst = new PacketBurst(4, 16, 400, 0);
    PacketBurst into = new PacketBurst(1, 16, 65575, 0);
    IpHeaderView view = new IpHeaderView();
    Map<DropReason, Integer> seen = new EnumMap<>(DropReason.class);
    int complete = 0;
    for (int round = 0; round < ROUNDS; round++) {
      burst.clear();
      for (int i = 0; i < 4; i++) {
        burst.add(ByteBuffer.wrap(packet(random)));
      }
      int at = 0;
      while (at < burst.size()) {
        into.clear();
        at = reassembler.accept(burst, at, into, round);
        if (into.size() > 0) {
          complete++;
          int offset = into.offset(0);
          assertTrue(view.parse(into.slab(), offset, into.length(0)));
          assertEquals(into.length(0), view.totalLength());
          assertTrue(!view.isFragment());
        }
      }
      for (int i = 0; i < 4; i++) {
        seen.merge(burst.dropReason(i), 1, Integer::sum);
      }
      ReassemblyProperties.assertInvariant(reassembler);
    }
    System.out.println("fuzz reassembly: " + seen + ", complete " + complete);
    assertTrue(complete > 100);
    assertTrue(seen.size() >= 5, seen.toString());
    reassembler.expire(ROUNDS + 1000L);
    assertEquals(0, reassembler.held());
    assertEquals((1 << 18) / ReassemblyLimits.BLOCK, reassembler.freeBlocks());
  }

  @Test
  void fragmentation() {
    Random random = new Random(791);
    PacketBurst into = new PacketBurst(64, 16, 1500, 0);
    IpHeaderView view = new IpHeaderView();
    Map<DropReason, Integer> seen = new EnumMap<>(DropReason.class);
    Fragmenter[] both = {
      new Fragmenter(Fragmenter.Role.SOURCE, 1), new Fragmenter(Fragmenter.Role.ROUTER, 1)
    };
    for (int round = 0; round < ROUNDS; round++) {
      PacketBurst from = Packets.burst(List.of(packet(random)), 400);
      into.clear();
      int mtu = 68 + random.nextInt(150);
      both[round & 1].cut(from, 0, mtu, into);
      seen.merge(from.dropReason(0), 1, Integer::sum);
      assertEquals(from.dropReason(0) == DropReason.FRAGMENTED, into.size() > 1);
      for (int i = 0; i < into.size(); i++) {
        assertTrue(into.length(i) <= mtu);
        assertTrue(view.parse(into.slab(), into.offset(i), into.length(i)));
        assertEquals(into.length(i), view.totalLength());
        assertTrue(view.isFragment());
      }
    }
    System.out.println("fuzz fragmentation: " + seen);
    assertTrue(seen.keySet().containsAll(List.of(DropReason.NONE, DropReason.FRAGMENTED)));
    assertTrue(seen.size() >= 5, seen.toString());
  }

  /** A fragment or packet, with some octets changed and perhaps cut short. */
  private static byte[] packet(Random random) {
    byte[] octets;
    int id = random.nextInt(6);
    int start = 8 * random.nextInt(random.nextInt(4) + 1);
    boolean more = random.nextBoolean();
    byte[] data =
        Packets.octets(random.nextInt(2), random.nextBoolean() ? 16 : random.nextInt(300));
    if (random.nextBoolean()) {
      int fields = start / 8 | (more ? Packets.MORE : 0);
      octets = Packets.v4(id, fields, random.nextInt(4), new byte[4 * random.nextInt(11)], data);
    } else {
      byte[] header = Packets.fragmentHeader(random.nextInt(64), start, more, id);
      byte[] hop = {44, 0, 1, 4, 0, 0, 0, 0};
      octets =
          random.nextBoolean()
              ? Packets.v6(random.nextInt(4), 44, header, data)
              : Packets.v6(0, 0, Packets.concat(hop, header), data);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      octets[random.nextInt(octets.length)] = (byte) random.nextInt();
    }
    boolean v4 = octets[0] >> 4 == 4;
    int header = (octets[0] & 15) * 4;
    if (v4 && header >= 20 && header <= octets.length && random.nextInt(8) != 0) {
      octets[10] = 0;
      octets[11] = 0;
      int checksum = Packets.checksum(octets, 0, header);
      octets[10] = (byte) (checksum >> 8);
      octets[11] = (byte) checksum;
    }
    return random.nextInt(10) == 0
        ? Packets.slice(octets, 0, random.nextInt(octets.length))
        : octets;
  }
}
