package org.ipsec4j.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.junit.jupiter.api.Assumptions;

/** The crypto providers of this project, for tests that want each of them. */
final class Providers {
  /** All names, those that cannot run here included. */
  static final List<String> NAMES = List.of("jca", "mb", "openssl");

  private Providers() {}

  /** The provider of a name; where it cannot run the test is skipped, and says why. */
  static CryptoProvider usable(String name) {
    List<CryptoProvider> found = new ArrayList<>();
    Providers.class.getModule().addUses(CryptoProvider.class);
    ServiceLoader.load(CryptoProvider.class).forEach(found::add);
    CryptoProvider provider =
        found.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
    Assumptions.assumeTrue(provider != null, () -> "there is no provider " + name + " here");
    if (provider == null) {
      throw new AssertionError("not reached");
    }
    var test = provider.selfTest();
    Assumptions.assumeTrue(test.passed(), () -> name + " cannot run here: " + test.failures());
    return provider;
  }

  /** Names, for parameterized tests. */
  static Stream<String> names() {
    return NAMES.stream();
  }
}
