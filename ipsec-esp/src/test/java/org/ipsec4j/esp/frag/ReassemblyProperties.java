package org.ipsec4j.esp.frag;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;

/** Reassembly agrees with its slow twin, and undoes fragmentation. */
@NullUnmarked
class ReassemblyProperties {
  private static final int LONGEST = 65575;
  private static final ReassemblyLimits WIDE =
      new ReassemblyLimits(64, 1 << 22, 64, 1 << 22, 8192, 1000);

  private final PacketBurst large = new PacketBurst(4, 64, LONGEST, 0);

  @Property(tries = 3000)
  void agreesWithTheTwin(@ForAll long seed) {
    Random random = new Random(seed);
    List<byte[]> arrivals = arrivals(random);
    int most = random.nextInt(4) == 0 ? 4 : 100;
    long timeout = random.nextBoolean() ? 1_000_000 : 1 + arrivals.size() / 2;
    SlowReassembler twin = new SlowReassembler(most, timeout);
    Reassembler fast =
        new Reassembler(new ReassemblyLimits(64, 1 << 20, 64, 1 << 20, most, timeout), seed);
    List<byte[]> complete = new ArrayList<>();
    for (int i = 0; i < arrivals.size(); i++) {
      DropReason expected = twin.accept(arrivals.get(i), i);
      PacketBurst burst = Packets.burst(List.of(arrivals.get(i)), 2000);
      large.clear();
      assertEquals(1, fast.accept(burst, 0, large, i));
      assertEquals(expected, burst.dropReason(0), "fragment " + i);
      complete.addAll(Packets.windows(large));
      assertInvariant(fast);
    }
    assertEquals(twin.complete.size(), complete.size());
    for (int i = 0; i < complete.size(); i++) {
      assertArrayEquals(twin.complete.get(i), complete.get(i));
    }
    fast.expire(2_000_000);
    assertEquals(0, fast.held());
    assertEquals(0, fast.waiting());
    assertEquals((1 << 20) / ReassemblyLimits.BLOCK, fast.freeBlocks(), "all memory came back");
    assertInvariant(fast);
  }

  /** Few packets under few names, cut, shuffled, repeated, lost, shifted, shortened, recoloured. */
  private static List<byte[]> arrivals(Random random) {
    List<byte[]> all = new ArrayList<>();
    int packets = 1 + random.nextInt(5);
    for (int i = 0; i < packets; i++) {
      byte[] data = Packets.octets(random.nextInt(3), 9 + random.nextInt(700));
      int each = 8 * (1 + random.nextInt(20));
      int ecn = random.nextInt(4);
      int id = random.nextInt(3);
      all.addAll(
          random.nextBoolean()
              ? Packets.cutV4(id, ecn, data, each)
              : Packets.cutV6(id, ecn, Packets.UDP, data, Math.max(each, 16)));
    }
    List<byte[]> fragments = new ArrayList<>();
    for (byte[] packet : all) {
      if (isFragment(packet) && random.nextInt(12) != 0) {
        fragments.add(random.nextInt(12) == 0 ? twist(random, packet) : packet);
        if (random.nextInt(8) == 0) {
          fragments.add(packet);
        }
      }
    }
    if (random.nextInt(4) != 0) {
      Collections.shuffle(fragments, random);
    }
    return fragments;
  }

  private static boolean isFragment(byte[] packet) {
    ByteBuffer in = ByteBuffer.wrap(packet);
    return packet[0] >> 4 == 4 ? (in.getShort(6) & 0x3fff) != 0 : (in.getShort(42) & 0xfff9) != 0;
  }

  private static byte[] twist(Random random, byte[] packet) {
    boolean v4 = packet[0] >> 4 == 4;
    ByteBuffer out = ByteBuffer.wrap(packet.clone());
    int head = v4 ? 20 : 48;
    switch (random.nextInt(5)) {
      case 0 -> {
        int shift = v4 ? 1 : 8;
        out.putShort(v4 ? 6 : 42, (short) (out.getShort(v4 ? 6 : 42) + shift));
      }
      case 1 -> out.put(packet.length - 1, (byte) (packet[packet.length - 1] + 1));
      case 2 -> {
        if (packet.length > head + 1) {
          out = ByteBuffer.wrap(Packets.slice(packet, 0, packet.length - 1));
          int total = packet.length - 1;
          out.putShort(v4 ? 2 : 4, (short) (v4 ? total : total - 40));
        }
      }
      case 3 -> out.put(1, (byte) (packet[1] ^ (v4 ? 3 : 0x30)));
      default ->
          out.putShort(v4 ? 6 : 42, (short) (out.getShort(v4 ? 6 : 42) ^ (v4 ? Packets.MORE : 1)));
    }
    if (v4) {
      out.putShort(10, (short) 0);
      out.putShort(10, (short) Packets.checksum(out.array(), 0, 20));
    }
    byte[] twisted = out.array();
    return isFragment(twisted) ? twisted : packet;
  }

  @Property(tries = 400)
  void cutShuffledAndJoinedIsTheSame(
      @ForAll long seed,
      @ForAll boolean v4,
      @ForAll @IntRange(max = 65515) int length,
      @ForAll @IntRange(min = 68, max = 9000) int smallest) {
    Random random = new Random(seed);
    int mtu = v4 ? smallest : Math.max(1280, smallest);
    byte[] data = Packets.octets((int) seed, length);
    byte[] options = v4 && random.nextInt(3) == 0 ? options(random) : new byte[0];
    int fits = Math.min(length, 65515 - options.length);
    byte[] packet =
        v4
            ? Packets.v4(7, 0, 2, options, Packets.slice(data, 0, fits))
            : Packets.v6(2, Packets.UDP, new byte[0], data);
    assertJoins(random, packet, mtu, true);
  }

  @Property(tries = 200)
  void cutTwiceIsAsGoodAsOnce(@ForAll long seed, @ForAll @IntRange(min = 1, max = 9000) int size) {
    Random random = new Random(seed);
    byte[] packet = Packets.v4(9, 0, 0, options(random), Packets.octets(3, size));
    List<byte[]> once = cut(packet, 1500, Fragmenter.Role.ROUTER);
    List<byte[]> twice = new ArrayList<>();
    for (byte[] fragment : once) {
      twice.addAll(cut(fragment, 68 + random.nextInt(1000), Fragmenter.Role.ROUTER));
    }
    Collections.shuffle(twice, random);
    assertJoined(packet, twice);
  }

  private void assertJoins(Random random, byte[] packet, int mtu, boolean shuffle) {
    List<byte[]> parts = cut(packet, mtu, Fragmenter.Role.SOURCE);
    int before = 0;
    for (byte[] part : parts) {
      assertTrue(part.length <= mtu);
      before += part.length;
    }
    assertTrue(before >= packet.length);
    assertEquals(packet.length > mtu, parts.size() > 1);
    if (shuffle) {
      Collections.shuffle(parts, random);
    }
    if (parts.size() > 1) {
      assertJoined(packet, parts);
    } else {
      assertArrayEquals(packet, parts.get(0));
    }
  }

  private void assertJoined(byte[] packet, List<byte[]> parts) {
    Reassembler reassembler = new Reassembler(WIDE, 5);
    PacketBurst burst = Packets.burst(parts, 9000);
    large.clear();
    assertEquals(parts.size(), reassembler.accept(burst, 0, large, 1));
    if (parts.size() > 1) {
      assertEquals(1, large.size(), "of " + parts.size() + " parts");
      assertArrayEquals(packet, Packets.window(large, 0));
    } else {
      assertArrayEquals(packet, Packets.window(burst, 0));
    }
    assertInvariant(reassembler);
    assertEquals(0, reassembler.held());
  }

  static List<byte[]> cut(byte[] packet, int mtu, Fragmenter.Role role) {
    Fragmenter fragmenter = new Fragmenter(role, 77);
    PacketBurst from = Packets.burst(List.of(packet), LONGEST);
    PacketBurst into = new PacketBurst(8192, 0, mtu, 0);
    assertEquals(1, fragmenter.cutAll(from, 0, mtu, into));
    if (from.isAlive(0)) {
      assertEquals(0, into.size());
      return new ArrayList<>(Packets.windows(from));
    }
    assertEquals(DropReason.FRAGMENTED, from.dropReason(0));
    return new ArrayList<>(Packets.windows(into));
  }

  /** Some that are copied into each fragment and some that are not; padded. */
  private static byte[] options(Random random) {
    ByteBuffer options = ByteBuffer.allocate(4 * random.nextInt(11));
    while (options.remaining() > 0) {
      int length = Math.min(options.remaining(), 2 + random.nextInt(10));
      if (length < 2 || random.nextInt(4) == 0) {
        options.put((byte) 1);
      } else {
        options.put((byte) (random.nextBoolean() ? 0x94 : 0x44)).put((byte) length);
        options.position(options.position() + length - 2);
      }
    }
    return options.array();
  }

  static void assertInvariant(Reassembler fast) {
    assertEquals(fast.fragments(), fast.held() + fast.joined() + fast.drops().total());
  }
}
