package org.ipsec4j.api.crypto;

import org.ipsec4j.api.Bytes;

/** A private key set up for signing by a provider. Thread-safe; slow. */
public interface Signer {
  /**
   * Signs with the algorithm that it was set up for.
   *
   * @return as IKE carries it: ECDSA as DER (RFC 7427 3), RSA and EdDSA as the algorithm makes it
   * @throws CryptoException when the provider fails, or the signer was destroyed
   */
  Bytes sign(Bytes message) throws CryptoException;

  /** Wipes the key; idempotent. */
  void destroy();
}
