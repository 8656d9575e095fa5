package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.testkit.crypto.CryptoProviderContract;

/** Conscrypt alone, found by its name without being registered. */
class ConscryptTest implements CryptoProviderContract {
  @Override
  public CryptoProvider provider() {
    return Accelerators.conscrypt();
  }

  @Override
  public boolean drawsFromGivenSource() {
    return false;
  }
}
