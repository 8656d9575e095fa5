package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.testkit.crypto.PublishedVectors;
import org.ipsec4j.testkit.crypto.SharedVectors;

/** Amazon's accelerator against third-party vectors. */
class AccpVectors implements PublishedVectors, SharedVectors {
  @Override
  public CryptoProvider provider() {
    return Accelerators.accp();
  }

  @Override
  public Secret agree(KeyExchangeMethod method, Bytes privateValue, Bytes peerValue)
      throws CryptoException {
    return JcaKeyExchange.agree(
        Accelerators.accp().group(method).orElseThrow(), privateValue, peerValue);
  }
}
