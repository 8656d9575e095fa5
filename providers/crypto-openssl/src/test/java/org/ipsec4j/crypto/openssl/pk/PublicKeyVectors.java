package org.ipsec4j.crypto.openssl.pk;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.testkit.crypto.KemVectors;
import org.ipsec4j.testkit.crypto.PublishedKeyVectors;
import org.ipsec4j.testkit.crypto.SharedKeyVectors;

/** Key exchange and signatures of libcrypto against third-party vectors. */
class PublicKeyVectors implements PublishedKeyVectors, SharedKeyVectors, KemVectors {
  @Override
  public CryptoProvider provider() {
    return KeysOnly.get();
  }

  @Override
  public Secret agree(KeyExchangeMethod method, Bytes privateValue, Bytes peerValue)
      throws CryptoException {
    return KeysOnly.get().crypto().agree(method, privateValue, peerValue);
  }
}
