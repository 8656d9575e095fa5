package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.testkit.crypto.CryptoProviderContract;

/** A PKCS #11 token alone: whatever it claims it does as the contract says. */
class TokenTest implements CryptoProviderContract {
  @Override
  public CryptoProvider provider() {
    return SoftToken.provider();
  }

  @Override
  public boolean drawsFromGivenSource() {
    return false;
  }
}
