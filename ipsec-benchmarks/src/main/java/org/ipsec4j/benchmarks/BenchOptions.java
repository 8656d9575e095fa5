package org.ipsec4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.ipsec4j.benchmarks.standard.Group;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@code ipsec bench}.
 *
 * @param help whether to say what there is and do nothing
 * @param quick whether to measure for a short time, without plots
 * @param only groups that are asked for; empty for all
 * @param folder where everything is written; null for nowhere
 * @param json where the results are written beside; null for nowhere
 */
record BenchOptions(
    boolean help, boolean quick, Set<Group> only, @Nullable Path folder, @Nullable Path json) {
  BenchOptions {
    only = Set.copyOf(only);
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException for what is no option, with a message for people
   */
  static BenchOptions parse(List<String> arguments) {
    boolean help = false;
    boolean quick = false;
    Set<Group> only = EnumSet.noneOf(Group.class);
    Path folder = null;
    Path json = null;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "-h", "--help" -> help = true;
        case "--quick" -> quick = true;
        case "--only" -> only.add(group(value(option, rest)));
        case "-o", "--out" -> folder = Path.of(value(option, rest));
        case "--json" -> json = Path.of(value(option, rest));
        default -> throw new IllegalArgumentException("unknown option `" + option + "`");
      }
    }
    return new BenchOptions(help, quick, only, folder, json);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("`" + option + "` wants a value");
    }
    return rest.next();
  }

  private static Group group(String title) {
    return Group.named(title)
        .orElseThrow(() -> new IllegalArgumentException("no group `" + title + "`"));
  }

  /** Whether the group is measured. */
  boolean wants(Group group) {
    return only.isEmpty() ? !(quick && group == Group.PLOTS) : only.contains(group);
  }

  /** Groups with bounds that are not measured. */
  List<Group> left() {
    List<Group> left = new ArrayList<>();
    for (Group group : Group.values()) {
      if (group != Group.PLOTS && !wants(group)) {
        left.add(group);
      }
    }
    return left;
  }
}
