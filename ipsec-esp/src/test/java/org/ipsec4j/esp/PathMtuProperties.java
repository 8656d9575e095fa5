package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.frag.IcmpErrors;
import org.ipsec4j.esp.frag.PathMtu.Lesson;
import org.ipsec4j.esp.frag.PathMtuPolicy;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/**
 * An SA knows to the octet what its path carries, in every shape; and what ICMP errors teach it.
 */
@NullUnmarked
class PathMtuProperties {
  private static final int DF = 0x4000;

  private record Shape(SaMode mode, boolean innerV4, boolean outerV4, boolean udp) {}

  private static final List<Shape> SHAPES = shapes();

  private static List<Shape> shapes() {
    List<Shape> all = new ArrayList<>();
    boolean[] both = {true, false};
    for (boolean innerV4 : both) {
      for (boolean outerV4 : both) {
        for (boolean udp : both) {
          all.add(new Shape(SaMode.TUNNEL, innerV4, outerV4, udp));
          all.add(new Shape(SaMode.BEET, innerV4, outerV4, udp));
          if (innerV4 == outerV4) {
            all.add(new Shape(SaMode.TRANSPORT, innerV4, outerV4, udp));
          }
        }
      }
    }
    return all;
  }

  private static Lab lab(Shape shape) {
    Lab lab = new Lab();
    lab.mode = shape.mode();
    lab.outerV4 = shape.outerV4();
    lab.udp = shape.udp();
    if (shape.mode() == SaMode.BEET) {
      IpAddress a = IpAddress.parse(shape.innerV4() ? IpPackets.A4 : IpPackets.A6);
      IpAddress b = IpAddress.parse(shape.innerV4() ? IpPackets.B4 : IpPackets.B6);
      lab.options = SaOptions.DEFAULT.withInnerAddresses(new AddressPair(a, b));
    }
    return lab;
  }

  private static OutboundSa sa(Lab lab, int mtu) {
    OutboundSa sa = lab.outbound();
    sa.pathMtu().configure(PathMtuPolicy.DEFAULT.withLinkMtu(mtu));
    return sa;
  }

  private static byte[] packet(Lab lab, boolean innerV4, int length, int flags) {
    boolean transport = lab.mode == SaMode.TRANSPORT;
    String from = transport ? lab.sender().toString() : innerV4 ? IpPackets.A4 : IpPackets.A6;
    String to = transport ? lab.receiver().toString() : innerV4 ? IpPackets.B4 : IpPackets.B6;
    byte[] data = Lab.octets(3, length - (innerV4 ? 20 : 40));
    return innerV4
        ? IpPackets.v4(from, to, 253, data, 0, flags, new byte[0])
        : IpPackets.v6(from, to, 253, data);
  }

  private static PacketBurst protect(EspOutbound sealer, OutboundSa sa, byte[] packet) {
    PacketBurst burst = Lab.burst(1, 12000);
    burst.add(ByteBuffer.wrap(packet));
    sealer.protect(burst, new OutboundSa[] {sa}, PacketForm.FULL_IP, 1);
    return burst;
  }

  @Property(tries = 400)
  void exactForEsp(@ForAll @IntRange(min = 1400, max = 9000) int mtu, @ForAll int pick) {
    Shape shape = SHAPES.get(Math.floorMod(pick, SHAPES.size()));
    Lab lab = lab(shape);
    var transforms = EspRoundTripTest.transforms();
    lab.transform = transforms.get(Math.floorMod(pick / SHAPES.size(), transforms.size()));
    OutboundSa sa = sa(lab, mtu);
    int fits = sa.innerMtu(shape.innerV4(), 1);
    try (EspOutbound sealer = lab.sealer()) {
      PacketBurst exact = protect(sealer, sa, packet(lab, shape.innerV4(), fits, DF));
      assertEquals(DropReason.NONE, exact.dropReason(0));
      assertTrue(exact.length(0) <= mtu);
      assertEquals(0, sealer.fits(0));
      byte[] one = packet(lab, shape.innerV4(), fits + 1, DF);
      PacketBurst longer = protect(sealer, sa, one);
      assertEquals(DropReason.NEEDS_FRAGMENTATION, longer.dropReason(0));
      assertEquals(fits, sealer.fits(0));
      assertEquals(ByteBuffer.wrap(one), ByteBuffer.wrap(Lab.window(longer, 0)), "untouched");
      if (shape.innerV4()) {
        // what may be cut goes on to be cut, and says that it may
        PacketBurst cut = protect(sealer, sa, packet(lab, true, fits + 1, 0));
        assertEquals(DropReason.NONE, cut.dropReason(0));
        assertTrue(cut.length(0) > mtu);
        assertTrue(!shape.outerV4() || (Lab.window(cut, 0)[6] & 0x40) == 0);
      }
    }
  }

  @Property(tries = 100)
  void exactForAh(@ForAll @IntRange(min = 1400, max = 9000) int mtu, @ForAll int pick) {
    boolean outerV4 = (pick & 1) == 0;
    Lab lab = AhLab.lab();
    lab.mode = (pick & 2) == 0 ? SaMode.TUNNEL : SaMode.TRANSPORT;
    lab.outerV4 = outerV4;
    boolean innerV4 = lab.mode == SaMode.TUNNEL ? (pick & 4) == 0 : outerV4;
    OutboundSa sa = sa(lab, mtu);
    int fits = sa.innerMtu(innerV4, 1);
    PacketBurst exact = AhLab.protect(lab, sa, packet(lab, innerV4, fits, DF));
    assertEquals(DropReason.NONE, exact.dropReason(0));
    assertEquals(mtu, exact.length(0));
    PacketBurst longer = AhLab.protect(lab, sa, packet(lab, innerV4, fits + 1, DF));
    assertEquals(DropReason.NEEDS_FRAGMENTATION, longer.dropReason(0));
  }

  @Test
  void withoutLimitNothingChanges() {
    Lab lab = new Lab();
    OutboundSa sa = lab.outbound();
    // 65,535 less IP, ESP with IV, and ICV; whole units of four; less the trailer
    assertEquals((65535 - 20 - 16 - 16) / 4 * 4 - 2, sa.innerMtu(true, 0));
    assertTrue(lab.seal(sa, packet(lab, true, 9000, DF), PacketForm.FULL_IP).length > 9000);
  }

  @Test
  void smallV6PacketsAreNeverRefused() {
    Lab lab = new Lab();
    OutboundSa sa = sa(lab, 1280);
    assertTrue(sa.innerMtu(false, 0) < 1280);
    byte[] outer = lab.seal(sa, packet(lab, false, 1280, 0), PacketForm.FULL_IP);
    assertTrue(outer.length > 1280);
    assertEquals(0, outer[6] & 0x40, "cut behind protection");
    try (EspOutbound sealer = lab.sealer()) {
      PacketBurst longer = protect(sealer, sa, packet(lab, false, 1281, 0));
      assertEquals(DropReason.NEEDS_FRAGMENTATION, longer.dropReason(0));
    }
  }

  @Test
  void policyOfTheOuterFlagDecides() {
    Lab clear = new Lab();
    clear.headerPolicy = header(OuterHeaderPolicy.DontFragment.CLEAR);
    byte[] outer = clear.seal(sa(clear, 1400), packet(clear, true, 1450, DF), PacketForm.FULL_IP);
    assertTrue(outer.length > 1400);
    Lab set = new Lab();
    set.headerPolicy = header(OuterHeaderPolicy.DontFragment.SET);
    try (EspOutbound sealer = set.sealer()) {
      PacketBurst burst = protect(sealer, sa(set, 1400), packet(set, true, 1450, 0));
      assertEquals(DropReason.NEEDS_FRAGMENTATION, burst.dropReason(0));
    }
  }

  private static OuterHeaderPolicy header(OuterHeaderPolicy.DontFragment flag) {
    return new OuterHeaderPolicy(64, OuterHeaderPolicy.COPY_DSCP, flag);
  }

  @Test
  void paddingThatHidesLengthsGivesWay() {
    Lab lab = new Lab();
    lab.options = SaOptions.DEFAULT.withTfcPadding(new TfcPadding.ToLength(3000));
    OutboundSa sa = sa(lab, 1400);
    int fits = sa.innerMtu(true, 0);
    for (int length : new int[] {100, fits - 1, fits}) {
      byte[] outer = lab.seal(sa, packet(lab, true, length, DF), PacketForm.FULL_IP);
      assertTrue(outer.length <= 1400 && outer.length > 1380, "all look alike: " + outer.length);
    }
  }

  // ICMP errors about packets of an SA

  private static IcmpErrors error(byte[] quoted, int mtu, int keep) {
    byte[] quote = java.util.Arrays.copyOf(quoted, Math.min(keep, quoted.length));
    ByteBuffer icmp = ByteBuffer.allocate(8 + quote.length);
    icmp.putInt(3 << 24 | 4 << 16).putInt(mtu).put(quote);
    icmp.putShort(2, (short) IpPackets.checksum(icmp.array(), 0, icmp.capacity()));
    byte[] packet = IpPackets.v4("203.0.113.9", "192.0.2.1", 1, icmp.array());
    IcmpErrors errors = new IcmpErrors();
    assertEquals(IcmpErrors.Kind.TOO_BIG, errors.parse(ByteBuffer.wrap(packet), 0, packet.length));
    return errors;
  }

  @Test
  void errorsAboutOurPacketsLowerThePath() {
    for (boolean udp : new boolean[] {false, true}) {
      Lab lab = new Lab();
      lab.udp = udp;
      OutboundSa sa = sa(lab, 1500);
      byte[] sent = lab.seal(sa, packet(lab, true, 1400, DF), PacketForm.FULL_IP);
      assertEquals(Lesson.LOWERED, sa.learn(error(sent, 1300, 100), 5));
      assertEquals(1300, sa.pathMtu().octets(5));
      try (EspOutbound sealer = lab.sealer()) {
        PacketBurst burst = protect(sealer, sa, packet(lab, true, 1400, DF));
        assertEquals(DropReason.NEEDS_FRAGMENTATION, burst.dropReason(0));
      }
      sa.updatePath(sa.path());
      assertEquals(1500, sa.pathMtu().octets(5), "another way, another MTU");
    }
  }

  @Test
  void errorsAboutWhatWasNeverSentDoNot() {
    Lab lab = new Lab();
    OutboundSa sa = sa(lab, 1500);
    byte[] sent = lab.seal(sa, packet(lab, true, 1400, DF), PacketForm.FULL_IP);
    int[] octets = {12, 16, 20, 23, 27};
    for (int at : octets) {
      byte[] forged = sent.clone();
      forged[at] ^= 2;
      assertEquals(Lesson.IGNORED, sa.learn(error(forged, 1300, 100), 5), "octet " + at);
    }
    byte[] zero = sent.clone();
    zero[27] = 0;
    assertEquals(Lesson.IGNORED, sa.learn(error(zero, 1300, 100), 5));
    Lab overUdp = new Lab();
    overUdp.udp = true;
    OutboundSa other = sa(overUdp, 1500);
    byte[] inUdp = overUdp.seal(other, packet(lab, true, 1400, DF), PacketForm.FULL_IP);
    assertEquals(Lesson.IGNORED, sa.learn(error(inUdp, 1300, 100), 5), "not our protocol");
    assertEquals(Lesson.IGNORED, other.learn(error(inUdp, 1300, 28), 5), "no SPI, no proof");
    // IP header, UDP header and SPI, and no number: anybody can have made it
    assertEquals(Lesson.IGNORED, other.learn(error(inUdp, 1300, 32), 5), "no number, no proof");
    assertFalse(other.isQuotedBy(error(sent, 1300, 100)));
    assertEquals(1500, sa.pathMtu().octets(5));
    assertEquals(Lesson.LOWERED, sa.learn(error(sent, 1300, 28), 5));
  }
}
