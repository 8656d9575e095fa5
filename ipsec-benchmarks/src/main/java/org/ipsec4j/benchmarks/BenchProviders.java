package org.ipsec4j.benchmarks;

import java.util.ServiceLoader;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SelfTest;

/** Providers by name, for benchmarks that have one as a parameter. */
final class BenchProviders {
  private BenchProviders() {}

  /**
   * The provider of a name, with its known answers run.
   *
   * @throws IllegalStateException when it is not there or not usable; the message says why, and JMH
   *     shows it in the place of a figure
   */
  static CryptoProvider named(String name) {
    CryptoProvider provider =
        ServiceLoader.load(CryptoProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no provider " + name));
    SelfTest test = provider.selfTest();
    if (!test.passed()) {
      throw new IllegalStateException(name + ": " + test.failures());
    }
    return provider;
  }
}
