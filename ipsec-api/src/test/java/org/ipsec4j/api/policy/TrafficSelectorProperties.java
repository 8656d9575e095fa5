package org.ipsec4j.api.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;

/**
 * Selectors as sets of packets: the slow twin lists every packet of a small world. Ports live at
 * both ends of their range, so that ANY is seen as a whole and OPAQUE as its own point.
 */
final class TrafficSelectorProperties {
  private static final int[] PROTOCOLS = {6, 17, 0};
  private static final int[] PORTS = {0, 1, 2, 32768, 65533, 65534, 65535, -1};

  record Packet(IpAddress address, int protocol, int port) {}

  private static final List<Packet> WORLD = new ArrayList<>();

  static {
    for (int address = 0; address < 5; address++) {
      for (IpAddress ip : List.of(IpAddress.v4(address), IpAddress.v6(0, address))) {
        for (int protocol : PROTOCOLS) {
          for (int port : PORTS) {
            WORLD.add(new Packet(ip, protocol, port));
          }
        }
      }
    }
  }

  @Provide
  Arbitrary<TrafficSelector> selectors() {
    Arbitrary<AddressRange> ranges =
        Combinators.combine(
                Arbitraries.integers().between(0, 4),
                Arbitraries.integers().between(0, 4),
                Arbitraries.integers().between(0, 9))
            .as(
                (a, b, family) -> {
                  int first = Math.min(a, b);
                  int last = Math.max(a, b);
                  return family == 0
                      ? new AddressRange(IpAddress.v6(0, first), IpAddress.v6(0, last))
                      : new AddressRange(IpAddress.v4(first), IpAddress.v4(last));
                });
    Arbitrary<int[]> ports =
        Arbitraries.oneOf(
            Arbitraries.just(new int[] {0, 65535}),
            Arbitraries.just(new int[] {65535, 0}),
            Combinators.combine(
                    Arbitraries.of(0, 1, 2, 65533, 65534, 65535),
                    Arbitraries.of(0, 1, 2, 65533, 65534, 65535))
                .as((a, b) -> new int[] {Math.min(a, b), Math.max(a, b)}));
    return Combinators.combine(Arbitraries.of(0, 6, 17), ports, ranges)
        .as(
            (protocol, port, range) -> {
              boolean free = protocol != 0 || port[0] > port[1];
              return new TrafficSelector(
                  protocol, free ? port[0] : 0, free ? port[1] : 65535, range);
            });
  }

  private static Set<Packet> packets(TrafficSelector selector) {
    return WORLD.stream()
        .filter(packet -> selector.matches(packet.address(), packet.protocol(), packet.port()))
        .collect(Collectors.toSet());
  }

  /** What the words of the RFC say, one after the other. */
  private static boolean twin(TrafficSelector selector, Packet packet) {
    AddressRange range = selector.addresses();
    boolean address =
        range.isV4() == packet.address().isV4()
            && packet.address().low() >= range.first().low()
            && packet.address().low() <= range.last().low();
    boolean protocol = selector.protocol() == 0 || selector.protocol() == packet.protocol();
    boolean opaque = selector.firstPort() == 65535 && selector.lastPort() == 0;
    boolean any = selector.firstPort() == 0 && selector.lastPort() == 65535;
    boolean port;
    if (packet.port() < 0) {
      port = any || opaque;
    } else {
      port =
          !opaque && packet.port() >= selector.firstPort() && packet.port() <= selector.lastPort();
    }
    return address && protocol && port;
  }

  @Property
  void matchesAsTheTwin(@ForAll("selectors") TrafficSelector selector) {
    for (Packet packet : WORLD) {
      assertEquals(
          twin(selector, packet),
          selector.matches(packet.address(), packet.protocol(), packet.port()),
          () -> selector + " and " + packet);
    }
  }

  @Property
  void intersectionSelectsExactlyTheCommonPackets(
      @ForAll("selectors") TrafficSelector one, @ForAll("selectors") TrafficSelector other) {
    Set<Packet> common = packets(one);
    common.retainAll(packets(other));
    assertEquals(
        common, one.intersect(other).map(TrafficSelectorProperties::packets).orElse(Set.of()));
    assertEquals(one.intersect(other), other.intersect(one));
  }

  @Property
  void containmentIsThatOfPackets(
      @ForAll("selectors") TrafficSelector one, @ForAll("selectors") TrafficSelector other) {
    // A selector of any protocol stands for protocols that the small world does not have.
    boolean protocols = one.protocol() == 0 || one.protocol() == other.protocol();
    assertEquals(
        protocols && packets(one).containsAll(packets(other)),
        one.contains(other),
        () -> one + " and " + other);
  }
}
