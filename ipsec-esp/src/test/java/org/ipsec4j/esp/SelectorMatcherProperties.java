package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.TrafficSelector;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The compiled selectors against {@link TrafficSelector#matches}. */
class SelectorMatcherProperties {
  private static final int[] PROTOCOLS = {0, 6, 17, 47};

  @Property(tries = 2000)
  void agreesWithTheRecords(@ForAll long seed) {
    Random random = new Random(seed);
    List<TrafficSelector> remote = selectors(random);
    List<TrafficSelector> local = selectors(random);
    SelectorMatcher matcher = SelectorMatcher.of(remote, local);
    for (int i = 0; i < 30; i++) {
      boolean v4 = random.nextBoolean();
      IpAddress source = address(random, v4);
      IpAddress target = address(random, v4);
      int protocol = PROTOCOLS[1 + random.nextInt(3)];
      int fragment = v4 && random.nextInt(4) == 0 ? 0x2001 : 0;
      byte[] ports = {0, (byte) random.nextInt(6), 0, (byte) random.nextInt(6)};
      byte[] packet =
          v4
              ? IpPackets.v4(
                  source.toString(), target.toString(), protocol, ports, 0, fragment, new byte[0])
              : IpPackets.v6(source.toString(), target.toString(), protocol, ports);
      boolean known = fragment == 0 && protocol != 47;
      int from = known ? ports[1] : -1;
      int to = known ? ports[3] : -1;
      boolean selected =
          remote.stream().anyMatch(s -> s.matches(source, protocol, from))
              && local.stream().anyMatch(s -> s.matches(target, protocol, to));
      assertEquals(selected, check(matcher, packet) == DropReason.NONE);
    }
  }

  private static DropReason check(SelectorMatcher matcher, byte[] packet) {
    IpHeaderView view = new IpHeaderView();
    Assertions.assertTrue(view.parse(ByteBuffer.wrap(packet), 0, packet.length));
    return matcher.check(view);
  }

  private static List<TrafficSelector> selectors(Random random) {
    List<TrafficSelector> selectors = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      boolean v4 = random.nextBoolean();
      IpAddress one = address(random, v4);
      IpAddress two = address(random, v4);
      AddressRange range =
          one.compareTo(two) <= 0 ? new AddressRange(one, two) : new AddressRange(two, one);
      int protocol = PROTOCOLS[random.nextInt(4)];
      int low = random.nextInt(5);
      selectors.add(
          protocol == 0 || random.nextInt(3) == 0
              ? new TrafficSelector(protocol, 0, 65535, range)
              : random.nextInt(4) == 0
                  ? new TrafficSelector(protocol, 65535, 0, range)
                  : new TrafficSelector(protocol, low, low + random.nextInt(3), range));
    }
    return selectors;
  }

  private static IpAddress address(Random random, boolean v4) {
    // few, on both sides of the sign bits
    long bits = random.nextInt(8) - 4L;
    return v4
        ? IpAddress.v4((int) bits)
        : IpAddress.v6(random.nextBoolean() ? 0 : bits, random.nextInt(8) - 4L);
  }

  @Test
  void typeAndCodeIsTheSendersAlone() {
    // RFC 4301 4.4.1.3 C and D: the peer may send echo replies (type 0), we send requests (type 8)
    List<TrafficSelector> remote =
        List.of(new TrafficSelector(1, 0, 0, AddressRange.parse("10.1.0.0/16")));
    List<TrafficSelector> local =
        List.of(new TrafficSelector(1, 0x800, 0x800, AddressRange.parse("10.2.0.0/16")));
    SelectorMatcher matcher = SelectorMatcher.of(remote, local);
    assertEquals(DropReason.NONE, check(matcher, IpPackets.icmp(true, 0, 0)));
    assertEquals(DropReason.SELECTOR_MISMATCH, check(matcher, IpPackets.icmp(true, 8, 0)));
    assertEquals(DropReason.SELECTOR_MISMATCH, check(matcher, IpPackets.icmp(true, 0, 1)));
  }

  @Test
  void aLaterFragmentWhosePortsWouldDecideIsNamed() {
    List<TrafficSelector> any = List.of(TrafficSelector.of("10.0.0.0/8"));
    List<TrafficSelector> web =
        List.of(new TrafficSelector(6, 80, 80, AddressRange.parse("10.0.0.0/8")));
    byte[] fragment = IpPackets.v4("10.1.0.1", "10.2.0.2", 6, new byte[16], 0, 0x00b9, new byte[0]);
    assertEquals(DropReason.FRAGMENT_UNDECIDED, check(SelectorMatcher.of(any, web), fragment));
    assertEquals(DropReason.NONE, check(SelectorMatcher.of(any, any), fragment));
    byte[] other = IpPackets.v4("10.1.0.1", "11.2.0.2", 6, new byte[16], 0, 0x00b9, new byte[0]);
    assertEquals(DropReason.SELECTOR_MISMATCH, check(SelectorMatcher.of(any, web), other));
  }
}
