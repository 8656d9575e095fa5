package org.ipsec4j.benchmarks.standard;

import java.util.Optional;
import java.util.ServiceLoader;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SelfTest;

/**
 * The crypto providers of the class path, as a node would take them: tested before they are used.
 */
public final class Providers {
  private Providers() {}

  /**
   * A provider, or why there is none.
   *
   * @param provider the provider; empty when there is a reason
   * @param reason one sentence; empty when there is a provider
   */
  record Found(Optional<CryptoProvider> provider, String reason) {}

  /** The provider of a name that has passed its known answers. */
  static Found named(String name) {
    Optional<CryptoProvider> found =
        ServiceLoader.load(CryptoProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.name().equals(name))
            .findFirst();
    if (found.isEmpty()) {
      return new Found(found, "no provider " + name + " on the class path");
    }
    SelfTest test = found.get().selfTest();
    return test.passed()
        ? new Found(found, "")
        : new Found(
            Optional.empty(),
            test.failures().isEmpty() ? "it tested nothing" : test.failures().getFirst());
  }

  /** The same, if it has the transform too. */
  static Found named(String name, PacketTransform transform) {
    Found found = named(name);
    boolean lacks = found.provider.isPresent() && !found.provider.get().supports(transform);
    return lacks ? new Found(Optional.empty(), name + " has no " + transform) : found;
  }

  /** Names and versions of all that are there, for the report. */
  public static String versions() {
    StringBuilder text = new StringBuilder();
    for (CryptoProvider provider : ServiceLoader.load(CryptoProvider.class)) {
      text.append(text.isEmpty() ? "" : ", ").append(provider.name());
      text.append(provider.version().isEmpty() ? "" : " (" + provider.version() + ")");
    }
    return text.toString();
  }
}
