package org.ipsec4j.crypto.openssl;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.testkit.crypto.CryptoProviderContract;

/** Every contract, asked of the whole provider. */
class OpenSslCryptoProviderTest implements CryptoProviderContract {
  private static final OpenSslCryptoProvider PROVIDER = new OpenSslCryptoProvider();

  @Override
  public CryptoProvider provider() {
    WithLibrary.assume();
    return PROVIDER;
  }
}
