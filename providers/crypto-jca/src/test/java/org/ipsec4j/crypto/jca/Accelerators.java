package org.ipsec4j.crypto.jca;

import java.security.Provider;
import java.security.Security;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.junit.jupiter.api.Assumptions;

/** JCA providers of others that the tests fetch; each skips its tests where it does not run. */
final class Accelerators {
  private static final Map<String, Object> FOUND = new ConcurrentHashMap<>();

  private static final Map<String, CryptoProvider> FIRST = new ConcurrentHashMap<>();

  private Accelerators() {}

  static JcaCryptoProvider accp() {
    return named("AmazonCorrettoCryptoProvider");
  }

  static JcaCryptoProvider conscrypt() {
    return named("Conscrypt");
  }

  /** Amazon's accelerator, and for what it lacks the JVM's providers and Bouncy Castle. */
  static JcaCryptoProvider accpFirst() {
    accp();
    return (JcaCryptoProvider)
        FIRST.computeIfAbsent("AmazonCorrettoCryptoProvider", Accelerators::first);
  }

  /** The same of Conscrypt. */
  static JcaCryptoProvider conscryptFirst() {
    conscrypt();
    return (JcaCryptoProvider) FIRST.computeIfAbsent("Conscrypt", Accelerators::first);
  }

  private static JcaCryptoProvider first(String name) {
    try {
      JcaCryptoProvider.Builder builder = JcaCryptoProvider.builder().named(name);
      for (Provider registered : Security.getProviders()) {
        builder.provider(registered);
      }
      return builder.bouncyCastleLast().build();
    } catch (CryptoException e) {
      throw new AssertionError(e);
    }
  }

  private static JcaCryptoProvider named(String name) {
    Object found = FOUND.computeIfAbsent(name, Accelerators::find);
    Assumptions.assumeTrue(found instanceof CryptoProvider, found::toString);
    return (JcaCryptoProvider) found;
  }

  /** The provider, or why it does not run on this machine. */
  private static Object find(String name) {
    try {
      return new JcaCryptoProvider().configured(name);
    } catch (CryptoException e) {
      return "skipped: " + e.getMessage();
    }
  }
}
