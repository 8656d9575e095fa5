package org.ipsec4j.api.auth;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SignatureAlgorithm;

/** A private key with its certificate chain; the key may live in a token. Thread-safe. */
public interface SigningKey {
  /** What the key can sign with, the preferred first. */
  List<SignatureAlgorithm> algorithms();

  /** DER certificates, the end entity first, then intermediates; the anchor need not be there. */
  List<Bytes> certificateChain();

  /**
   * Signs. Slow: called from offloaded work.
   *
   * @throws CryptoException when the key does not do the algorithm or its token fails
   */
  Bytes sign(SignatureAlgorithm algorithm, Bytes message) throws CryptoException;

  /**
   * The same key, signing with a provider where it can: the private key is handed to it. A key that
   * cannot leave its token is given back as it is.
   *
   * @param crypto asked for a {@link org.ipsec4j.api.crypto.Signer}
   */
  default SigningKey using(CryptoProvider crypto) {
    return this;
  }
}
