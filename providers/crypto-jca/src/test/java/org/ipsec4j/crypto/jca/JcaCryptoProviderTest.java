package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.testkit.crypto.CryptoProviderContract;

/** The provider as ServiceLoader makes it: the JDK first, Bouncy Castle for the rest. */
class JcaCryptoProviderTest implements CryptoProviderContract {
  private static final CryptoProvider PROVIDER = new JcaCryptoProvider();

  @Override
  public CryptoProvider provider() {
    return PROVIDER;
  }
}
