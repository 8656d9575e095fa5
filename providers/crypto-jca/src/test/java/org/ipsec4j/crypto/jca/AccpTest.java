package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.testkit.crypto.CryptoProviderContract;

/** Amazon's accelerator alone, found by its name without being registered. */
class AccpTest implements CryptoProviderContract {
  @Override
  public CryptoProvider provider() {
    return Accelerators.accp();
  }

  @Override
  public boolean drawsFromGivenSource() {
    return false;
  }
}
