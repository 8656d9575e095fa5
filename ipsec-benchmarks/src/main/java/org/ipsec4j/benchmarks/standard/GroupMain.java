package org.ipsec4j.benchmarks.standard;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.ipsec4j.benchmarks.harness.Plan;
import org.jspecify.annotations.Nullable;

/** The JVM of one group: measures, and prints a line for each result. Started by {@link Fork}. */
public final class GroupMain {
  /** In the place of the anchors where there are none. */
  static final String NO_ANCHORS = "-";

  /** Arguments in front of the rows. */
  private static final int FIXED = 5;

  private GroupMain() {}

  /**
   * Called by {@link Fork}.
   *
   * @param arguments the group, {@code quick} or {@code full}, the built anchors or {@code -}, and
   *     which libraries are in them; then the rows that are wanted, none for all
   */
  public static void main(String[] arguments) {
    Group group = Group.named(arguments[0]).orElseThrow();
    boolean quick = arguments[1].equals("quick");
    @Nullable Path library = arguments[2].equals(NO_ANCHORS) ? null : Path.of(arguments[2]);
    group.run(
        new Run(
            quick ? Plan.QUICK : Plan.FULL,
            quick,
            library,
            Boolean.parseBoolean(arguments[3]),
            Boolean.parseBoolean(arguments[4]),
            Arrays.stream(arguments).skip(FIXED).collect(Collectors.toSet()),
            System.out));
  }
}
