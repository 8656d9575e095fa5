package org.ipsec4j.testkit.crypto;

import org.ipsec4j.api.crypto.CryptoProvider;

/** Names the provider that the contracts are about. */
@FunctionalInterface
public interface ProviderUnderTest {
  /** The provider; asked by every test, so keep it in a constant. */
  CryptoProvider provider();
}
