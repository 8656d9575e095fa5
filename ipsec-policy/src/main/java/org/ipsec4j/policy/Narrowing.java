package org.ipsec4j.policy;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.NarrowedChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/**
 * Grants traffic to an initiator (RFC 7296 2.9).
 *
 * <p>A child that covers the initiator's first selectors, which may be those of the packet it waits
 * with, goes before one that covers a part of them, and that before the others; then one whose mode
 * is the mode asked for; then the one that is written first.
 */
final class Narrowing {
  /** A TS payload counts its selectors in one octet. */
  private static final int MOST = 255;

  private enum First {
    COVERED,
    TOUCHED,
    MISSED
  }

  /** What a child would grant. */
  private record Grant(
      ChildProfile child,
      List<TrafficSelector> local,
      List<TrafficSelector> remote,
      First first,
      boolean modeAsAsked) {
    boolean goesBefore(Grant other) {
      int byFirst = first.compareTo(other.first);
      return byFirst != 0 ? byFirst < 0 : modeAsAsked && !other.modeAsAsked;
    }
  }

  private Narrowing() {}

  static Decision<NarrowedChild> narrow(
      PadEntry peer,
      List<TrafficSelector> local,
      List<TrafficSelector> remote,
      boolean transportAsked) {
    Steps steps = new Steps();
    if (local.isEmpty() || remote.isEmpty()) {
      return new Decision.No<>(
          steps.explain("traffic selectors", "the peer asks for nothing that we understand"));
    }
    List<Grant> grants = new ArrayList<>();
    Grant best = null;
    for (ChildProfile child : peer.children()) {
      Grant grant = grant(child, local, remote, transportAsked, steps);
      if (grant != null) {
        grants.add(grant);
        best = best == null || grant.goesBefore(best) ? grant : best;
      }
    }
    if (best == null) {
      return new Decision.No<>(
          steps.explain("traffic selectors", "peer `" + peer.name() + "` has no children"));
    }
    for (Grant grant : grants) {
      if (!grant.equals(best)) {
        steps.lost(
            subject(grant.child()),
            "`" + best.child().name() + "` fits better",
            grant.child().origin());
      }
    }
    return new Decision.Yes<>(
        result(best, local, remote, transportAsked, steps), steps.explain("traffic selectors", ""));
  }

  private static NarrowedChild result(
      Grant grant,
      List<TrafficSelector> local,
      List<TrafficSelector> remote,
      boolean transportAsked,
      Steps steps) {
    ChildProfile child = grant.child();
    SaMode mode =
        transportAsked && child.mode() == SaMode.TRANSPORT ? SaMode.TRANSPORT : SaMode.TUNNEL;
    String traffic = grant.local() + " === " + grant.remote();
    if (covers(grant.local(), local) && covers(grant.remote(), remote)) {
      steps.chosen(subject(child), "all that is asked for: " + traffic, child.origin());
    } else {
      steps.narrowed(
          subject(child),
          "asked for " + local + " === " + remote + ", granted " + traffic,
          child.origin());
    }
    if (!grant.modeAsAsked()) {
      steps.narrowed(
          subject(child),
          transportAsked
              ? "transport mode is asked for, the policy has tunnel mode"
              : "the policy has transport mode, which is not asked for: tunnel mode it is",
          child.origin());
    }
    return new NarrowedChild(child, mode, grant.local(), grant.remote());
  }

  private static @Nullable Grant grant(
      ChildProfile child,
      List<TrafficSelector> local,
      List<TrafficSelector> remote,
      boolean transportAsked,
      Steps steps) {
    List<TrafficSelector> ours = intersect(local, child.localSelectors());
    List<TrafficSelector> theirs = intersect(remote, child.remoteSelectors());
    if (ours.isEmpty() || theirs.isEmpty()) {
      steps.rejected(
          subject(child),
          IkeChoice.join(
              ours.isEmpty() ? disjoint("our side", local, child.localSelectors()) : "",
              theirs.isEmpty() ? disjoint("the peer's side", remote, child.remoteSelectors()) : ""),
          child.origin());
      return null;
    }
    List<TrafficSelector> oursPaired = paired(ours, theirs);
    List<TrafficSelector> theirsPaired = paired(theirs, ours);
    if (oursPaired.isEmpty() || theirsPaired.isEmpty()) {
      steps.rejected(
          subject(child),
          "no packet can be selected on both sides: "
              + ours
              + " and "
              + theirs
              + " differ in protocol or address family",
          child.origin());
      return null;
    }
    boolean modeAsAsked = transportAsked == (child.mode() == SaMode.TRANSPORT);
    First first =
        worse(first(local.getFirst(), oursPaired), first(remote.getFirst(), theirsPaired));
    return new Grant(
        child,
        reduced(oursPaired, local.getFirst()),
        reduced(theirsPaired, remote.getFirst()),
        first,
        modeAsAsked);
  }

  private static First worse(First a, First b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static First first(TrafficSelector asked, List<TrafficSelector> granted) {
    if (granted.stream().anyMatch(selector -> selector.contains(asked))) {
      return First.COVERED;
    }
    return granted.stream().anyMatch(selector -> selector.intersect(asked).isPresent())
        ? First.TOUCHED
        : First.MISSED;
  }

  private static List<TrafficSelector> intersect(
      List<TrafficSelector> asked, List<TrafficSelector> allowed) {
    List<TrafficSelector> common = new ArrayList<>();
    for (TrafficSelector one : asked) {
      for (TrafficSelector other : allowed) {
        one.intersect(other).filter(both -> !common.contains(both)).ifPresent(common::add);
      }
    }
    return common;
  }

  /** The selectors that some packet can match together with one of the other side. */
  private static List<TrafficSelector> paired(
      List<TrafficSelector> side, List<TrafficSelector> other) {
    return side.stream().filter(a -> other.stream().anyMatch(b -> pairs(a, b))).toList();
  }

  private static boolean pairs(TrafficSelector a, TrafficSelector b) {
    return a.addresses().isV4() == b.addresses().isV4()
        && (a.protocol() == 0 || b.protocol() == 0 || a.protocol() == b.protocol());
  }

  /** Without what another one contains; what covers {@code first} stands in front. */
  private static List<TrafficSelector> reduced(
      List<TrafficSelector> selectors, TrafficSelector first) {
    List<TrafficSelector> kept = new ArrayList<>();
    for (TrafficSelector selector : selectors) {
      if (kept.stream().noneMatch(other -> other.contains(selector))) {
        kept.removeIf(selector::contains);
        if (selector.intersect(first).isPresent() && (kept.isEmpty() || selector.contains(first))) {
          kept.addFirst(selector);
        } else {
          kept.add(selector);
        }
      }
    }
    return kept.size() > MOST ? List.copyOf(kept.subList(0, MOST)) : List.copyOf(kept);
  }

  private static boolean covers(List<TrafficSelector> granted, List<TrafficSelector> asked) {
    return asked.stream().allMatch(one -> granted.stream().anyMatch(all -> all.contains(one)));
  }

  private static String disjoint(
      String side, List<TrafficSelector> asked, List<TrafficSelector> allowed) {
    return side + ": asked for " + asked + ", the policy has " + allowed + ", nothing in common";
  }

  private static String subject(ChildProfile child) {
    return "child `" + child.name() + "`";
  }
}
