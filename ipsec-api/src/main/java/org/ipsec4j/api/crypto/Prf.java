package org.ipsec4j.api.crypto;

import org.ipsec4j.api.Secret;

/** A pseudo-random function with its expansion (RFC 7296 2.13). Thread-safe. */
public interface Prf {
  /** Which function. */
  PrfAlgorithm algorithm();

  /**
   * {@code prf(key, data)}.
   *
   * @param key of any length
   * @param data of any length
   * @return {@link PrfAlgorithm#length()} octets, the caller's to destroy
   * @throws CryptoException when the provider fails
   */
  Secret compute(Secret key, Secret data) throws CryptoException;

  /**
   * {@code prf+(key, seed)}, cut to {@code length}.
   *
   * @param length 1 to 255 times the output length
   * @throws CryptoException when the length is out of range or the provider fails
   */
  Secret expand(Secret key, Secret seed, int length) throws CryptoException;
}
