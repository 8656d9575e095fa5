package org.ipsec4j.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeStatus.IkeSaStatus;
import org.ipsec4j.api.ike.IkeStatus.Phase;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.IkeSaId;

/** What scenarios assert of the two sides, in words of the domain. Each throws AssertionError. */
public final class SaAssertions {
  private SaAssertions() {}

  /**
   * Every SA of one side has its mirror on the other: IKE SAs with the same SPIs and opposite
   * roles; Child SAs with the same SPIs, transform, keys, selectors and mode. Lingering SAs do not
   * count.
   */
  public static void assertAgree(SaSide one, SaSide other) {
    List<String> differences = differences(one, other);
    if (!differences.isEmpty()) {
      throw new AssertionError(String.join("; ", differences));
    }
  }

  /** What {@link #assertAgree} would complain of; empty when the sides agree. */
  public static List<String> differences(SaSide one, SaSide other) {
    List<String> found = new ArrayList<>();
    compareIke(one, other, found);
    compareIke(other, one, found);
    compareChildren(one, other, found);
    compareChildren(other, one, found);
    return found;
  }

  private static void compareIke(SaSide one, SaSide other, List<String> found) {
    for (IkeSaStatus sa : one.ike().ikeSas()) {
      boolean mirrored =
          other.ike().ikeSas().stream()
              .anyMatch(
                  each ->
                      each.ikeSa().equals(sa.ikeSa())
                          && each.phase() == sa.phase()
                          && each.initiator() != sa.initiator()
                          && each.children().size() == sa.children().size());
      if (!mirrored) {
        found.add(
            one.name()
                + " has IKE SA "
                + sa.ikeSa()
                + " "
                + sa.phase()
                + " with "
                + sa.children().size()
                + " children, "
                + other.name()
                + " has "
                + other.ike().ikeSas().stream()
                    .map(each -> each.ikeSa() + " " + each.phase() + " " + each.children().size())
                    .toList());
      }
    }
  }

  private static void compareChildren(SaSide one, SaSide other, List<String> found) {
    for (SaView view : one.childSas()) {
      if (view.lingering()) {
        continue;
      }
      ChildSa mirror =
          other.childSas().stream()
              .filter(each -> !each.lingering())
              .map(SaView::sa)
              .filter(each -> each.outboundSpi() == view.sa().inboundSpi())
              .findFirst()
              .orElse(null);
      if (mirror == null) {
        found.add(one.name() + " has " + view + ", " + other.name() + " has no such thing");
      } else {
        compare(one, view.sa(), mirror, found);
      }
    }
  }

  private static void compare(SaSide one, ChildSa sa, ChildSa mirror, List<String> found) {
    String what = one.name() + " " + sa.id() + ": ";
    if (sa.outboundSpi() != mirror.inboundSpi()) {
      found.add(what + "outbound SPIs differ");
    }
    if (!sa.transform().equals(mirror.transform())) {
      found.add(what + sa.transform() + " is not " + mirror.transform());
    }
    if (!sa.inboundKeys().encryption().equals(mirror.outboundKeys().encryption())
        || !sa.inboundKeys().integrity().equals(mirror.outboundKeys().integrity())) {
      found.add(what + "keys differ");
    }
    if (sa.mode() != mirror.mode()) {
      found.add(what + "modes differ");
    }
    if (!sa.localSelectors().equals(mirror.remoteSelectors())
        || !sa.remoteSelectors().equals(mirror.localSelectors())) {
      found.add(what + "selectors differ");
    }
    if (sa.initiator() == mirror.initiator()) {
      found.add(what + "both sides have the same role");
    }
  }

  /** They agree, there is an IKE SA, and each side has a Child SA that it may send on. */
  public static void assertEstablished(SaSide one, SaSide other) {
    assertAgree(one, other);
    for (SaSide side : List.of(one, other)) {
      if (established(side).isEmpty()) {
        throw new AssertionError(side.name() + " has no IKE SA that is up");
      }
      if (side.childSas().stream().noneMatch(SaView::sending)) {
        throw new AssertionError(side.name() + " has no Child SA to send on");
      }
    }
  }

  /** SPIs of the IKE SAs that are up, sorted. */
  public static List<IkeSaId> established(SaSide side) {
    return side.ike().ikeSas().stream()
        .filter(sa -> sa.phase() == Phase.ESTABLISHED)
        .map(IkeSaStatus::ikeSa)
        .sorted(Comparator.comparingLong(IkeSaId::initiatorSpi))
        .toList();
  }

  /** No SA of any kind is left on either side. */
  public static void assertNothingLeft(SaSide... sides) {
    for (SaSide side : sides) {
      if (!side.ike().ikeSas().isEmpty() || !side.childSas().isEmpty()) {
        throw new AssertionError(
            side.name() + " still has " + side.ike().ikeSas() + " and " + side.childSas());
      }
    }
  }

  /** No IKE datagram was dropped. */
  public static void assertNoDrops(EngineHost... hosts) {
    for (EngineHost host : hosts) {
      assertNoDropsBut(host, Set.of());
    }
  }

  /** No IKE datagram was dropped but for the given reasons. */
  public static void assertNoDropsBut(EngineHost host, Set<IkeDropReason> allowed) {
    Set<IkeDropReason> seen = EnumSet.noneOf(IkeDropReason.class);
    for (Map.Entry<IkeDropReason, Long> drop : host.drops().entrySet()) {
      if (drop.getValue() > 0 && !allowed.contains(drop.getKey())) {
        seen.add(drop.getKey());
      }
    }
    if (!seen.isEmpty() || host.unknownSpis() > 0) {
      throw new AssertionError(
          host.name()
              + " dropped "
              + host.drops()
              + " and "
              + host.unknownSpis()
              + " packets of unknown SPI");
    }
  }

  /** No negotiation failed. */
  public static void assertNoFailures(EngineHost... hosts) {
    for (EngineHost host : hosts) {
      List<IkeEvent.NegotiationFailed> failures = host.events(IkeEvent.NegotiationFailed.class);
      if (!failures.isEmpty()) {
        throw new AssertionError(host.name() + ": " + failures);
      }
    }
  }
}
