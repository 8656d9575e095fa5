package org.ipsec4j.api.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.junit.jupiter.api.Test;

final class TrafficSelectorTest {
  private static final AddressRange NET = AddressRange.parse("10.0.0.0/24");
  private static final IpAddress IN = IpAddress.parse("10.0.0.7");
  private static final int UDP = 17;
  private static final int ICMP = 1;

  private static TrafficSelector udp(int first, int last) {
    return new TrafficSelector(UDP, first, last, NET);
  }

  private static TrafficSelector opaque(int protocol) {
    return new TrafficSelector(protocol, 65535, 0, NET);
  }

  @Test
  void onlyMeaningfulNumbersAreTaken() {
    assertThrows(IllegalArgumentException.class, () -> udp(2, 1));
    assertThrows(IllegalArgumentException.class, () -> udp(-1, 5));
    assertThrows(IllegalArgumentException.class, () -> udp(0, 65536));
    assertThrows(IllegalArgumentException.class, () -> new TrafficSelector(256, 0, 65535, NET));
    assertThrows(IllegalArgumentException.class, () -> new TrafficSelector(-1, 0, 65535, NET));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrafficSelector(0, 53, 53, NET),
        "a port of any protocol");
    assertTrue(opaque(0).isOpaque());
    assertTrue(udp(65535, 65535).matches(IN, UDP, 65535), "the last port alone is not OPAQUE");
  }

  @Test
  void portsDecideWhereTheyAreNamed() {
    assertTrue(udp(53, 60).matches(IN, UDP, 53));
    assertTrue(udp(53, 60).matches(IN, UDP, 60));
    assertFalse(udp(53, 60).matches(IN, UDP, 61));
    assertFalse(udp(53, 60).matches(IN, 6, 53), "another protocol");
    assertFalse(udp(53, 60).matches(IpAddress.parse("10.0.1.0"), UDP, 53), "another network");
    assertFalse(udp(53, 60).matches(IN, UDP, -1), "a fragment does not show its ports");
    assertTrue(TrafficSelector.of(NET).matches(IN, UDP, -1));
    assertTrue(udp(0, 65535).matches(IN, UDP, -1));
  }

  /** RFC 4301 4.4.1.1: OPAQUE is for packets whose ports are not available; ANY has it too. */
  @Test
  void opaqueSelectsPacketsWithoutPorts() {
    assertTrue(opaque(UDP).matches(IN, UDP, -1));
    assertFalse(opaque(UDP).matches(IN, UDP, 0));
    assertEquals(Optional.of(opaque(UDP)), opaque(UDP).intersect(udp(0, 65535)));
    assertEquals(Optional.of(opaque(UDP)), TrafficSelector.of(NET).intersect(opaque(UDP)));
    assertEquals(Optional.empty(), opaque(UDP).intersect(udp(53, 53)));
    assertEquals(Optional.of(opaque(UDP)), opaque(UDP).intersect(opaque(0)));
    assertTrue(TrafficSelector.of(NET).contains(opaque(UDP)));
    assertFalse(opaque(UDP).contains(udp(0, 65535)));
  }

  /** RFC 7296 3.13.1: type in the upper octet, code in the lower. */
  @Test
  void icmpTypesAndCodesAreOneNumber() {
    TrafficSelector echo = new TrafficSelector(ICMP, 8 << 8, 8 << 8 | 255, NET);
    assertTrue(echo.matches(IN, ICMP, 8 << 8));
    assertFalse(echo.matches(IN, ICMP, 3 << 8 | 1));
    TrafficSelector unreachable = new TrafficSelector(ICMP, 3 << 8, 3 << 8 | 255, NET);
    assertTrue(echo.intersect(unreachable).isEmpty());
  }

  @Test
  void intersectionIsTheNarrowerInEveryRespect() {
    TrafficSelector wide = new TrafficSelector(UDP, 50, 100, NET);
    TrafficSelector other =
        new TrafficSelector(UDP, 90, 200, AddressRange.parse("10.0.0.128-10.0.3.255"));
    TrafficSelector both = new TrafficSelector(UDP, 90, 100, AddressRange.parse("10.0.0.128/25"));
    assertEquals(Optional.of(both), wide.intersect(other));
    assertTrue(wide.contains(both) && other.contains(both));
    assertFalse(both.contains(wide));
    assertEquals(
        Optional.of(new TrafficSelector(UDP, 50, 100, AddressRange.single(IN))),
        wide.intersect(TrafficSelector.of("10.0.0.7")));
    assertTrue(wide.intersect(new TrafficSelector(6, 50, 100, NET)).isEmpty());
    assertTrue(wide.intersect(TrafficSelector.of("::/0")).isEmpty());
  }

  @Test
  void textShowsWhatMatters() {
    assertEquals("10.0.0.0/24", TrafficSelector.of(NET).toString());
    assertEquals("10.0.0.0/24[17]", udp(0, 65535).toString());
    assertEquals("10.0.0.0/24[17/53]", udp(53, 53).toString());
    assertEquals("10.0.0.0/24[17/53-60]", udp(53, 60).toString());
    assertEquals("10.0.0.0/24[17/opaque]", opaque(UDP).toString());
    assertEquals("10.0.0.0/24[0/opaque]", opaque(0).toString());
  }
}
