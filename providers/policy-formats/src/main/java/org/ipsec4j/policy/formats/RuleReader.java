package org.ipsec4j.policy.formats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.ipsec4j.api.NearestWord;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.SpdRule.Action;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the rules, and puts those of the children where they belong. */
final class RuleReader {
  private static final String DEFAULT_RULE = "default";
  private static final int MOST_COMPARED = 2000;
  private static final List<String> ACTIONS = List.of("bypass", "discard", "protect");
  private static final Map<String, String> RULE = ruleKeys();

  private final Map<String, SpdRule> children = new LinkedHashMap<>();
  private final Set<String> wrongPeers;
  private final Problems problems;

  /**
   * @param peers those that could be read
   * @param manual children with manual keys, likewise
   * @param wrongPeers names of those that could not, to which rules may refer all the same
   */
  RuleReader(
      List<PadEntry> peers, List<ManualChild> manual, Set<String> wrongPeers, Problems problems) {
    this.wrongPeers = wrongPeers;
    this.problems = problems;
    for (PadEntry peer : peers) {
      for (ChildProfile child : peer.children()) {
        String name = peer.name() + "/" + child.name();
        children.put(name, protect(name, peer, child));
      }
    }
    for (ManualChild child : manual) {
      String name = ManualChild.PEER + "/" + child.name();
      children.put(
          name,
          new SpdRule(
              name,
              Action.PROTECT,
              child.localSelectors(),
              child.remoteSelectors(),
              ManualChild.PEER,
              child.name(),
              child.origin()));
    }
  }

  private static Map<String, String> ruleKeys() {
    Map<String, String> keys =
        Fields.keys(
            "name", "name: ssh",
            "bypass", "bypass: true",
            "discard", "discard: true",
            "protect", "protect: b/net");
    keys.putAll(Fields.keys(SelectorReader.KEYS));
    return keys;
  }

  private static SpdRule protect(String name, PadEntry peer, ChildProfile child) {
    return new SpdRule(
        name,
        Action.PROTECT,
        child.localSelectors(),
        child.remoteSelectors(),
        peer.name(),
        child.name(),
        child.origin());
  }

  /**
   * All rules in order, the default one last.
   *
   * @param rules the list in the file, or null
   * @param otherwise what becomes of other traffic
   * @param origin where that was written
   */
  List<SpdRule> read(@Nullable Value rules, Action otherwise, Origin origin) {
    List<SpdRule> all = new ArrayList<>();
    if (rules != null && !(rules.node() instanceof SequenceNode)) {
      problems.error(
          rules.node(), "a list of rules", Scalars.describe(rules.node()), rules.example());
    }
    if (rules != null && rules.node() instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        SpdRule rule = rule(new Value(item, rules.example()), all.size() + 1);
        if (rule != null) {
          add(rule, item, all);
        }
      }
    }
    Set<SpdRule> placed = new LinkedHashSet<>(all);
    children.values().stream().filter(rule -> !placed.contains(rule)).forEach(all::add);
    warnOfShadows(all);
    List<TrafficSelector> any =
        List.of(TrafficSelector.of(AddressRange.ANY_V4), TrafficSelector.of(AddressRange.ANY_V6));
    all.add(new SpdRule(DEFAULT_RULE, otherwise, any, any, null, null, origin));
    return all;
  }

  private void add(SpdRule rule, Node node, List<SpdRule> all) {
    boolean taken =
        rule.name().equals(DEFAULT_RULE)
            || all.stream().anyMatch(other -> other.name().equals(rule.name()))
            || (rule.action() != Action.PROTECT && children.containsKey(rule.name()));
    if (taken) {
      problems.error(
          node, "each rule once, and none named `default`", "`" + rule.name() + "` again", null);
    } else {
      all.add(rule);
    }
  }

  private @Nullable SpdRule rule(Value value, int number) {
    Fields fields = Fields.of(value, "a rule", RULE, problems);
    if (fields == null) {
      return null;
    }
    List<String> actions = ACTIONS.stream().filter(fields::has).toList();
    if (actions.isEmpty() && fields.strange()) {
      return null;
    }
    if (actions.size() != 1) {
      problems.error(
          fields.node(),
          "one of `bypass`, `discard` and `protect`",
          actions.isEmpty() ? "none of them" : "several of them",
          value.example());
      return null;
    }
    String name = fields.read("name", Scalars::text, "rule-" + number);
    if (actions.contains("protect")) {
      return fields.read("protect", (target, p) -> protect(target, fields));
    }
    Boolean set = fields.read(actions.getFirst(), RuleReader::justTrue);
    SelectorReader.Sides sides = new SelectorReader(fields, problems).read(null, null);
    if (set == null || sides == null) {
      return null;
    }
    return new SpdRule(
        name,
        actions.contains("bypass") ? Action.BYPASS : Action.DISCARD,
        sides.local(),
        sides.remote(),
        null,
        null,
        problems.origin(fields.node(), name));
  }

  private static @Nullable Boolean justTrue(Value value, Problems problems) {
    Boolean set = Scalars.bool(value, problems);
    if (Boolean.FALSE.equals(set)) {
      problems.error(value.node(), "true, or no such key", "false", value.example());
      return null;
    }
    return set;
  }

  private @Nullable SpdRule protect(Value value, Fields fields) {
    for (String key : Stream.of(SelectorReader.KEYS).filter(fields::has).toList()) {
      problems.error(
          fields.nodeOf(key), "the traffic to be said by the child", "`" + key + "`", null);
    }
    String name = Scalars.text(value, problems);
    if (name == null) {
      return null;
    }
    SpdRule rule = children.get(name);
    boolean ofWrongPeer = wrongPeers.stream().anyMatch(peer -> name.startsWith(peer + "/"));
    if (rule == null && !ofWrongPeer) {
      String meant = NearestWord.of(name, children.keySet()).orElse(null);
      problems.error(
          value.node(),
          "a peer and its child, as they are named above",
          "`" + name + "`" + (meant == null ? "" : ", did you mean `" + meant + "`?"),
          "protect: " + (meant != null ? meant : "b/net"));
    }
    return rule;
  }

  /** A rule that never gets anything is not what its author thinks it is. */
  private void warnOfShadows(List<SpdRule> rules) {
    int compared = Math.min(rules.size(), MOST_COMPARED);
    for (int i = 1; i < compared; i++) {
      SpdRule rule = rules.get(i);
      for (int j = 0; j < i; j++) {
        SpdRule above = rules.get(j);
        if (covers(above.localSelectors(), rule.localSelectors())
            && covers(above.remoteSelectors(), rule.remoteSelectors())) {
          problems.warnAt(
              rule.origin().line(),
              0,
              "rule `"
                  + rule.name()
                  + "` is never reached: `"
                  + above.name()
                  + "` in line "
                  + above.origin().line()
                  + " selects all of its traffic");
          break;
        }
      }
    }
  }

  private static boolean covers(List<TrafficSelector> above, List<TrafficSelector> below) {
    return below.stream().allMatch(one -> above.stream().anyMatch(all -> all.contains(one)));
  }
}
