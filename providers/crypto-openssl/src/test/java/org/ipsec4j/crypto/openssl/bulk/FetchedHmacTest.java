package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.crypto.openssl.WithLibrary;
import org.ipsec4j.testkit.crypto.IkeCipherContract;
import org.ipsec4j.testkit.crypto.PacketContract;
import org.ipsec4j.testkit.crypto.PrfContract;
import org.junit.jupiter.api.BeforeAll;

/**
 * The contracts once more as on a machine whose libcrypto lacks the older functions, with room for
 * the contexts of a few keys only.
 */
class FetchedHmacTest implements PacketContract, IkeCipherContract, PrfContract {
  private static final CryptoProvider PROVIDER = BulkProvider.of(false, 5);

  @BeforeAll
  static void libraryIsThere() {
    WithLibrary.assume();
  }

  @Override
  public CryptoProvider provider() {
    return PROVIDER;
  }
}
