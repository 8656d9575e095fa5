package org.ipsec4j.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/**
 * One pair of selectors of a rule: a rule with several selectors on each side selects every pair of
 * them.
 *
 * @param index of the rule in its policy
 * @param rule the rule
 * @param tunnel whether it protects in tunnel mode
 * @param local our side
 * @param remote the other side
 */
record SpdEntry(
    int index, SpdRule rule, boolean tunnel, TrafficSelector local, TrafficSelector remote) {

  /** The entries of a policy, the one that wins first. */
  static List<SpdEntry> ranked(PolicySet policy) {
    Map<String, PadEntry> peers = new HashMap<>();
    policy.peers().forEach(peer -> peers.putIfAbsent(peer.name(), peer));
    List<SpdEntry> entries = new ArrayList<>();
    for (int i = 0; i < policy.rules().size(); i++) {
      SpdRule rule = policy.rules().get(i);
      boolean tunnel = isTunnel(rule, peers) || isManualTunnel(rule, policy);
      for (TrafficSelector local : rule.localSelectors()) {
        for (TrafficSelector remote : rule.remoteSelectors()) {
          entries.add(new SpdEntry(i, rule, tunnel, local, remote));
        }
      }
    }
    if (policy.order() == PolicySet.Order.SPECIFICITY) {
      // The sort is stable: what is equally specific stays as written.
      entries.sort(
          Comparator.comparing((SpdEntry entry) -> !entry.tunnel)
              .thenComparingInt(SpdEntry::freeBits)
              .thenComparing(SpdEntry::anyProtocol)
              .thenComparingInt(SpdEntry::portWidth)
              .thenComparingInt(entry -> actionRank(entry.rule.action())));
    }
    return entries;
  }

  /** What a rule does: where it is equal, it makes no difference which rule is applied. */
  record Effect(SpdRule.Action action, @Nullable String peer, @Nullable String child) {
    static Effect of(SpdRule rule) {
      return new Effect(rule.action(), rule.peer(), rule.child());
    }
  }

  /** Whether it makes no difference which of the two rules is applied. */
  static boolean sameEffect(SpdRule one, SpdRule other) {
    return Effect.of(one).equals(Effect.of(other));
  }

  private static boolean isTunnel(SpdRule rule, Map<String, PadEntry> peers) {
    String name = rule.child();
    PadEntry peer = peers.get(rule.peer());
    return peer != null
        && name != null
        && peer.child(name).filter(child -> child.mode() == SaMode.TUNNEL).isPresent();
  }

  private static boolean isManualTunnel(SpdRule rule, PolicySet policy) {
    String name = rule.child();
    return name != null
        && ManualChild.PEER.equals(rule.peer())
        && policy.manual(name).filter(child -> child.mode() == SaMode.TUNNEL).isPresent();
  }

  private int freeBits() {
    return RangeSize.freeBits(local.addresses()) + RangeSize.freeBits(remote.addresses());
  }

  private boolean anyProtocol() {
    return local.protocol() == 0 && remote.protocol() == 0;
  }

  private int portWidth() {
    return portWidth(local) + portWidth(remote);
  }

  /** One port or OPAQUE, a range, any. */
  private static int portWidth(TrafficSelector selector) {
    if (selector.anyPort()) {
      return 2;
    }
    return selector.isOpaque() || selector.firstPort() == selector.lastPort() ? 0 : 1;
  }

  private static int actionRank(SpdRule.Action action) {
    return switch (action) {
      case DISCARD -> 0;
      case BYPASS -> 1;
      case PROTECT -> 2;
    };
  }
}
