package org.ipsec4j.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;

/**
 * Makes a policy in a program, for hosts that embed the library without a policy file.
 *
 * <p>Rules stand in the order of the calls. The children of a peer stand as rules where {@link
 * #protect} names them, the others behind all rules. What is not said is as {@link
 * org.ipsec4j.api.policy.Defaults} has it. Misuse ends in {@link IllegalArgumentException} from the
 * call that is wrong, or from {@link #build} where only the whole shows it. Thread-confined.
 *
 * {@snippet class="org.ipsec4j.policy.PolicyBuilderSnippets" region="site"}
 */
public final class PolicyBuilder {
  /** Name of the rule that {@link #otherwise} writes. */
  public static final String DEFAULT_RULE = "default";

  private sealed interface Entry {
    record Plain(SpdRule rule) implements Entry {}

    record Protect(String peer, String child) implements Entry {
      boolean isManual(Map<String, ManualChild> manual) {
        return peer.equals(ManualChild.PEER) && manual.containsKey(child);
      }
    }
  }

  private final String name;
  private final Map<String, PadEntry> peers = new LinkedHashMap<>();
  private final Map<String, ManualChild> manual = new LinkedHashMap<>();
  private final List<Entry> entries = new ArrayList<>();
  private PolicySet.Order order = PolicySet.Order.SEQUENCE;
  private SpdRule.Action otherwise = SpdRule.Action.DISCARD;

  private PolicyBuilder(String name) {
    this.name = name;
  }

  /** Begins a policy. */
  public static PolicyBuilder named(String name) {
    return new PolicyBuilder(name);
  }

  /** How rules are ranked; as written when not said. */
  public PolicyBuilder order(PolicySet.Order ranking) {
    order = ranking;
    return this;
  }

  /** Adds a peer, described by {@code description}. */
  public PolicyBuilder peer(String peerName, Consumer<PeerBuilder> description) {
    PeerBuilder peer = new PeerBuilder(peerName);
    description.accept(peer);
    if (peers.put(peerName, peer.build()) != null) {
      throw new IllegalArgumentException("two peers are named `" + peerName + "`");
    }
    return this;
  }

  /**
   * Adds a flow with manual keys. Its rule stands behind all others, or where {@link #protect}
   * names {@link ManualChild#PEER} and its name.
   */
  public PolicyBuilder manual(ManualChild child) {
    if (manual.put(child.name(), child) != null) {
      throw new IllegalArgumentException("two manual children are named `" + child.name() + "`");
    }
    return this;
  }

  /** Lets the traffic between the selectors pass in clear. */
  public PolicyBuilder bypass(String rule, TrafficSelector local, TrafficSelector remote) {
    return add(rule, SpdRule.Action.BYPASS, local, remote);
  }

  /** Discards the traffic between the selectors. */
  public PolicyBuilder discard(String rule, TrafficSelector local, TrafficSelector remote) {
    return add(rule, SpdRule.Action.DISCARD, local, remote);
  }

  /** The rule of a child stands here. */
  public PolicyBuilder protect(String peer, String child) {
    entries.add(new Entry.Protect(peer, child));
    return this;
  }

  /**
   * What becomes of all other traffic: discarded when not said (RFC 4301 4.4.1).
   *
   * @param action BYPASS or DISCARD
   */
  public PolicyBuilder otherwise(SpdRule.Action action) {
    if (action == SpdRule.Action.PROTECT) {
      throw new IllegalArgumentException("traffic that no rule selects cannot be protected");
    }
    otherwise = action;
    return this;
  }

  /** The policy. */
  public PolicySet build() {
    List<SpdRule> rules = new ArrayList<>();
    Set<String> placed = new HashSet<>();
    for (Entry entry : entries) {
      switch (entry) {
        case Entry.Plain plain -> rules.add(plain.rule());
        case Entry.Protect protect when protect.isManual(manual) -> {
          ManualChild child = Objects.requireNonNull(manual.get(protect.child()));
          placed.add(ruleName(child));
          rules.add(protect(child));
        }
        case Entry.Protect protect -> {
          PadEntry peer = peers.get(protect.peer());
          ChildProfile child = peer == null ? null : peer.child(protect.child()).orElse(null);
          if (peer == null || child == null) {
            throw new IllegalArgumentException(
                "there is no child `" + protect.peer() + "/" + protect.child() + "`");
          }
          placed.add(ruleName(peer, child));
          rules.add(protect(peer, child));
        }
      }
    }
    for (PadEntry peer : peers.values()) {
      for (ChildProfile child : peer.children()) {
        if (!placed.contains(ruleName(peer, child))) {
          rules.add(protect(peer, child));
        }
      }
    }
    for (ManualChild child : manual.values()) {
      if (!placed.contains(ruleName(child))) {
        rules.add(protect(child));
      }
    }
    List<TrafficSelector> any =
        List.of(TrafficSelector.of(AddressRange.ANY_V4), TrafficSelector.of(AddressRange.ANY_V6));
    rules.add(new SpdRule(DEFAULT_RULE, otherwise, any, any, null, null, Origin.PROGRAM));
    PolicySet policy =
        new PolicySet(
            name,
            order,
            List.copyOf(peers.values()),
            List.copyOf(manual.values()),
            rules,
            Origin.PROGRAM);
    List<String> problems = Policies.problems(policy);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return policy;
  }

  private static String ruleName(PadEntry peer, ChildProfile child) {
    return peer.name() + "/" + child.name();
  }

  private static String ruleName(ManualChild child) {
    return ManualChild.PEER + "/" + child.name();
  }

  private static SpdRule protect(ManualChild child) {
    return new SpdRule(
        ruleName(child),
        SpdRule.Action.PROTECT,
        child.localSelectors(),
        child.remoteSelectors(),
        ManualChild.PEER,
        child.name(),
        child.origin());
  }

  private static SpdRule protect(PadEntry peer, ChildProfile child) {
    return new SpdRule(
        ruleName(peer, child),
        SpdRule.Action.PROTECT,
        child.localSelectors(),
        child.remoteSelectors(),
        peer.name(),
        child.name(),
        child.origin());
  }

  private PolicyBuilder add(
      String rule, SpdRule.Action action, TrafficSelector local, TrafficSelector remote) {
    entries.add(
        new Entry.Plain(
            new SpdRule(
                rule, action, List.of(local), List.of(remote), null, null, Origin.PROGRAM)));
    return this;
  }
}
