package org.ipsec4j.benchmarks.harness;

/**
 * How long to measure.
 *
 * @param warmUpNanos CPU time of each side before anything counts
 * @param pairs slices of each side that count
 * @param sliceNanos CPU time of a slice
 */
public record Plan(long warmUpNanos, int pairs, long sliceNanos) {
  /** Three minutes for everything. */
  public static final Plan QUICK = new Plan(350_000_000L, 15, 8_000_000L);

  /** As ../shared/performance.md was measured: 31 pairs. */
  public static final Plan FULL = new Plan(1_500_000_000L, 31, 8_000_000L);

  /**
   * @throws IllegalArgumentException when a number is not positive
   */
  public Plan {
    if (warmUpNanos < 1 || pairs < 1 || sliceNanos < 1) {
      throw new IllegalArgumentException("a plan wants positive numbers");
    }
  }
}
