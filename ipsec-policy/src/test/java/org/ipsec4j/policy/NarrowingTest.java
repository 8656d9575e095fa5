package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.Explanation;
import org.ipsec4j.api.policy.NarrowedChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.junit.jupiter.api.Test;

/** RFC 7296 2.9, with its own example: 198.51.100.0/24 asks for 192.0.2.0/24. */
class NarrowingTest {
  private static List<TrafficSelector> ts(String... addresses) {
    return Stream.of(addresses).map(TrafficSelector::of).toList();
  }

  private static TrafficSelector tcp(String address, int port) {
    return new TrafficSelector(6, port, port, AddressRange.parse(address));
  }

  private static NarrowedChild granted(Decision<NarrowedChild> decision) {
    return (NarrowedChild) assertInstanceOf(Decision.Yes.class, decision).value();
  }

  private final PadEntry peer =
      TestPeers.peer(
          "i",
          p ->
              p.child("left", c -> c.local("192.0.2.0/25").remote("198.51.100.0/24"))
                  .child("right", c -> c.local("192.0.2.128/25").remote("198.51.100.0/24"))
                  .child("web", c -> c.local(tcp("203.0.113.80", 80)).remote("198.51.100.0/24")));

  @Test
  void allThatIsAskedForIsGrantedUnchanged() {
    Decision<NarrowedChild> decision =
        Narrowing.narrow(peer, ts("192.0.2.0/25"), ts("198.51.100.0/24"), false);
    assertEquals("left", granted(decision).profile().name());
    assertEquals(ts("192.0.2.0/25"), granted(decision).localSelectors());
    assertEquals(ts("198.51.100.0/24"), granted(decision).remoteSelectors());
    assertEquals(Explanation.Outcome.CHOSEN, decision.why().steps().getLast().outcome());
  }

  @Test
  void thePacketsSelectorsDecideWhichChildItIs() {
    // TSi = (198.51.100.43 tcp/4711, 198.51.100.0/24)  TSr = (192.0.2.200 tcp/80, 192.0.2.0/24)
    Decision<NarrowedChild> decision =
        Narrowing.narrow(
            peer,
            List.of(tcp("192.0.2.200", 80), TrafficSelector.of("192.0.2.0/24")),
            List.of(tcp("198.51.100.43", 4711), TrafficSelector.of("198.51.100.0/24")),
            false);
    assertEquals("right", granted(decision).profile().name());
    assertEquals(ts("192.0.2.128/25"), granted(decision).localSelectors());
    assertEquals(ts("198.51.100.0/24"), granted(decision).remoteSelectors());
    String why = decision.why().text();
    assertTrue(why.contains("lost  child `left`: `right` fits better"), why);
    assertTrue(why.contains("narrowed  child `right`: asked for"), why);
    assertTrue(why.contains("rejected  child `web`"), why);
  }

  @Test
  void withoutAPacketTheFirstChildIsTaken() {
    NarrowedChild child =
        granted(Narrowing.narrow(peer, ts("192.0.2.0/24"), ts("198.51.100.0/24"), false));
    assertEquals("left", child.profile().name());
    assertEquals(ts("192.0.2.0/25"), child.localSelectors());
  }

  @Test
  void whatCoversThePacketStandsInFront() {
    PadEntry all =
        TestPeers.peer("all", p -> p.child("all", c -> c.local("0.0.0.0/0").remote("0.0.0.0/0")));
    NarrowedChild child =
        granted(
            Narrowing.narrow(
                all, ts("192.0.2.5", "203.0.113.0/24", "192.0.2.0/24"), ts("0.0.0.0/0"), false));
    assertEquals(ts("192.0.2.0/24", "203.0.113.0/24"), child.localSelectors());
  }

  @Test
  void anUnacceptableFirstSelectorIsNoObstacle() {
    NarrowedChild child =
        granted(
            Narrowing.narrow(
                peer,
                ts("10.9.9.9", "192.0.2.0/24"),
                ts("198.51.100.43", "198.51.100.0/24"),
                false));
    assertEquals("left", child.profile().name());
  }

  @Test
  void disjointSelectorsAreShownSideBySide() {
    Decision<NarrowedChild> decision =
        Narrowing.narrow(peer, ts("10.1.0.0/16"), ts("198.51.100.0/24"), false);
    assertInstanceOf(Decision.No.class, decision);
    String why = decision.why().text();
    assertTrue(
        why.contains(
            "our side: asked for [10.1.0.0/16], the policy has [192.0.2.0/25], nothing in common"),
        why);
    assertInstanceOf(Decision.No.class, Narrowing.narrow(peer, List.of(), ts("0.0.0.0/0"), false));
  }

  @Test
  void protocolsAndFamiliesOfTheSidesMustMeet() {
    Decision<NarrowedChild> decision =
        Narrowing.narrow(
            peer,
            List.of(tcp("203.0.113.80", 80)),
            List.of(new TrafficSelector(17, 0, 65535, AddressRange.parse("198.51.100.0/24"))),
            false);
    assertInstanceOf(Decision.No.class, decision);
    assertTrue(decision.why().text().contains("differ in protocol or address family"));
  }

  @Test
  void aTupleWithoutAPartnerIsLeftOut() {
    PadEntry dual =
        TestPeers.peer(
            "dual", p -> p.child("all", c -> c.local("0.0.0.0/0").local("::/0").remote("::/0")));
    NarrowedChild child =
        granted(
            Narrowing.narrow(
                dual, ts("192.0.2.1", "2001:db8::/32"), ts("192.0.2.2", "2001:db8:1::/48"), false));
    assertEquals(ts("2001:db8::/32"), child.localSelectors());
    assertEquals(ts("2001:db8:1::/48"), child.remoteSelectors());
  }

  @Test
  void transportModeNeedsBoth() {
    PadEntry both =
        TestPeers.peer(
            "both",
            p ->
                p.child("tunnel", c -> c.local("192.0.2.1").remote("192.0.2.2"))
                    .child("host", c -> c.local("192.0.2.1").remote("192.0.2.2").transport()));
    List<TrafficSelector> us = ts("192.0.2.1");
    List<TrafficSelector> them = ts("192.0.2.2");
    NarrowedChild transport = granted(Narrowing.narrow(both, us, them, true));
    assertEquals("host", transport.profile().name());
    assertEquals(SaMode.TRANSPORT, transport.mode());
    NarrowedChild tunnel = granted(Narrowing.narrow(both, us, them, false));
    assertEquals("tunnel", tunnel.profile().name());
    assertEquals(SaMode.TUNNEL, tunnel.mode());
    Decision<NarrowedChild> declined =
        Narrowing.narrow(peer, ts("192.0.2.1"), ts("198.51.100.1"), true);
    assertEquals(SaMode.TUNNEL, granted(declined).mode());
    assertTrue(
        declined.why().text().contains("transport mode is asked for, the policy has tunnel mode"));
  }
}
