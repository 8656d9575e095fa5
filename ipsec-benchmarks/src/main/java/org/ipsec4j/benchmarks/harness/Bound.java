package org.ipsec4j.benchmarks.harness;

import java.util.Locale;

/**
 * What a row must reach.
 *
 * @param atLeast whether the judged figure must be at least, or at most, the limit
 * @param limit the limit; not a number when there is none
 */
public record Bound(boolean atLeast, double limit) {
  /** Shown and not judged. */
  public static final Bound NONE = new Bound(true, Double.NaN);

  /** No less than so much. */
  public static Bound atLeast(double limit) {
    return new Bound(true, limit);
  }

  /** No more than so much. */
  public static Bound atMost(double limit) {
    return new Bound(false, limit);
  }

  /** Whether anything is judged. */
  public boolean isJudged() {
    return !Double.isNaN(limit);
  }

  /** Whether the figure is within; what is no number is not. */
  public boolean allows(double figure) {
    return !isJudged() || (atLeast ? figure >= limit : figure <= limit);
  }

  /** As {@link #parse} reads it: {@code >=0.95}, {@code <=1024}, or {@code -}. */
  @Override
  public String toString() {
    return isJudged() ? (atLeast ? ">=" : "<=") + Figures.brief(limit) : "-";
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static Bound parse(String text) {
    if ("-".equals(text)) {
      return NONE;
    }
    if (text.startsWith(">=") || text.startsWith("<=")) {
      return new Bound(text.charAt(0) == '>', Double.parseDouble(text.substring(2)));
    }
    throw new IllegalArgumentException(String.format(Locale.ROOT, "`%s` is no bound", text));
  }
}
