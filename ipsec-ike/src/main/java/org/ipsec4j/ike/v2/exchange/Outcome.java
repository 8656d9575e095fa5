package org.ipsec4j.ike.v2.exchange;

import org.ipsec4j.api.crypto.CryptoException;

/**
 * What came of offloaded work.
 *
 * @param <T> kind of result
 */
public sealed interface Outcome<T> {
  /**
   * It was done.
   *
   * @param value the result
   * @param <T> kind of result
   */
  record Done<T>(T value) implements Outcome<T> {}

  /**
   * It could not be done.
   *
   * @param culprit who is to blame
   * @param message one sentence without secrets
   * @param <T> kind of result
   */
  record Failed<T>(CryptoException.Culprit culprit, String message) implements Outcome<T> {}
}
