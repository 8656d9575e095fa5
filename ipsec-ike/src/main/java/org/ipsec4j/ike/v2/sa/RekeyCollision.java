package org.ipsec4j.ike.v2.sa;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.ike.v2.exchange.Nonces;

/**
 * Both sides rekey the same SA at once (RFC 7296 2.8.1, 2.8.2): the peer's exchange was answered
 * while ours awaits its answer. Of the two new SAs the one with the lowest of the four nonces goes,
 * deleted by who began its exchange; who began the other deletes the old SA.
 *
 * <pre>
 *   A                                B
 *   REKEY(old), Ni1  --&gt;      &lt;--  REKEY(old), Ni2
 *   Nr2              --&gt;      &lt;--  Nr1            lowest of Ni1, Nr1, Ni2, Nr2
 * </pre>
 *
 * @param peerLowest the lower nonce of the peer's exchange
 * @param peerSuccessor the SA that the peer's exchange made
 * @param <T> kind of SA
 */
record RekeyCollision<T>(Bytes peerLowest, T peerSuccessor) {
  static <T> RekeyCollision<T> of(Bytes ni, Bytes nr, T peerSuccessor) {
    return new RekeyCollision<>(Nonces.lower(ni, nr), peerSuccessor);
  }

  /**
   * Whether the SA of our exchange goes.
   *
   * @param ni nonce of our request
   * @param nr nonce of the answer
   */
  boolean weLose(Bytes ni, Bytes nr) {
    return Nonces.compare(Nonces.lower(ni, nr), peerLowest) < 0;
  }
}
