package org.ipsec4j.api.policy;

/**
 * An answer with its reasons.
 *
 * @param <T> what is decided
 */
public sealed interface Decision<T> {
  /** The reasons. */
  Explanation why();

  /**
   * Decided.
   *
   * @param value the answer
   * @param why the reasons
   * @param <T> what is decided
   */
  record Yes<T>(T value, Explanation why) implements Decision<T> {}

  /**
   * Nothing fits.
   *
   * @param why the reasons
   * @param <T> what was asked for
   */
  record No<T>(Explanation why) implements Decision<T> {}
}
