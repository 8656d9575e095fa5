package org.ipsec4j.node.crypto;

/**
 * When a provider that works is given up all the same.
 *
 * @param answerNanos how long a burst may be with a provider that completes later
 * @param slowFactor how many times its best cost a provider may take before it counts as slow
 * @param windowBursts timed bursts whose mean is one judgement; one burst of eight is timed
 * @param slowWindows judgements in a row that must find it slow: a machine that is busy with other
 *     things spoils some of them, a provider that broke spoils all
 * @param slowFloorNanos a burst that costs less than this on average is never slow
 */
public record CryptoLimits(
    long answerNanos, int slowFactor, int windowBursts, int slowWindows, long slowFloorNanos) {
  /** A quarter of a second to answer; eight times its best cost in eight windows of 32 bursts. */
  public static final CryptoLimits DEFAULT = new CryptoLimits(250_000_000L, 8, 32, 8, 20_000L);

  /**
   * @throws IllegalArgumentException when a number is not positive
   */
  public CryptoLimits {
    if (answerNanos <= 0
        || slowFactor <= 1
        || windowBursts <= 0
        || slowWindows <= 0
        || slowFloorNanos < 0) {
      throw new IllegalArgumentException("limits of crypto providers must be positive");
    }
  }
}
