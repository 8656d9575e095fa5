package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.testkit.crypto.PublishedVectors;
import org.ipsec4j.testkit.crypto.SharedVectors;

/** Conscrypt and those who do what it lacks, against third-party vectors. */
class ConscryptVectors implements PublishedVectors, SharedVectors {
  @Override
  public CryptoProvider provider() {
    return Accelerators.conscryptFirst();
  }

  @Override
  public Secret agree(KeyExchangeMethod method, Bytes privateValue, Bytes peerValue)
      throws CryptoException {
    return JcaKeyExchange.agree(
        Accelerators.conscryptFirst().group(method).orElseThrow(), privateValue, peerValue);
  }
}
