package org.ipsec4j.crypto.openssl.bulk;

/** Takes octets in to authenticate them. */
abstract class Sink {
  /**
   * Takes octets in.
   *
   * @param at address
   * @param length 1 or more
   */
  abstract boolean take(long at, int length, Scratch scratch);
}
