package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.NarrowedChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.TrafficSelector;

class NarrowingProperties {
  /** Everything that a packet shows; the space is small enough to try all of it. */
  private record Packet(int local, int remote, int protocol, int port) {
    boolean fits(List<TrafficSelector> ours, List<TrafficSelector> theirs) {
      return matches(ours, local) && matches(theirs, remote);
    }

    private boolean matches(List<TrafficSelector> selectors, int address) {
      return selectors.stream().anyMatch(one -> one.matches(IpAddress.v4(address), protocol, port));
    }
  }

  private static final List<Packet> ALL =
      java.util.stream.IntStream.range(0, 16 * 16 * 2 * 3)
          .mapToObj(i -> new Packet(i % 16, i / 16 % 16, i / 256 % 2 == 0 ? 6 : 17, i / 512 * 80))
          .toList();

  @Property(tries = 400)
  void whatIsGrantedBothSidesSelect(
      @ForAll("children") List<List<List<TrafficSelector>>> children,
      @ForAll("selectors") List<TrafficSelector> local,
      @ForAll("selectors") List<TrafficSelector> remote) {
    PadEntry peer = peer(children);
    Decision<NarrowedChild> decision = Narrowing.narrow(peer, local, remote, false);
    switch (decision) {
      case Decision.Yes<NarrowedChild> yes -> {
        NarrowedChild grant = yes.value();
        assertFalse(grant.localSelectors().isEmpty());
        assertFalse(grant.remoteSelectors().isEmpty());
        for (Packet packet : ALL) {
          boolean asked = packet.fits(local, remote);
          boolean allowed =
              packet.fits(grant.profile().localSelectors(), grant.profile().remoteSelectors());
          // Neither more nor less: the intersection of what is asked for and what the child has.
          assertEquals(
              asked && allowed,
              packet.fits(grant.localSelectors(), grant.remoteSelectors()),
              () -> packet + " " + grant);
        }
      }
      case Decision.No<NarrowedChild> no ->
          assertTrue(
              ALL.stream()
                  .noneMatch(
                      packet ->
                          packet.fits(local, remote)
                              && children.stream()
                                  .anyMatch(child -> packet.fits(child.get(0), child.get(1)))),
              () -> no.why().text());
    }
  }

  @Property(tries = 1000)
  void theFirstChoiceIsIncludedWhereAChildAllowsIt(
      @ForAll("children") List<List<List<TrafficSelector>>> children,
      @ForAll("selectors") List<TrafficSelector> local,
      @ForAll("selectors") List<TrafficSelector> remote) {
    boolean meet =
        local.getFirst().protocol() == 0
            || remote.getFirst().protocol() == 0
            || local.getFirst().protocol() == remote.getFirst().protocol();
    boolean allowed =
        meet
            && children.stream()
                .anyMatch(
                    child ->
                        covers(child.get(0), local.getFirst())
                            && covers(child.get(1), remote.getFirst()));
    if (allowed
        && Narrowing.narrow(peer(children), local, remote, false)
            instanceof Decision.Yes<NarrowedChild> yes) {
      NarrowedChild grant = yes.value();
      assertTrue(grant.localSelectors().getFirst().contains(local.getFirst()), grant::toString);
      assertTrue(grant.remoteSelectors().getFirst().contains(remote.getFirst()), grant::toString);
    } else {
      assertFalse(allowed);
    }
  }

  private static boolean covers(List<TrafficSelector> selectors, TrafficSelector asked) {
    return selectors.stream().anyMatch(one -> one.contains(asked));
  }

  private static PadEntry peer(List<List<List<TrafficSelector>>> children) {
    return TestPeers.peer(
        "p",
        peer -> {
          for (int i = 0; i < children.size(); i++) {
            List<List<TrafficSelector>> sides = children.get(i);
            peer.child(
                "c" + i,
                child -> {
                  sides.get(0).forEach(child::local);
                  sides.get(1).forEach(child::remote);
                });
          }
          return peer;
        });
  }

  @Provide
  Arbitrary<List<TrafficSelector>> selectors() {
    return selector().list().ofMinSize(1).ofMaxSize(3);
  }

  @Provide
  Arbitrary<List<List<List<TrafficSelector>>>> children() {
    return selectors().list().ofSize(2).list().ofMinSize(1).ofMaxSize(3);
  }

  private static Arbitrary<TrafficSelector> selector() {
    Arbitrary<AddressRange> ranges =
        Combinators.combine(
                Arbitraries.integers().between(0, 15), Arbitraries.integers().between(0, 15))
            .as(
                (a, b) ->
                    new AddressRange(IpAddress.v4(Math.min(a, b)), IpAddress.v4(Math.max(a, b))));
    return Combinators.combine(ranges, Arbitraries.of(0, 0, 6, 17), Arbitraries.of(0, 1, 2))
        .as(
            (range, protocol, ports) ->
                protocol == 0 || ports == 0
                    ? new TrafficSelector(protocol, 0, 65535, range)
                    : new TrafficSelector(protocol, 80 * (ports - 1), 80 * ports, range));
  }
}
