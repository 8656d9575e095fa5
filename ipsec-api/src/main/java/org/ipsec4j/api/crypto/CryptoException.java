package org.ipsec4j.api.crypto;

/**
 * A cryptographic step that could not be done. Its message never holds key material. Thrown only by
 * slow operations (key set-up, key exchange, signatures), never on the packet path.
 */
public final class CryptoException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Who is to blame. */
  public enum Culprit {
    /** A value from the peer is unusable: bad public value, wrong length, bad signature format. */
    PEER_VALUE,
    /** A local key does not fit the algorithm. */
    LOCAL_KEY,
    /** The provider failed or does not offer the operation. */
    PROVIDER
  }

  private final Culprit culprit;

  /**
   * @param culprit who is to blame
   * @param message one lower-case sentence without secrets
   */
  public CryptoException(Culprit culprit, String message) {
    super(message);
    this.culprit = culprit;
  }

  /** Who is to blame. */
  public Culprit culprit() {
    return culprit;
  }
}
