package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.testkit.crypto.KemVectors;
import org.ipsec4j.testkit.crypto.PublishedVectors;
import org.ipsec4j.testkit.crypto.SharedKeyVectors;
import org.ipsec4j.testkit.crypto.SharedVectors;

/** The JDK's algorithms against third-party vectors. */
class JcaCryptoVectors implements PublishedVectors, SharedVectors, SharedKeyVectors, KemVectors {
  private static final JcaCryptoProvider PROVIDER = new JcaCryptoProvider();

  @Override
  public CryptoProvider provider() {
    return PROVIDER;
  }

  @Override
  public Secret agree(KeyExchangeMethod method, Bytes privateValue, Bytes peerValue)
      throws CryptoException {
    return JcaKeyExchange.agree(PROVIDER.group(method).orElseThrow(), privateValue, peerValue);
  }
}
