package org.ipsec4j.api.crypto;

/**
 * Protection of IKE messages in one direction: encryption with integrity, or a combined mode (RFC
 * 7296 3.14, RFC 5282). Holds keys; used by one thread at a time.
 *
 * <p>The message lies in one array: everything before the IV is authenticated, then IV, text
 * (already padded by the caller), ICV, and nothing behind it. The engine writes the IV.
 */
public interface IkeCipher {
  /** Octets of IV. */
  int ivLength();

  /** Octets of ICV. */
  int icvLength();

  /** The text is a multiple of this many octets. */
  int blockLength();

  /**
   * Encrypts in place and writes the ICV at the end.
   *
   * @param message ends with the ICV
   * @param ivOffset where the IV begins; the text begins {@link #ivLength()} further on
   * @throws CryptoException when the provider fails
   */
  void seal(byte[] message, int ivOffset) throws CryptoException;

  /**
   * Verifies and decrypts in place.
   *
   * @param message exactly one message, ending with the ICV
   * @param ivOffset where the IV begins
   * @return false when the ICV is wrong or the lengths cannot be; the text is then undefined
   */
  boolean open(byte[] message, int ivOffset);

  /** Wipes the keys; idempotent. */
  void destroy();
}
