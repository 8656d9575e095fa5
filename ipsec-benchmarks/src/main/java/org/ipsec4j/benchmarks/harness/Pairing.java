package org.ipsec4j.benchmarks.harness;

import java.util.Arrays;

/**
 * Measures two loops against one another on one thread, in alternating slices of its CPU time, so
 * that whatever else the machine does meets both. What counts is the median of the pairs' ratios.
 */
public final class Pairing {
  private Pairing() {}

  /** Measures ours against the anchor. */
  public static Measured compare(Loop ours, Loop anchor, Plan plan) {
    Meter meter = new Meter();
    long half = Math.max(plan.sliceNanos(), plan.warmUpNanos() / 4);
    for (long spent = 0; spent < plan.warmUpNanos(); spent += half) {
      meter.slice(ours, half);
      meter.slice(anchor, Math.min(half, plan.sliceNanos() * 4));
    }
    double[] our = new double[plan.pairs()];
    double[] its = new double[plan.pairs()];
    double[] ratio = new double[plan.pairs()];
    double[] allocated = new double[plan.pairs()];
    for (int pair = 0; pair < plan.pairs(); pair++) {
      // the order changes, so that neither is always behind the other's cold caches
      if (pair % 2 == 0) {
        meter.slice(anchor, plan.sliceNanos());
        its[pair] = meter.nanosEach();
      }
      meter.slice(ours, plan.sliceNanos());
      our[pair] = meter.nanosEach();
      allocated[pair] = meter.allocatedEach();
      if (pair % 2 != 0) {
        meter.slice(anchor, plan.sliceNanos());
        its[pair] = meter.nanosEach();
      }
      ratio[pair] = its[pair] / our[pair];
    }
    return new Measured(
        quantile(our, 0.5),
        quantile(its, 0.5),
        quantile(ratio, 0.5),
        quantile(ratio, 0.25),
        quantile(ratio, 0.75),
        // what is allocated for each packet is in every slice; a compiler that comes late is not
        quantile(allocated, 0.5));
  }

  /** Nanoseconds of CPU time for each packet of one loop alone, median of the slices. */
  public static double cost(Loop loop, Plan plan) {
    Meter meter = new Meter();
    for (long spent = 0; spent < plan.warmUpNanos(); spent += plan.sliceNanos()) {
      meter.slice(loop, plan.sliceNanos());
    }
    double[] nanos = new double[plan.pairs()];
    for (int i = 0; i < nanos.length; i++) {
      meter.slice(loop, plan.sliceNanos());
      nanos[i] = meter.nanosEach();
    }
    return quantile(nanos, 0.5);
  }

  /** The value below which a share of the values lies; the array is left as it is. */
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  }
}
