package org.ipsec4j.io.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.packet.PacketBurst;

/** What is cut is put together again; what is damaged is dropped, and nothing is thrown. */
final class SuperPacketProperties {
  private static byte[] octets(long seed, int length) {
    byte[] octets = new byte[length];
    new Random(seed).nextBytes(octets);
    return octets;
  }

  private static TcpPackets.Tcp packet(boolean v4, int flags, int options, int length, long seed) {
    return new TcpPackets.Tcp(
        v4,
        (int) seed,
        (int) (seed >> 7),
        flags,
        octets(seed + 1, options * 4),
        octets(seed, length),
        false);
  }

  private static MemorySegment read(TcpPackets.Tcp packet, int size) {
    return TcpPackets.read(
        VirtioHeader.NEEDS_CSUM,
        packet.v4() ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6,
        size,
        packet.v4() ? 20 : 40,
        16,
        packet.octets());
  }

  private static int flagsOf(TcpPackets.Tcp packet, boolean first, boolean last) {
    int flags = last ? packet.flags() : packet.flags() & ~(TcpPackets.FIN | TcpPackets.PSH);
    return first ? flags : flags & ~TcpPackets.CWR;
  }

  @Property(tries = 300)
  void eachSegmentIsWhatTheSlowTwinWrites(
      @ForAll boolean v4,
      @ForAll @IntRange(max = 255) int flags,
      @ForAll @IntRange(max = 10) int options,
      @ForAll @IntRange(max = 20_000) int length,
      @ForAll @IntRange(min = 1, max = 3000) int size,
      @ForAll @IntRange(min = 1, max = 70) int capacity,
      @ForAll long seed) {
    Assume.that(length / size < 2000);
    TcpPackets.Tcp whole = packet(v4, flags, options, length, seed);
    byte[] payload = whole.payload();
    List<byte[]> segments =
        TcpPackets.cut(read(whole, size), 10 + whole.octets().length, capacity, 4096);
    int count = Math.max(1, (length + size - 1) / size);
    assertEquals(count, segments.size());
    for (int k = 0; k < count; k++) {
      int from = k * size;
      byte[] expected =
          new TcpPackets.Tcp(
                  v4,
                  whole.id() + k,
                  whole.sequence() + from,
                  flagsOf(whole, k == 0, k == count - 1),
                  whole.options(),
                  Arrays.copyOfRange(payload, from, Math.min(length, from + size)),
                  true)
              .octets();
      assertArrayEquals(expected, segments.get(k), "segment " + k);
      assertTrue(TcpPackets.isSealed(segments.get(k)));
    }
  }

  @Property(tries = 200)
  void datagramsAreCutWithTheirChecksums(
      @ForAll boolean v4,
      @ForAll @IntRange(min = 1, max = 9000) int length,
      @ForAll @IntRange(min = 1, max = 1400) int size,
      @ForAll long seed) {
    Assume.that(length / size < 500);
    byte[] payload = octets(seed, length);
    byte[] whole = TcpPackets.udp(v4, (int) seed, payload);
    MemorySegment read = TcpPackets.read(1, VirtioHeader.GSO_UDP_L4, size, v4 ? 20 : 40, 6, whole);
    int at = 0;
    for (byte[] datagram : TcpPackets.cut(read, 10 + whole.length, 5, 2048)) {
      byte[] part = TcpPackets.payload(datagram);
      assertArrayEquals(
          Arrays.copyOfRange(payload, at, Math.min(length, at + size)), part, "at " + at);
      assertTrue(TcpPackets.isSealed(datagram));
      at += part.length;
    }
    assertEquals(length, at);
  }

  @Property(tries = 200)
  void aChecksumLeftToTheDeviceIsCompleted(
      @ForAll boolean v4, @ForAll @IntRange(max = 1400) int length, @ForAll long seed) {
    byte[] tcp = packet(v4, TcpPackets.ACK, 3, length, seed).octets();
    MemorySegment read = TcpPackets.read(1, 0, 0, v4 ? 20 : 40, 16, tcp);
    List<byte[]> packets = TcpPackets.cut(read, 10 + tcp.length, 1, 2048);
    assertEquals(1, packets.size());
    assertTrue(TcpPackets.isSealed(packets.get(0)));
    assertArrayEquals(TcpPackets.payload(tcp), TcpPackets.payload(packets.get(0)));
  }

  @Property(tries = 200)
  void cutAndJoinedIsTheOriginal(
      @ForAll boolean v4,
      @ForAll boolean push,
      @ForAll @IntRange(max = 10) int options,
      @ForAll @IntRange(min = 2, max = 20_000) int length,
      @ForAll @IntRange(min = 350, max = 1400) int size,
      @ForAll long seed) {
    Assume.that(length > size);
    int flags = TcpPackets.ACK | (push ? TcpPackets.PSH : 0);
    TcpPackets.Tcp whole = packet(v4, flags, options, length, seed);
    List<byte[]> segments = TcpPackets.cut(read(whole, size), 10 + whole.octets().length, 64, 2048);
    List<byte[]> joined = joined(segments);
    assertEquals(1, joined.size());
    byte[] one = joined.get(0);
    assertArrayEquals(whole.octets(), Arrays.copyOfRange(one, 10, one.length));
    MemorySegment again = TcpPackets.read(0, 0, 0, 0, 0, new byte[0]);
    MemorySegment.copy(one, 0, again, ValueLayout.JAVA_BYTE, 0, one.length);
    List<byte[]> cutAgain = TcpPackets.cut(again, one.length, 64, 2048);
    assertEquals(segments.size(), cutAgain.size());
    for (int k = 0; k < segments.size(); k++) {
      assertArrayEquals(segments.get(k), cutAgain.get(k));
    }
  }

  @Property(tries = 200)
  void datagramsCutAndJoinedAreTheOriginal(
      @ForAll boolean v4,
      @ForAll @IntRange(min = 2, max = 20_000) int length,
      @ForAll @IntRange(min = 350, max = 1400) int size,
      @ForAll long seed) {
    Assume.that(length > size);
    byte[] whole = TcpPackets.udp(v4, (int) seed, octets(seed, length));
    MemorySegment read = TcpPackets.read(1, VirtioHeader.GSO_UDP_L4, size, v4 ? 20 : 40, 6, whole);
    List<byte[]> joined = joined(TcpPackets.cut(read, 10 + whole.length, 64, 2048));
    assertEquals(1, joined.size());
    byte[] one = joined.get(0);
    assertArrayEquals(whole, Arrays.copyOfRange(one, 10, one.length));
    assertEquals(VirtioHeader.GSO_UDP_L4, one[1]);
  }

  @Property(tries = 300)
  void damagedOrForeignDatagramsStayApart(
      @ForAll boolean v4,
      @ForAll @IntRange(max = 1_000_000) int place,
      @ForAll @IntRange(min = 1, max = 255) int change,
      @ForAll boolean sealed,
      @ForAll long seed) {
    byte[] whole = TcpPackets.udp(v4, (int) seed, octets(seed, 200));
    MemorySegment read = TcpPackets.read(1, VirtioHeader.GSO_UDP_L4, 100, v4 ? 20 : 40, 6, whole);
    List<byte[]> pair = TcpPackets.cut(read, 10 + whole.length, 2, 2048);
    assertEquals(1, joined(pair).size());
    byte[] other = pair.get(1);
    int transport = v4 ? 20 : 40;
    int at = place % (sealed ? transport + 6 : other.length);
    other[at] ^= (byte) change;
    if (sealed) {
      // right for what it says now; the sums of IP are those that were changed or not
      TcpPackets.seal(other, transport, 6, true);
    }
    assertEquals(2, joined(pair).size());
  }

  /** As a device gets them, with their virtio headers. */
  private static List<byte[]> joined(List<byte[]> packets) {
    PacketBurst burst = TcpPackets.burst(packets);
    MemorySegment slab = new SlabView().of(burst);
    int[] all = new int[packets.size()];
    Arrays.setAll(all, i -> i);
    Coalescer coalescer = new Coalescer(true);
    List<byte[]> written = new ArrayList<>();
    int first = 0;
    while (first < all.length) {
      int count = coalescer.join(burst, slab, all, first, all.length);
      assertTrue(count >= 1 && count <= all.length - first, "count " + count);
      ByteBuffer one = ByteBuffer.allocate(70_000);
      if (count == 1) {
        one.put(new byte[10]).put(packets.get(first));
      } else {
        one.put(coalescer.header().asSlice(0, coalescer.headerLength()).asByteBuffer());
        for (int k = 0; k < count; k++) {
          byte[] packet = packets.get(first + k);
          one.put(packet, coalescer.headers(), packet.length - coalescer.headers());
        }
      }
      written.add(Arrays.copyOf(one.array(), one.position()));
      first += count;
    }
    return written;
  }

  private static List<byte[]> pair(boolean v4, long seed) {
    byte[] options = octets(seed, 12);
    byte[] payload = octets(seed, 100);
    List<byte[]> pair = new ArrayList<>();
    for (int k = 0; k < 2; k++) {
      pair.add(
          new TcpPackets.Tcp(v4, 5 + k, 1000 + 100 * k, TcpPackets.ACK, options, payload, true)
              .octets());
    }
    return pair;
  }

  @Property(tries = 300)
  void damageAnywhereKeepsPacketsApart(
      @ForAll boolean v4,
      @ForAll @IntRange(max = 1) int which,
      @ForAll @IntRange(max = 1_000_000) int place,
      @ForAll @IntRange(min = 1, max = 255) int change,
      @ForAll long seed) {
    List<byte[]> pair = pair(v4, seed);
    assertEquals(1, joined(pair).size());
    byte[] damaged = pair.get(which);
    damaged[place % damaged.length] ^= (byte) change;
    assertEquals(2, joined(pair).size());
  }

  @Property(tries = 300)
  void anotherHeaderKeepsPacketsApart(
      @ForAll boolean v4,
      @ForAll @IntRange(max = 1_000_000) int place,
      @ForAll @IntRange(min = 1, max = 255) int change,
      @ForAll long seed) {
    List<byte[]> pair = pair(v4, seed);
    byte[] other = pair.get(1);
    int transport = v4 ? 20 : 40;
    int at = place % (transport + 32);
    boolean push = at == transport + 13 && change == TcpPackets.PSH;
    Assume.that(!push && at != transport + 16 && at != transport + 17);
    other[at] ^= (byte) change;
    // checksums that are right for what it says now, as far as it still is such a packet
    if (v4) {
      other[10] = 0;
      other[11] = 0;
      int sum = ~TcpPackets.sum(other, 0, 20, 0);
      other[10] = (byte) (sum >> 8);
      other[11] = (byte) sum;
    }
    TcpPackets.seal(other, transport, 16, true);
    boolean sumOfIp = v4 && (at == 10 || at == 11);
    assertEquals(sumOfIp ? 1 : 2, joined(pair).size());
  }

  @Property(tries = 500)
  void whatMakesNoSenseIsDroppedAndNothingIsThrown(
      @ForAll long seed, @ForAll @IntRange(max = 3000) int length, @ForAll boolean likely) {
    byte[] noise = octets(seed, length);
    MemorySegment read = TcpPackets.read(0, 0, 0, 0, 0, noise);
    Random random = new Random(seed);
    for (int i = 0; i < 10; i++) {
      read.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
    }
    if (likely) {
      int[] types = {0, 1, 4, 5};
      read.set(ValueLayout.JAVA_BYTE, 1, (byte) types[random.nextInt(4)]);
      read.set(ValueLayout.JAVA_BYTE, 10, (byte) (random.nextBoolean() ? 0x45 : 0x60));
      read.set(ValueLayout.JAVA_BYTE, 16, (byte) (random.nextBoolean() ? 6 : 17));
      read.set(ValueLayout.JAVA_BYTE, 17, (byte) 0);
      read.set(ValueLayout.JAVA_BYTE, 19, (byte) (random.nextBoolean() ? 6 : 17));
    }
    List<byte[]> packets = TcpPackets.cut(read, 10 + length, 7, 1500);
    assertFalse(packets.isEmpty());
    joined(packets);
    joined(List.of(noise, noise));
  }

  @Property(tries = 300)
  void sumsAreThoseOfTheSlowTwin(
      @ForAll @IntRange(max = 3000) int length,
      @ForAll @IntRange(max = 20) int lead,
      @ForAll long seed) {
    byte[] octets = octets(seed, lead + length);
    MemorySegment memory = TcpPackets.read(0, 0, 0, 0, 0, octets);
    assertEquals(
        TcpPackets.sum(octets, lead, lead + length, 0),
        Sums.fold(Sums.add(memory, 10L + lead, length, 0)));
  }
}
