package org.ipsec4j.policy.formats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.document.NodeSettings;
import org.ipsec4j.api.policy.document.PolicyDocument;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads a whole policy file. */
final class DocumentReader {
  private static final Map<String, String> DOCUMENT =
      Fields.keys(
          "version", "version: 1",
          "name", "name: site A",
          "node", "node: { tun: { addresses: [10.1.0.1/24] } }",
          "peers", "peers: { " + PeerReader.EXAMPLE + " }",
          "manual", "manual: { " + ManualReader.EXAMPLE + " }",
          "rules",
              "rules: [{ name: ssh, bypass: true, protocol: tcp, local-port: 22, "
                  + "local: any, remote: any }]",
          "default", "default: discard");
  private static final Map<String, SpdRule.Action> DEFAULTS =
      Scalars.words("discard", SpdRule.Action.DISCARD, "bypass", SpdRule.Action.BYPASS);

  private final Problems problems;
  private final AuthReader.Credentials credentials =
      new AuthReader.Credentials(new HashMap<>(), new HashMap<>(), new HashMap<>());

  DocumentReader(Problems problems) {
    this.problems = problems;
  }

  /** The document; of use only when there are no problems. */
  @Nullable PolicyDocument read(Node root) {
    Fields fields = Fields.of(new Value(root, "version: 1"), "a policy", DOCUMENT, problems);
    if (fields == null) {
      return null;
    }
    fields.require("version", "the version of this form", Scalars.integer(1, 1));
    String name = fields.read("name", Scalars::text, "policy");
    NodeSettings node = fields.read("node", NodeReader::read, NodeSettings.DEFAULT);
    List<PadEntry> peers = new ArrayList<>();
    Set<String> wrong = new HashSet<>();
    readPeers(fields.value("peers"), node, peers, wrong);
    List<ManualChild> manual = new ArrayList<>();
    readManual(fields.value("manual"), manual, wrong);
    SpdRule.Action otherwise =
        fields.read("default", Scalars.word(DEFAULTS), SpdRule.Action.DISCARD);
    List<SpdRule> rules =
        new RuleReader(peers, manual, wrong, problems)
            .read(
                fields.value("rules"),
                otherwise,
                problems.origin(fields.nodeOf("default"), "default"));
    return new PolicyDocument(
        new PolicySet(
            name, PolicySet.Order.SEQUENCE, peers, manual, rules, problems.origin(root, name)),
        node,
        credentials.secrets(),
        credentials.certificates(),
        credentials.trusts());
  }

  private void readManual(@Nullable Value value, List<ManualChild> manual, Set<String> wrong) {
    if (value == null) {
      return;
    }
    for (Map.Entry<ScalarNode, Node> entry : Fields.named(value, "manual children", problems)) {
      ManualChild child =
          new ManualReader(entry.getKey(), credentials, problems).read(entry.getValue());
      if (child == null) {
        wrong.add(ManualChild.PEER);
      } else {
        manual.add(child);
      }
    }
  }

  private void readPeers(
      @Nullable Value value, NodeSettings node, List<PadEntry> peers, Set<String> wrong) {
    if (value == null) {
      return;
    }
    for (Map.Entry<ScalarNode, Node> entry : Fields.named(value, "peers", problems)) {
      if (entry.getKey().getValue().equals(ManualChild.PEER)) {
        problems.error(
            entry.getKey(),
            "another name: `" + ManualChild.PEER + "` stands for manual keys",
            "`" + ManualChild.PEER + "`",
            PeerReader.EXAMPLE);
      }
      PadEntry peer =
          new PeerReader(entry.getKey(), node, credentials, problems).read(entry.getValue());
      if (peer == null) {
        wrong.add(entry.getKey().getValue());
      } else {
        peers.add(peer);
      }
    }
  }
}
