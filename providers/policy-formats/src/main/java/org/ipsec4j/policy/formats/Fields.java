package org.ipsec4j.policy.formats;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.ipsec4j.api.NearestWord;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A mapping whose keys are known: every other key is an error, and so is one that stands twice. */
final class Fields {
  /** What stands behind a key. */
  record Value(Node node, String example) {}

  /** Makes something of a value; null when it is wrong, with the reason among the problems. */
  interface Reader<T> {
    @Nullable T read(Value value, Problems problems);
  }

  private final Node node;
  private final Map<String, String> keys;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Problems problems;
  private final Set<String> meantKeys = new HashSet<>();
  private boolean strange;

  private Fields(Node node, Map<String, String> keys, Problems problems) {
    this.node = node;
    this.keys = keys;
    this.problems = problems;
  }

  /** Keys in order, each followed by an example of its line. */
  static Map<String, String> keys(String... keysAndExamples) {
    Map<String, String> keys = new LinkedHashMap<>();
    for (int i = 0; i < keysAndExamples.length; i += 2) {
      keys.put(keysAndExamples[i], keysAndExamples[i + 1]);
    }
    return keys;
  }

  /**
   * Reads a mapping; null when the node is none.
   *
   * @param what the thing described, for people
   * @param keys from {@link #keys}
   */
  static @Nullable Fields of(
      Value value, String what, Map<String, String> keys, Problems problems) {
    return of(value, what, keys, problems, false);
  }

  /** The same for a mapping with a secret in it: what stands there wrongly is never repeated. */
  static @Nullable Fields ofSecret(
      Value value, String what, Map<String, String> keys, Problems problems) {
    return of(value, what, keys, problems, true);
  }

  private static @Nullable Fields of(
      Value value, String what, Map<String, String> keys, Problems problems, boolean secret) {
    MappingNode mapping = mapping(value, what + " with " + list(keys), problems, secret);
    if (mapping == null) {
      return null;
    }
    Fields fields = new Fields(mapping, keys, problems);
    for (NodeTuple entry : mapping.getValue()) {
      fields.add(entry, what, secret);
    }
    return fields;
  }

  private void add(NodeTuple entry, String what, boolean secret) {
    Node keyNode = entry.getKeyNode();
    String key = keyNode instanceof ScalarNode scalar ? scalar.getValue() : "";
    if (!keys.containsKey(key)) {
      String meant = secret ? null : NearestWord.of(key, keys.keySet()).orElse(null);
      strange = true;
      if (meant != null) {
        meantKeys.add(meant);
      }
      problems.error(
          keyNode,
          what + " to have " + list(keys),
          (secret ? "another key" : Scalars.describe(keyNode))
              + (meant == null ? "" : ", did you mean `" + meant + "`?"),
          keys.get(meant == null ? keys.keySet().iterator().next() : meant));
    } else if (values.putIfAbsent(key, entry.getValueNode()) != null) {
      problems.error(keyNode, "each key once", "`" + key + "` a second time", keys.get(key));
    }
  }

  /** A mapping from names to things; each name checked, none twice. */
  static List<Map.Entry<ScalarNode, Node>> named(Value value, String what, Problems problems) {
    MappingNode mapping = mapping(value, what + " by name", problems, false);
    List<Map.Entry<ScalarNode, Node>> entries = new ArrayList<>();
    if (mapping == null) {
      return entries;
    }
    Map<String, Node> seen = new LinkedHashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      Node keyNode = entry.getKeyNode();
      // `null` is no name; 1.10 and 1.1 would be one to other tools.
      boolean text = keyNode.getTag().equals(Tag.STR) || keyNode.getTag().equals(Tag.INT);
      if (!(keyNode instanceof ScalarNode name)
          || !text
          || !name.getValue().matches(Scalars.NAME_PATTERN)) {
        problems.error(
            keyNode,
            "a name of letters, digits, dots, hyphens and underscores",
            Scalars.describe(keyNode),
            value.example());
      } else if (seen.putIfAbsent(name.getValue(), name) != null) {
        problems.error(keyNode, "each name once", "`" + name.getValue() + "` a second time", null);
      } else {
        entries.add(Map.entry(name, entry.getValueNode()));
      }
    }
    return entries;
  }

  private static @Nullable MappingNode mapping(
      Value value, String expected, Problems problems, boolean secret) {
    if (value.node() instanceof MappingNode mapping && mapping.getTag().equals(Tag.MAP)) {
      return mapping;
    }
    problems.error(
        value.node(),
        expected,
        secret ? Scalars.kind(value.node()) : Scalars.describe(value.node()),
        value.example());
    return null;
  }

  private static String list(Map<String, String> keys) {
    return "`" + String.join("`, `", keys.keySet()) + "`";
  }

  /** The mapping itself, for errors about the whole. */
  Node node() {
    return node;
  }

  /** Whether an unknown key stands here, so that a missing one needs no second error. */
  boolean strange() {
    return strange;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** What stands behind a key; null when the key is absent. */
  @Nullable Value value(String key) {
    Node found = values.get(key);
    return found == null ? null : new Value(found, example(key));
  }

  /** The node behind a key that is there, else the mapping. */
  Node nodeOf(String key) {
    return Objects.requireNonNullElse(values.get(key), node);
  }

  String example(String key) {
    return Objects.requireNonNull(keys.get(key), key);
  }

  /** Reads the value of a key; null when it is absent or wrong. */
  <T> @Nullable T read(String key, Reader<T> reader) {
    Value value = value(key);
    return value == null ? null : reader.read(value, problems);
  }

  /** Reads the value of a key; {@code otherwise} when it is absent or wrong. */
  <T> T read(String key, Reader<T> reader, T otherwise) {
    T read = read(key, reader);
    return read == null ? otherwise : read;
  }

  /** Reads the value of a key that must be there; null when it is absent or wrong. */
  <T> @Nullable T require(String key, String what, Reader<T> reader) {
    if (!has(key) && meantKeys.contains(key)) {
      return null;
    }
    if (!has(key)) {
      problems.error(node, "`" + key + "`: " + what, "nothing", example(key));
      return null;
    }
    return read(key, reader);
  }
}
