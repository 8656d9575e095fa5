package org.ipsec4j.policy;

import java.util.List;
import org.ipsec4j.api.policy.Explanation;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/**
 * The SPD as its specification reads (RFC 4301 4.4.1): look at one rule after the other, take the
 * first that selects the packet. Slow, obvious, and able to say why; {@link CompiledSpd} is the
 * fast one and gives the same answers.
 *
 * <p>A policy in {@link PolicySet.Order#SEQUENCE} ranks its rules as written. In {@link
 * PolicySet.Order#SPECIFICITY} the more specific pair of selectors wins: tunnels first, then by
 * addresses, protocol, ports, then DISCARD before BYPASS before PROTECT, then as written.
 *
 * <p>A packet that does not show its protocol or ports is decided only when the rules that need
 * them make no difference: else a fragment could leave in clear that a rule above protects.
 * Immutable, thread-safe.
 */
public final class LinearSpd {
  /** No rule selects the packet: it is discarded (RFC 4301 4.4.1). */
  public static final int NO_MATCH = -1;

  /** The packet does not show its protocol or ports, and they decide. */
  public static final int UNDECIDED = -2;

  /**
   * What becomes of a packet.
   *
   * @param index of the rule in the policy, or {@link #NO_MATCH} or {@link #UNDECIDED}
   * @param rule the rule; null when there is none
   * @param why the rule that won, those that lost and those that do not match
   */
  public record Verdict(int index, @Nullable SpdRule rule, Explanation why) {}

  private enum Fit {
    YES,
    MAYBE,
    NO
  }

  private final PolicySet policy;
  private final List<SpdEntry> entries;

  /** The SPD of a policy. */
  public LinearSpd(PolicySet policy) {
    this.policy = policy;
    entries = List.copyOf(SpdEntry.ranked(policy));
  }

  /** The index of the rule that decides, or {@link #NO_MATCH} or {@link #UNDECIDED}. */
  public int classify(Flow flow) {
    SpdRule possible = null;
    boolean differ = false;
    for (SpdEntry entry : entries) {
      switch (fit(entry, flow)) {
        case NO -> {}
        case MAYBE -> {
          differ |= possible != null && !SpdEntry.sameEffect(possible, entry.rule());
          possible = entry.rule();
        }
        case YES -> {
          boolean clear =
              possible == null || (!differ && SpdEntry.sameEffect(possible, entry.rule()));
          return clear ? entry.index() : UNDECIDED;
        }
      }
    }
    return possible == null ? NO_MATCH : UNDECIDED;
  }

  /** What becomes of a packet, and why. */
  public Verdict explain(Flow flow) {
    int index = classify(flow);
    SpdRule winner = index >= 0 ? policy.rules().get(index) : null;
    Steps steps = new Steps();
    for (int i = 0; i < policy.rules().size(); i++) {
      if (i != index) {
        explain(i, flow, winner, steps);
      }
    }
    if (winner != null) {
      steps.chosen(subject(winner), "it selects the packet: " + effect(winner), winner.origin());
    } else if (index == NO_MATCH) {
      steps.rejected(flow.toString(), "no rule selects the packet: it is discarded", null);
    } else {
      steps.rejected(
          flow.toString(), "the packet does not show its protocol or ports, and they decide", null);
    }
    return new Verdict(index, winner, steps.explain(flow.toString(), "the policy has no rules"));
  }

  private void explain(int index, Flow flow, @Nullable SpdRule winner, Steps steps) {
    SpdRule rule = policy.rules().get(index);
    Fit best = Fit.NO;
    for (SpdEntry entry : entries) {
      if (entry.index() == index) {
        Fit fit = fit(entry, flow);
        best = fit.compareTo(best) < 0 ? fit : best;
      }
    }
    switch (best) {
      case NO -> steps.rejected(subject(rule), mismatch(rule, flow), rule.origin());
      case MAYBE ->
          steps.lost(
              subject(rule),
              "it needs a protocol or ports, which the packet does not show",
              rule.origin());
      case YES ->
          steps.lost(subject(rule), "it selects the packet too; " + why(winner), rule.origin());
    }
  }

  private String why(@Nullable SpdRule winner) {
    if (winner == null) {
      return "a rule that needs what the packet does not show stands before it";
    }
    return policy.order() == PolicySet.Order.SEQUENCE
        ? "`" + winner.name() + "` is written before it"
        : "`" + winner.name() + "` is more specific, or equally so and goes before it";
  }

  private static Fit fit(SpdEntry entry, Flow flow) {
    return worse(fit(entry.local(), flow, true), fit(entry.remote(), flow, false));
  }

  private static Fit fit(TrafficSelector selector, Flow flow, boolean local) {
    int port = local ? flow.localPort() : flow.remotePort();
    if (!selector.addresses().contains(local ? flow.local() : flow.remote())) {
      return Fit.NO;
    }
    return worse(protocolFit(selector, flow.protocol()), portFit(selector, port));
  }

  private static Fit protocolFit(TrafficSelector selector, int protocol) {
    if (selector.protocol() == 0 || selector.protocol() == protocol) {
      return Fit.YES;
    }
    return protocol == Flow.UNKNOWN ? Fit.MAYBE : Fit.NO;
  }

  private static Fit portFit(TrafficSelector selector, int port) {
    if (selector.anyPort() || port == Flow.NOT_COMPARED) {
      return Fit.YES;
    }
    if (port == Flow.UNKNOWN) {
      return selector.isOpaque() ? Fit.YES : Fit.MAYBE;
    }
    boolean inside = selector.firstPort() <= port && port <= selector.lastPort();
    return inside ? Fit.YES : Fit.NO;
  }

  private static Fit worse(Fit one, Fit other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static String mismatch(SpdRule rule, Flow flow) {
    boolean local = rule.localSelectors().stream().anyMatch(one -> fit(one, flow, true) != Fit.NO);
    boolean remote =
        rule.remoteSelectors().stream().anyMatch(one -> fit(one, flow, false) != Fit.NO);
    if (local && remote) {
      return "no pair of its selectors fits";
    }
    String missed = "";
    if (!local) {
      missed = "our side is " + rule.localSelectors() + ", the packet's " + side(flow, true);
    }
    if (!remote) {
      missed +=
          (missed.isEmpty() ? "" : "; ")
              + "the other side is "
              + rule.remoteSelectors()
              + ", the packet's "
              + side(flow, false);
    }
    return missed;
  }

  private static String side(Flow flow, boolean local) {
    int port = local ? flow.localPort() : flow.remotePort();
    return (local ? flow.local() : flow.remote())
        + "["
        + flow.protocol()
        + (port < 0 ? "" : "/" + port)
        + "]";
  }

  private static String effect(SpdRule rule) {
    return switch (rule.action()) {
      case PROTECT -> "protected by `" + rule.peer() + "/" + rule.child() + "`";
      case BYPASS -> "it passes in clear";
      case DISCARD -> "it is discarded";
    };
  }

  private static String subject(SpdRule rule) {
    return "rule `" + rule.name() + "`";
  }
}
