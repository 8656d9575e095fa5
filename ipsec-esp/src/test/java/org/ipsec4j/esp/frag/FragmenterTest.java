package org.ipsec4j.esp.frag;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Fragments to the octet, and what is never cut. */
@NullUnmarked
class FragmenterTest {
  private static final byte[] NONE = {};

  private final PacketBurst into = new PacketBurst(100, 32, 2000, 0);

  private DropReason fate(byte[] packet, int mtu, Fragmenter.Role role) {
    PacketBurst from = Packets.burst(List.of(packet), packet.length);
    into.clear();
    Fragmenter.Outcome outcome = new Fragmenter(role, 1).cut(from, 0, mtu, into);
    boolean dropped = from.dropReason(0) != DropReason.NONE;
    assertEquals(dropped, outcome != Fragmenter.Outcome.FITS);
    assertEquals(from.dropReason(0) == DropReason.FRAGMENTED, into.size() > 0);
    return from.dropReason(0);
  }

  @Test
  void v4IsCutLikeTheTwinDoes() {
    byte[] data = Packets.octets(1, 3000);
    List<byte[]> parts =
        ReassemblyProperties.cut(Packets.v4(77, 0, 0x2e, NONE, data), 1400, Fragmenter.Role.ROUTER);
    List<byte[]> expected = Packets.cutV4(77, 0x2e, data, 1376);
    assertEquals(3, parts.size());
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(expected.get(i), parts.get(i));
    }
  }

  @Test
  void v6IsCutLikeTheTwinDoes() {
    byte[] data = Packets.octets(1, 3000);
    List<byte[]> parts =
        ReassemblyProperties.cut(
            Packets.v6(3, Packets.UDP, NONE, data), 1280, Fragmenter.Role.SOURCE);
    int id = ByteBuffer.wrap(parts.get(0)).getInt(44);
    List<byte[]> expected = Packets.cutV6(id, 3, Packets.UDP, data, 1232);
    assertEquals(3, parts.size());
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(expected.get(i), parts.get(i));
    }
  }

  @Test
  void headersThatRoutersReadStayInFrontOfTheFragmentHeader() {
    byte[] hop = {43, 0, 5, 2, 0, 0, 1, 0};
    byte[] routing = {60, 0, 4, 0, 0, 0, 0, 0};
    byte[] options = {Packets.UDP, 0, 1, 4, 0, 0, 0, 0};
    byte[] data = Packets.octets(1, 2000);
    byte[] packet = Packets.v6(3, 0, Packets.concat(hop, routing, options), data);
    List<byte[]> parts = ReassemblyProperties.cut(packet, 1280, Fragmenter.Role.SOURCE);
    assertEquals(2, parts.size());
    byte[] routingThenFragment = {44, 0, 4, 0, 0, 0, 0, 0};
    for (byte[] part : parts) {
      assertArrayEquals(hop, Packets.slice(part, 40, 48));
      assertArrayEquals(routingThenFragment, Packets.slice(part, 48, 56));
      assertEquals(60, part[56]);
    }
    assertArrayEquals(options, Packets.slice(parts.get(0), 64, 72));
  }

  /** RFC 791 3.1: options with the copied flag are in all fragments, the others in the first. */
  @Test
  void optionsAreCopiedByTheirFlag() {
    byte[] options = {0x44, 4, 5, 0, (byte) 0x94, 4, 7, 7, 1, (byte) 0x83, 3, 4};
    byte[] packet = Packets.v4(5, 0, 0, options, Packets.octets(1, 200));
    List<byte[]> parts = ReassemblyProperties.cut(packet, 128, Fragmenter.Role.ROUTER);
    assertEquals(3, parts.size());
    assertArrayEquals(options, Packets.slice(parts.get(0), 20, 32));
    byte[] copied = {(byte) 0x94, 4, 7, 7, (byte) 0x83, 3, 4, 0};
    for (byte[] later : parts.subList(1, 3)) {
      assertEquals(0x47, later[0]);
      assertArrayEquals(copied, Packets.slice(later, 20, 28));
      assertEquals(0, Packets.checksum(later, 0, 28));
    }
  }

  @Test
  void fragmentsOfAFragmentKeepTheirPlace() {
    byte[] middle = Packets.v4(5, Packets.MORE | 100, 0, NONE, Packets.octets(1, 160));
    List<byte[]> parts = ReassemblyProperties.cut(middle, 100, Fragmenter.Role.ROUTER);
    assertEquals(2, parts.size());
    assertEquals(Packets.MORE | 100, ByteBuffer.wrap(parts.get(0)).getShort(6));
    assertEquals(Packets.MORE | 110, ByteBuffer.wrap(parts.get(1)).getShort(6));
  }

  @Test
  void lastFragmentMayFillTheMtu() {
    // 83 octets of data do not divide by eight, and fit
    byte[] packet = Packets.v4(5, 0, 0, NONE, Packets.octets(1, 80 + 83));
    assertEquals(2, ReassemblyProperties.cut(packet, 103, Fragmenter.Role.ROUTER).size());
    byte[] more = Packets.v4(5, 0, 0, NONE, Packets.octets(1, 80 + 84));
    assertEquals(3, ReassemblyProperties.cut(more, 103, Fragmenter.Role.ROUTER).size());
  }

  @Test
  void whatMustNotBeCutIsDropped() {
    byte[] df = Packets.v4(5, Packets.DF, 0, NONE, new byte[1400]);
    assertEquals(DropReason.NEEDS_FRAGMENTATION, fate(df, 1300, Fragmenter.Role.SOURCE));
    assertEquals(DropReason.NONE, fate(df, 1420, Fragmenter.Role.SOURCE));
    byte[] v6 = Packets.v6(0, 17, NONE, new byte[1400]);
    assertEquals(DropReason.NEEDS_FRAGMENTATION, fate(v6, 1300, Fragmenter.Role.ROUTER));
    assertEquals(DropReason.FRAGMENTED, fate(v6, 1300, Fragmenter.Role.SOURCE));
    byte[] v6Fragment = Packets.v6(0, 44, Packets.fragmentHeader(17, 0, true, 3), new byte[1400]);
    assertEquals(DropReason.NEEDS_FRAGMENTATION, fate(v6Fragment, 1300, Fragmenter.Role.SOURCE));
    // headers would not fit into the first fragment
    byte[] options = new byte[1304];
    options[0] = 17;
    options[1] = (byte) 162;
    byte[] longChain = Packets.v6(0, 60, options, new byte[100]);
    assertEquals(DropReason.NEEDS_FRAGMENTATION, fate(longChain, 1300, Fragmenter.Role.SOURCE));
    byte[] hop = options.clone();
    byte[] nothingLeft = Packets.v6(0, 0, hop, new byte[100]);
    assertEquals(DropReason.NEEDS_FRAGMENTATION, fate(nothingLeft, 1300, Fragmenter.Role.SOURCE));
  }

  @Test
  void whatIsBrokenIsDropped() {
    assertEquals(DropReason.MALFORMED_INNER, fate(new byte[200], 100, Fragmenter.Role.SOURCE));
    byte[] checksum = Packets.v4(5, 0, 0, NONE, new byte[200]);
    checksum[10]++;
    assertEquals(DropReason.MALFORMED_INNER, fate(checksum, 100, Fragmenter.Role.ROUTER));
    for (byte[] options : new byte[][] {{7, 0, 0, 0}, {7, 1, 0, 0}, {7, 5, 0, 0}, {1, 1, 1, 7}}) {
      byte[] packet = Packets.v4(5, 0, 0, options, new byte[200]);
      assertEquals(DropReason.MALFORMED_INNER, fate(packet, 100, Fragmenter.Role.ROUTER));
    }
    byte[] ragged = Packets.v4(5, Packets.MORE, 0, NONE, new byte[203]);
    assertEquals(DropReason.MALFORMED_FRAGMENT, fate(ragged, 100, Fragmenter.Role.ROUTER));
    byte[] endless = Packets.v4(5, 8180, 0, NONE, new byte[200]);
    assertEquals(DropReason.MALFORMED_FRAGMENT, fate(endless, 100, Fragmenter.Role.ROUTER));
  }

  @Test
  void fullTargetIsAskedForAgain() {
    PacketBurst from =
        Packets.burst(
            List.of(
                Packets.v4(1, 0, 0, NONE, new byte[20]),
                Packets.v4(2, 0, 0, NONE, new byte[200]),
                Packets.v4(3, 0, 0, NONE, new byte[200]),
                Packets.v4(4, 0, 0, NONE, new byte[480])),
            500);
    PacketBurst five = new PacketBurst(5, 0, 100, 0);
    Fragmenter fragmenter = new Fragmenter(Fragmenter.Role.ROUTER, 1);
    List<byte[]> sent = new ArrayList<>();
    assertEquals(2, fragmenter.cutAll(from, 0, 100, five));
    sent.addAll(Packets.windows(five));
    five.clear();
    assertEquals(4, fragmenter.cutAll(from, 2, 100, five));
    sent.addAll(Packets.windows(five));
    assertEquals(6, sent.size());
    assertTrue(from.isAlive(0));
    assertEquals(DropReason.FRAGMENTED, from.dropReason(2));
    assertEquals(DropReason.NO_HEADROOM, from.dropReason(3), "six fragments never fit");
  }

  @Test
  void callersMistakesAreThrown() {
    PacketBurst from = Packets.burst(List.of(new byte[20]), 100);
    Fragmenter fragmenter = new Fragmenter(Fragmenter.Role.ROUTER, 1);
    assertThrows(IllegalArgumentException.class, () -> fragmenter.cut(from, 0, 67, into));
    assertThrows(IllegalArgumentException.class, () -> fragmenter.cut(from, 0, 9000, into));
    assertThrows(IllegalArgumentException.class, () -> fragmenter.cut(from, 0, 100, from));
  }

  @Test
  void identificationsDoNotRepeatSoonAndDependOnTheSeed() {
    Identifications one = new Identifications(1);
    Identifications two = new Identifications(2);
    Set<Integer> seen = new HashSet<>();
    int same = 0;
    int steps = 0;
    int last = one.next();
    seen.add(last);
    for (int i = 0; i < 200_000; i++) {
      int next = one.next();
      assertTrue(seen.add(next), "repeated");
      same += next == two.next() ? 1 : 0;
      steps += next - last == 1 ? 1 : 0;
      last = next;
    }
    assertTrue(same < 10 && steps < 10, same + " " + steps);
    assertNotEquals(new Identifications(3).next(), new Identifications(4).next());
  }
}
