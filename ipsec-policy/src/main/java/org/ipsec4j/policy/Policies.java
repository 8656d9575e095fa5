package org.ipsec4j.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.PolicyView;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.WeakAlgorithms;
import org.ipsec4j.api.policy.WeakChoice;
import org.jspecify.annotations.Nullable;

/** The way in: makes a policy answer questions. */
public final class Policies {
  private Policies() {}

  /**
   * A policy as the IKE engine asks it.
   *
   * @param revision counts up with every change of the policy
   * @throws IllegalArgumentException when {@link #problems} finds any; the readers of policy files
   *     and {@link PolicyBuilder} never make such a policy
   */
  public static PolicyView view(PolicySet policy, long revision) {
    List<String> problems = problems(policy);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new StandardPolicyView(policy, revision);
  }

  /** What keeps a policy from being used: names that stand twice and references to nothing. */
  public static List<String> problems(PolicySet policy) {
    List<String> problems = new ArrayList<>();
    Map<String, PadEntry> peers = new HashMap<>();
    for (PadEntry peer : policy.peers()) {
      if (peers.put(peer.name(), peer) != null) {
        problems.add("two peers are named `" + peer.name() + "`");
      }
      Set<String> children = new HashSet<>();
      for (ChildProfile child : peer.children()) {
        if (!children.add(child.name())) {
          problems.add(
              "two children of peer `" + peer.name() + "` are named `" + child.name() + "`");
        }
      }
    }
    Set<String> manual = new HashSet<>();
    Set<String> stores = new HashSet<>();
    for (ManualChild child : policy.manual()) {
      if (!manual.add(child.name())) {
        problems.add("two manual children are named `" + child.name() + "`");
      }
      if (child.sequenceStore() != null && !stores.add(child.sequenceStore())) {
        problems.add(
            child.origin()
                + ": two manual children keep their numbers in `"
                + child.sequenceStore()
                + "`: each needs a sequence store of its own");
      }
    }
    problems.addAll(ManualSpis.problems(policy.manual()));
    if (!manual.isEmpty() && peers.containsKey(ManualChild.PEER)) {
      problems.add(
          "a peer is named `"
              + ManualChild.PEER
              + "`, which stands for manual keys here: give it another name");
    }
    Set<String> rules = new HashSet<>();
    for (SpdRule rule : policy.rules()) {
      if (!rules.add(rule.name())) {
        problems.add("two rules are named `" + rule.name() + "`");
      }
      boolean ofManual = ManualChild.PEER.equals(rule.peer()) && manual.contains(rule.child());
      if (rule.action() == SpdRule.Action.PROTECT
          && !ofManual
          && child(peers.get(rule.peer()), rule).isEmpty()) {
        problems.add(
            "rule `"
                + rule.name()
                + "` protects by `"
                + rule.peer()
                + "/"
                + rule.child()
                + "`, which does not exist");
      }
    }
    return problems;
  }

  /**
   * Where a policy accepts weak algorithms; monitors show these as long as it does. One for each
   * proposal that has any, in the order of the policy.
   */
  public static List<WeakChoice> weakChoices(PolicySet policy) {
    List<WeakChoice> choices = new ArrayList<>();
    for (PadEntry peer : policy.peers()) {
      for (IkeProposal proposal : peer.ike().proposals()) {
        WeakAlgorithms.in(proposal)
            .ifPresent(weak -> choices.add(new WeakChoice(peer.origin(), peer.name(), "", weak)));
      }
      for (ChildProfile child : peer.children()) {
        for (ChildProposal proposal : child.proposals()) {
          WeakAlgorithms.in(proposal)
              .ifPresent(
                  weak ->
                      choices.add(new WeakChoice(child.origin(), peer.name(), child.name(), weak)));
        }
      }
    }
    for (ManualChild child : policy.manual()) {
      for (ManualKeys layer : child.layers()) {
        WeakAlgorithms.in(layer.transform())
            .ifPresent(
                weak ->
                    choices.add(
                        new WeakChoice(child.origin(), ManualChild.PEER, child.name(), weak)));
      }
    }
    return choices;
  }

  private static Optional<ChildProfile> child(@Nullable PadEntry peer, SpdRule rule) {
    String name = rule.child();
    return peer == null || name == null ? Optional.empty() : peer.child(name);
  }
}
