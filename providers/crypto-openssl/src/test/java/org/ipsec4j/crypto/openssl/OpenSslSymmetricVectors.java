package org.ipsec4j.crypto.openssl;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.testkit.crypto.PublishedAesVectors;
import org.ipsec4j.testkit.crypto.SharedVectors;
import org.junit.jupiter.api.BeforeAll;

/** The symmetric side against third-party vectors. */
class OpenSslSymmetricVectors implements PublishedAesVectors, SharedVectors {
  private static final CryptoProvider PROVIDER = new OpenSslCryptoProvider();

  @BeforeAll
  static void libraryIsThere() {
    WithLibrary.assume();
  }

  @Override
  public CryptoProvider provider() {
    return PROVIDER;
  }
}
