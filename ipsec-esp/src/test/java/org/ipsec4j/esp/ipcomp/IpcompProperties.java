package org.ipsec4j.esp.ipcomp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;

/** What must hold for every packet: identity, never longer, and another implementation agrees. */
@NullUnmarked
class IpcompProperties {
  @Property(tries = 400)
  void compressedThenExpandedIsTheSame(
      @ForAll long seed,
      @ForAll SaModeOfIpcomp mode,
      @ForAll boolean outerV4,
      @ForAll boolean innerV4,
      @ForAll @IntRange(max = 9000) int size,
      @ForAll @IntRange(min = 1, max = 256) int symbols) {
    boolean packetV4 = mode == SaModeOfIpcomp.TUNNEL ? innerV4 : outerV4;
    byte[] packet = packet(seed, packetV4, size, symbols);
    IpcompSettings settings =
        Packets.settings(outerV4, SaMode.valueOf(mode.name())).withThreshold((int) (seed & 127));
    PacketBurst burst = Packets.of(9200, packet);
    try (IpcompOutbound outbound = new IpcompOutbound((int) (seed & 7));
        IpcompInbound inbound = new IpcompInbound(Packets.table(settings), 1)) {
      outbound.compress(burst, Packets.all(1, IpcompAssociation.of(settings)));
      int header = mode == SaModeOfIpcomp.TUNNEL ? (outerV4 ? 20 : 40) : 0;
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertTrue(burst.length(0) <= packet.length + header, "never longer");
      inbound.expand(burst);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertArrayEquals(packet, Packets.window(burst, 0));
    }
  }

  enum SaModeOfIpcomp {
    TRANSPORT,
    TUNNEL
  }

  /** With options and extension headers here and there. */
  private static byte[] packet(long seed, boolean v4, int size, int symbols) {
    Random random = new Random(seed);
    byte[] payload = Packets.octets(seed, size, symbols);
    if (v4) {
      return Packets.v4(17, 0x4000, new byte[4 * random.nextInt(11)], payload);
    }
    int[] chain = {0, 43, 60, 17};
    byte[] all = payload;
    int next = 17;
    for (int i = 2; i >= 0; i--) {
      if (random.nextBoolean()) {
        byte[] extension = new byte[8 * (1 + random.nextInt(3))];
        extension[0] = (byte) next;
        extension[1] = (byte) (extension.length / 8 - 1);
        all = Packets.concat(extension, all);
        next = chain[i];
      }
    }
    return Packets.v6(next, all);
  }

  /** What we send is read by an inflater that shares nothing with zlib. */
  @Property(tries = 100)
  void anotherImplementationReadsOurs(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 2000) int size,
      @ForAll @IntRange(min = 1, max = 40) int symbols) {
    byte[] payload = Packets.octets(seed, size, symbols);
    IpcompSettings settings = Packets.settings(true, SaMode.TRANSPORT);
    PacketBurst burst = Packets.of(2100, Packets.v4(17, payload));
    IpcompAssociation association = IpcompAssociation.of(settings);
    try (IpcompOutbound outbound = new IpcompOutbound((int) (seed & 7) + 1)) {
      outbound.compress(burst, Packets.all(1, association));
    }
    byte[] packed = Packets.window(burst, 0);
    if (association.counters().changed() == 1) {
      assertArrayEquals(
          payload, SlowInflate.inflate(Arrays.copyOfRange(packed, 24, packed.length)));
    } else {
      assertArrayEquals(Packets.v4(17, payload), packed);
    }
  }

  /** Whatever stands in a burst, each packet comes out as if it were alone. */
  @Property(tries = 60)
  void burstsAreSoManyPackets(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int count) {
    Random random = new Random(seed);
    IpcompSettings settings = Packets.settings(true, SaMode.TRANSPORT);
    byte[][] packets = new byte[count][];
    for (int i = 0; i < count; i++) {
      packets[i] = packet(random.nextLong(), true, random.nextInt(1500), 1 + random.nextInt(256));
    }
    PacketBurst burst = Packets.of(1600, packets);
    try (IpcompOutbound outbound = new IpcompOutbound();
        IpcompInbound inbound = new IpcompInbound(Packets.table(settings), count)) {
      outbound.compress(burst, Packets.all(count, IpcompAssociation.of(settings)));
      inbound.expand(burst);
    }
    for (int i = 0; i < count; i++) {
      assertArrayEquals(packets[i], Packets.window(burst, i));
    }
  }
}
