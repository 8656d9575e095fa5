package org.ipsec4j.esp.frag;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule of reassembly, by example. */
@NullUnmarked
class ReassemblerTest {
  private static final byte[] NONE = {};

  private Reassembler reassembler =
      new Reassembler(new ReassemblyLimits(8, 1 << 18, 4, 1 << 17, 16, 100), 1);
  private final PacketBurst into = new PacketBurst(8, 64, 65575, 0);
  private List<DropReason> fates = new ArrayList<>();

  @AfterEach
  void everyFragmentIsAccountedFor() {
    ReassemblyProperties.assertInvariant(reassembler);
    reassembler.expire(Long.MAX_VALUE / 2);
    ReassemblyProperties.assertInvariant(reassembler);
    assertEquals(0, reassembler.held());
    assertTrue(reassembler.isWiped(), "what is not held is overwritten");
    assertEquals(0, reassembler.waiting());
    assertEquals(Long.MAX_VALUE, reassembler.nextTimeout());
    assertEquals(
        reassembler.fragments() - reassembler.joined(), reassembler.drops().total(), "no loss");
  }

  /** The packets that became complete; the fates of what was given are in {@link #fates}. */
  private List<byte[]> give(long now, byte[]... packets) {
    PacketBurst burst = Packets.burst(Arrays.asList(packets), 65575);
    into.clear();
    assertEquals(packets.length, reassembler.accept(burst, 0, into, now));
    fates = new ArrayList<>();
    for (int i = 0; i < packets.length; i++) {
      fates.add(burst.dropReason(i));
      byte[] left = burst.isAlive(i) ? packets[i] : new byte[packets[i].length];
      assertArrayEquals(left, Packets.window(burst, i), "the window of what was taken is wiped");
    }
    return Packets.windows(into);
  }

  private static byte[] part4(int id, int start, int end, boolean more) {
    return part4("10.1.0.1", id, start, end, more);
  }

  private static byte[] part4(String source, int id, int start, int end, boolean more) {
    byte[] data = Packets.slice(Packets.octets(4, 70000), start, end);
    int fields = start / 8 | (more ? Packets.MORE : 0);
    return Packets.v4(source, "10.2.0.2", Packets.UDP, id, fields, 0, NONE, data);
  }

  private static byte[] part6(int id, int start, int end, boolean more) {
    byte[] data = Packets.slice(Packets.octets(4, 70000), start, end);
    return Packets.v6(0, 44, Packets.fragmentHeader(Packets.UDP, start, more, id), data);
  }

  private void assertDrops(DropReason reason, int count) {
    assertEquals(count, reassembler.drops().of(reason), reason.name());
    assertEquals(count, reassembler.drops().total());
  }

  @Test
  void whatIsNoFragmentIsLeftAlone() {
    byte[] whole = Packets.v4(1, Packets.DF, 0, NONE, new byte[9]);
    byte[] whole6 = Packets.v6(0, Packets.UDP, NONE, new byte[9]);
    byte[] broken = {0x45, 0, 0, 99};
    assertTrue(give(1, whole, broken, whole6).isEmpty());
    assertEquals(List.of(DropReason.NONE, DropReason.NONE, DropReason.NONE), fates);
    assertEquals(0, reassembler.fragments());
  }

  @Test
  void firstFragmentGivesTheHeader() {
    byte[] options = {(byte) 0x94, 4, 0, 0, 0x44, 4, 5, 0};
    byte[] first = Packets.v4(1, Packets.MORE | Packets.DF, 4, options, Packets.octets(1, 16));
    byte[] last = Packets.v4(1, 2, 8, NONE, Packets.octets(2, 5));
    // ECT(0) and ECT(1) mixed is not spoken of in RFC 3168 5.3: the first fragment's stays
    first[1] = 4 | 2;
    last[1] = 8 | 1;
    mend(first);
    mend(last);
    List<byte[]> complete = give(1, last, first);
    byte[] data = Packets.concat(Packets.octets(1, 16), Packets.octets(2, 5));
    assertArrayEquals(Packets.v4(1, Packets.DF, 4 | 2, options, data), complete.get(0));
    assertEquals(List.of(DropReason.FRAGMENT_HELD, DropReason.FRAGMENT_HELD), fates);
    assertEquals(2, reassembler.joined());
    assertEquals(1, reassembler.packets());
  }

  private static void mend(byte[] packet) {
    ByteBuffer out = ByteBuffer.wrap(packet);
    out.putShort(10, (short) 0);
    out.putShort(10, (short) Packets.checksum(packet, 0, (packet[0] & 15) * 4));
  }

  @Test
  void v6HeadersInFrontOfTheFragmentHeaderAreTheFirstFragments() {
    byte[] data = Packets.octets(1, 40);
    byte[] hop = {44, 0, 5, 2, 0, 0, 1, 0};
    byte[] hopOfWhole = {60, 0, 5, 2, 0, 0, 1, 0};
    byte[] options = {Packets.UDP, 0, 1, 4, 0, 0, 0, 0};
    byte[] first =
        Packets.v6(
            0,
            0,
            Packets.concat(hop, Packets.fragmentHeader(60, 0, true, 5), options),
            Packets.slice(data, 0, 16));
    // the others may name another protocol and have other headers (RFC 8200 4.5)
    byte[] last =
        Packets.v6(0, 44, Packets.fragmentHeader(99, 24, false, 5), Packets.slice(data, 16, 40));
    List<byte[]> complete = give(1, last, first);
    assertArrayEquals(Packets.v6(0, 0, Packets.concat(hopOfWhole, options), data), complete.get(0));
  }

  @Test
  void atomicFragmentMeetsNoOther() {
    byte[] data = Packets.octets(1, 24);
    byte[] part = part6(3, 16, 24, false);
    byte[] atomic = Packets.v6(0, 44, Packets.fragmentHeader(Packets.UDP, 0, false, 3), data);
    PacketBurst burst = Packets.burst(List.of(part, atomic), 2000);
    reassembler.accept(burst, 0, into, 1);
    assertEquals(0, into.size());
    assertTrue(burst.isAlive(1));
    assertArrayEquals(Packets.v6(0, Packets.UDP, NONE, data), Packets.window(burst, 1));
    assertEquals(1, reassembler.held());
  }

  @Test
  void atomicHeadersInARowAllGo() {
    byte[] one = Packets.fragmentHeader(44, 0, false, 3);
    byte[] two = Packets.fragmentHeader(Packets.UDP, 0, false, 4);
    byte[] data = Packets.octets(1, 24);
    PacketBurst burst =
        Packets.burst(List.of(Packets.v6(0, 44, Packets.concat(one, two), data)), 2000);
    reassembler.accept(burst, 0, into, 1);
    assertArrayEquals(Packets.v6(0, Packets.UDP, NONE, data), Packets.window(burst, 0));
  }

  @ParameterizedTest
  @CsvSource({
    "8, 24, true",
    "0, 24, true",
    "8, 16, false",
    "15, 23, true",
  })
  void overlapEndsThePacketAndWhatComesLater(int start, int end, boolean more) {
    int from = start & ~7;
    byte[] sound = part4(1, 8, 24, true);
    byte[] other = part4(1, from, from + end - start, more);
    other[other.length - 1] ^= 1;
    give(1, sound, other, part4(1, 0, 8, true), part4(1, 24, 30, false), part4(1, 32, 40, false));
    assertEquals(DropReason.FRAGMENT_HELD, fates.get(0));
    assertEquals(fates.subList(1, 5), java.util.Collections.nCopies(4, fates.get(1)));
    assertDrops(DropReason.FRAGMENT_OVERLAP, 5);
    // the name may be used again when the time is over
    assertEquals(1, give(101, part4(1, 0, 8, true), part4(1, 8, 9, false)).size());
  }

  @Test
  void overlapOfV6Too() {
    give(1, part6(1, 0, 16, true), part6(1, 8, 24, true), part6(1, 24, 30, false));
    assertDrops(DropReason.FRAGMENT_OVERLAP, 3);
  }

  @Test
  void exactDuplicateIsDroppedAlone() {
    byte[] first = part4(1, 0, 16, true);
    byte[] last = part4(1, 16, 21, false);
    assertEquals(1, give(1, first, first, first, last).size());
    assertDrops(DropReason.FRAGMENT_DUPLICATE, 2);
    assertTrue(give(1, last, last).isEmpty(), "after the packet is complete it is a new one");
  }

  @Test
  void contradictoryEndsEndThePacket() {
    give(1, part4(1, 8, 13, false), part4(1, 16, 20, false));
    assertDrops(DropReason.MALFORMED_FRAGMENT, 2);
    give(1, part4(2, 16, 24, true), part4(2, 8, 13, false));
    assertDrops(DropReason.MALFORMED_FRAGMENT, 4);
    give(1, part6(2, 16, 24, false), part6(2, 24, 32, true));
    assertDrops(DropReason.MALFORMED_FRAGMENT, 6);
    give(1, part6(3, 16, 24, false), part6(3, 16, 24, true), part6(3, 0, 16, true));
    assertEquals(3, reassembler.drops().of(DropReason.FRAGMENT_OVERLAP));
  }

  @Test
  void raggedEmptyAndEndlessFragmentsAreDroppedAlone() {
    give(1, part4(1, 0, 13, true), part6(1, 0, 13, true));
    give(1, part4(1, 8, 8, false), part6(1, 8, 8, true));
    give(1, part4(1, 65512, 65520, false), part6(1, 65528, 65536, false));
    assertDrops(DropReason.MALFORMED_FRAGMENT, 6);
    assertEquals(0, reassembler.waiting());
    assertTrue(give(1, part4(1, 65504, 65515, false), part6(1, 65528, 65535, false)).isEmpty());
    assertEquals(2, reassembler.held());
  }

  @Test
  void firstHeaderMayMakeThePacketTooLong() {
    byte[] last = part4(1, 65512, 65515, false);
    List<byte[]> all = new ArrayList<>(List.of(last));
    for (int at = 0; at < 65512; at += 9000) {
      all.add(part4(1, at, Math.min(at + 9000, 65512), true));
    }
    byte[] options = new byte[4];
    options[0] = 1;
    byte[] data = Packets.slice(Packets.octets(4, 70000), 0, 9000);
    all.set(1, Packets.v4(1, Packets.MORE, 0, options, data));
    assertTrue(give(1, all.toArray(new byte[0][])).isEmpty());
    assertDrops(DropReason.MALFORMED_FRAGMENT, all.size());
  }

  @Test
  void longestPacketsPass() {
    List<byte[]> v4 = new ArrayList<>();
    List<byte[]> v6 = new ArrayList<>();
    for (int at = 0; at < 65535; at += 8000) {
      v4.add(part4(1, at, Math.min(at + 8000, 65515), at + 8000 < 65515));
      v6.add(part6(1, at, Math.min(at + 8000, 65535), at + 8000 < 65535));
    }
    assertEquals(65535, give(1, v4.toArray(new byte[0][])).get(0).length);
    assertEquals(65575, give(1, v6.toArray(new byte[0][])).get(0).length);
  }

  @Test
  void wrongHeaderChecksumIsDropped() {
    byte[] first = part4(1, 0, 16, true);
    first[8]++;
    give(1, first);
    assertDrops(DropReason.MALFORMED_FRAGMENT, 1);
  }

  @Test
  void firstV6FragmentMustHoldAllHeaders() {
    byte[] tcp = Packets.fragmentHeader(6, 0, true, 1);
    give(1, Packets.v6(0, 44, tcp, new byte[16]));
    assertDrops(DropReason.MALFORMED_FRAGMENT, 1);
    byte[] optionsBeyond = {Packets.UDP, 3, 1, 28, 0, 0, 0, 0};
    byte[] options = Packets.fragmentHeader(60, 0, true, 1);
    give(1, Packets.v6(0, 44, Packets.concat(options, optionsBeyond), new byte[16]));
    assertDrops(DropReason.MALFORMED_FRAGMENT, 2);
    byte[] nested = Packets.fragmentHeader(44, 0, true, 1);
    byte[] inner = Packets.fragmentHeader(Packets.UDP, 8, true, 1);
    give(1, Packets.v6(0, 44, Packets.concat(nested, inner), new byte[16]));
    assertDrops(DropReason.MALFORMED_FRAGMENT, 3);
    give(1, Packets.v6(0, 44, tcp, new byte[24]));
    assertDrops(DropReason.MALFORMED_FRAGMENT, 3);
  }

  /*
   * RFC 3168 5.3, one digit per fragment:
   * 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE; -1: dropped
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "1, 1, 1",
    "2, 2, 2",
    "3, 3, 3",
    "3, 1, 3",
    "1, 3, 3",
    "2, 3, 3",
    "3, 2, 3",
    "0, 3, -1",
    "3, 0, -1",
    "0, 2, -1",
    "2, 0, -1",
    "1, 0, -1",
    "1, 2, 1",
    "2, 1, 2",
  })
  void congestionMarksMerge(int first, int second, int merged) {
    byte[] data = Packets.octets(1, 16);
    byte[] a4 = Packets.v4(1, Packets.MORE, 0x40 | first, NONE, data);
    byte[] b4 = Packets.v4(1, 2, 0x40 | second, NONE, data);
    byte[] a6 = Packets.v6(0x40 | first, 44, Packets.fragmentHeader(17, 0, true, 1), data);
    byte[] b6 = Packets.v6(0x40 | second, 44, Packets.fragmentHeader(17, 16, false, 1), data);
    List<byte[]> complete = give(1, a4, b4, a6, b6);
    if (merged < 0) {
      assertTrue(complete.isEmpty());
      assertDrops(DropReason.ECN_CONGESTION, 4);
    } else {
      byte[] both = Packets.concat(data, data);
      assertArrayEquals(Packets.v4(1, 0, 0x40 | merged, NONE, both), complete.get(0));
      assertArrayEquals(Packets.v6(0x40 | merged, 17, NONE, both), complete.get(1));
    }
  }

  @Test
  void namesTellPacketsApart() {
    byte[] a = part4(1, 0, 8, true);
    byte[] otherId = part4(2, 8, 9, false);
    byte[] otherSource = part4("10.1.0.3", 1, 8, 9, false);
    byte[] otherProtocol =
        Packets.v4("10.1.0.1", "10.2.0.2", 6, 1, 1, 0, NONE, Packets.octets(1, 1));
    byte[] otherDestination =
        Packets.v4("10.1.0.1", "10.2.0.3", 17, 1, 1, 0, NONE, Packets.octets(1, 1));
    assertTrue(give(1, a, otherId, otherSource, otherProtocol).isEmpty());
    assertTrue(give(1, otherDestination).isEmpty());
    assertEquals(1, give(1, part4(1, 8, 9, false)).size());
  }

  @Test
  void restThatComesTooLateMeetsNothing() {
    give(10, part4(1, 0, 8, true), part4(1, 8, 16, true));
    assertEquals(110, reassembler.nextTimeout());
    give(109, part4(2, 0, 8, true));
    assertDrops(DropReason.REASSEMBLY_TIMEOUT, 0);
    assertTrue(give(110, part4(1, 16, 17, false)).isEmpty());
    assertDrops(DropReason.REASSEMBLY_TIMEOUT, 2);
    assertEquals(209, reassembler.nextTimeout());
  }

  @Test
  void oneSourceGivesWayToItselfOnly() {
    give(1, part4("10.9.9.9", 1, 0, 8, true));
    for (int id = 0; id < 50; id++) {
      give(2, part4("10.6.6.6", id, 0, 8, true));
    }
    assertEquals(5, reassembler.waiting());
    assertDrops(DropReason.REASSEMBLY_FULL, 46);
    assertEquals(1, give(3, part4("10.9.9.9", 1, 8, 10, false)).size());
    assertEquals(1, give(3, part4("10.6.6.6", 49, 8, 10, false)).size(), "the newest stay");
  }

  @Test
  void oneSourceDoesNotTakeAllMemory() {
    give(1, part4("10.9.9.9", 1, 0, 8, true));
    // four packets of 60,000 octets are more than 131,072, the share
    for (int id = 0; id < 4; id++) {
      give(2, part4("10.6.6.6", id, 0, 60000, true));
    }
    assertDrops(DropReason.REASSEMBLY_FULL, 2);
    assertEquals(1, give(3, part4("10.9.9.9", 1, 8, 10, false)).size());
    assertEquals(1, give(3, part4("10.6.6.6", 3, 60000, 60001, false)).size());
  }

  @Test
  void manySourcesPushTheOldestOut() {
    for (int i = 0; i < 9; i++) {
      give(i, part4("10.6.6." + i, 1, 0, 8, true));
    }
    assertDrops(DropReason.REASSEMBLY_FULL, 1);
    assertTrue(give(9, part4("10.6.6.0", 1, 8, 9, false)).isEmpty());
    assertEquals(1, give(9, part4("10.6.6.8", 1, 8, 9, false)).size());
  }

  @Test
  void oneV6NetworkIsOneSource() {
    for (int i = 0; i < 6; i++) {
      byte[] header = Packets.fragmentHeader(17, 0, true, 1);
      give(i, Packets.v6("fd00::" + i, "fd00:2::2", 0, 44, header, new byte[16]));
    }
    assertEquals(4, reassembler.waiting());
    assertDrops(DropReason.REASSEMBLY_FULL, 2);
  }

  @Test
  void tooManyFragmentsEndThePacket() {
    for (int i = 0; i < 17; i++) {
      give(i, part4(1, i * 8, i * 8 + 8, true));
    }
    assertDrops(DropReason.TOO_MANY_FRAGMENTS, 17);
    give(17, part4(1, 800, 808, true));
    assertDrops(DropReason.TOO_MANY_FRAGMENTS, 18);
  }

  @Test
  void octetsGoWithTheirPacket() {
    byte[] other = part4(1, 9000, 9008, true);
    give(1, part4(1, 0, 16, true), part4(1, 5000, 9008, true));
    assertFalse(reassembler.isWiped());
    give(1, part4(1, 8, 24, true));
    assertTrue(reassembler.isWiped(), "doomed");
    give(1, other);
    assertTrue(reassembler.isWiped(), "never stored");
    give(2, part6(1, 0, 5000, true));
    assertFalse(reassembler.isWiped());
    reassembler.expire(102);
    assertTrue(reassembler.isWiped(), "too late");
    assertEquals(1, give(200, part6(2, 0, 5000, true), part6(2, 5000, 5003, false)).size());
    assertTrue(reassembler.isWiped(), "complete");
  }

  @Test
  void closeWipesWhatWaits() {
    give(1, part4(1, 0, 16, true), part6(1, 8, 4000, true));
    assertFalse(reassembler.isWiped());
    reassembler.close();
    reassembler.close();
    assertTrue(reassembler.isWiped());
    assertEquals(2, reassembler.held(), "the count of what came is not touched");
  }

  @Test
  void fullTargetIsNoLoss() {
    List<byte[]> all = new ArrayList<>();
    for (int id = 0; id < 3; id++) {
      all.add(part4(id, 0, 8, true));
      all.add(part4(id, 8, 9, false));
    }
    PacketBurst burst = Packets.burst(all, 100);
    PacketBurst one = new PacketBurst(1, 0, 100, 0);
    int at = 0;
    int packets = 0;
    while (at < burst.size()) {
      one.clear();
      at = reassembler.accept(burst, at, one, 1);
      packets += one.size();
    }
    assertEquals(3, packets);
  }

  @Test
  void packetThatFitsNoSlotIsDropped() {
    PacketBurst small = new PacketBurst(2, 0, 64, 0);
    PacketBurst burst = Packets.burst(List.of(part4(1, 0, 64, true), part4(1, 64, 65, false)), 200);
    assertEquals(2, reassembler.accept(burst, 0, small, 1));
    assertEquals(0, small.size());
    assertDrops(DropReason.NO_HEADROOM, 2);
    assertThrows(IllegalArgumentException.class, () -> reassembler.accept(small, 0, small, 1));
  }

  @Test
  void limitsAreChecked() {
    for (int[] wrong : new int[][] {{0, 1, 2}, {8, 9, 2}, {8, 8, 1}, {8, 0, 2}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new ReassemblyLimits(wrong[0], 1 << 18, wrong[1], 1 << 17, wrong[2], 1));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new ReassemblyLimits(8, 1 << 18, 8, 1 << 19, 2, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new ReassemblyLimits(8, 1 << 16, 8, 1 << 16, 2, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new ReassemblyLimits(8, 1 << 18, 8, 1 << 17, 2, 0));
    assertEquals(0, new Reassembler(ReassemblyLimits.DEFAULT, 1).held());
  }
}
