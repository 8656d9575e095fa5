package org.ipsec4j.policy.formats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.document.PolicyError;
import org.ipsec4j.api.policy.document.PolicyWarning;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with one file, and knows where things stand in it. */
final class Problems {
  /** A file that is wrong all over is not made better by the rest of the list. */
  private static final int MOST = 100;

  private final String file;
  private final List<PolicyError> errors = new ArrayList<>();
  private final List<PolicyWarning> warnings = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void error(Node at, String expected, String found, @Nullable String example) {
    error(at, 0, expected, found, example);
  }

  /** An error some characters behind the start of a node's text. */
  void error(Node at, int offset, String expected, String found, @Nullable String example) {
    errorAt(line(at), column(at) + offset, expected, found, example);
  }

  void errorAt(int line, int column, String expected, String found, @Nullable String example) {
    if (errors.size() < MOST) {
      errors.add(new PolicyError(file, line, column, expected, found, example));
    }
  }

  void warn(Node at, String message) {
    warnAt(line(at), column(at), message);
  }

  void warnAt(int line, int column, String message) {
    if (warnings.size() < MOST) {
      warnings.add(new PolicyWarning(file, line, column, message));
    }
  }

  /** Where an element was written. */
  Origin origin(Node at, String name) {
    return new Origin("local", file, line(at), name);
  }

  boolean any() {
    return !errors.isEmpty();
  }

  /** In the order of the file. */
  List<PolicyError> errors() {
    return errors.stream()
        .sorted(Comparator.comparingInt(PolicyError::line).thenComparingInt(PolicyError::column))
        .distinct()
        .toList();
  }

  /** In the order of the file. */
  List<PolicyWarning> warnings() {
    return warnings.stream()
        .sorted(
            Comparator.comparingInt(PolicyWarning::line).thenComparingInt(PolicyWarning::column))
        .distinct()
        .toList();
  }

  static int line(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
  }

  static int column(Node node) {
    return node.getStartMark().map(Mark::getColumn).orElse(-1) + 1;
  }
}
