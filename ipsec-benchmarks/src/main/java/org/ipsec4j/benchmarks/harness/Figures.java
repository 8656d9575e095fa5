package org.ipsec4j.benchmarks.harness;

import java.util.Locale;

/** Numbers for people, the same in every country. */
public final class Figures {
  private Figures() {}

  /** Two to four digits that matter; {@code -} for what was not measured. */
  public static String brief(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e6) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, size >= 1000 ? "%.0f" : size >= 20 ? "%.1f" : "%.2f", value);
  }

  /** A ratio: two digits behind the point, cut and not rounded, so that 0.949 is not 0.95. */
  public static String ratio(double value) {
    return Double.isNaN(value)
        ? "-"
        : String.format(Locale.ROOT, "%.2f", Math.floor(value * 100 + 1e-9) / 100);
  }
}
