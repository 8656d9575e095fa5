package org.ipsec4j.node.crypto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SelfTest;

/**
 * Loads crypto providers: by ServiceLoader or as given, best priority first. A provider earns its
 * place: one whose known-answer vectors fail, or that cannot be loaded, is refused with a reason.
 */
public final class CryptoLoader {
  /**
   * What was loaded.
   *
   * @param chain the accepted providers as one
   * @param refused a sentence for each refused one
   */
  public record Loaded(ProviderChain chain, List<String> refused) {
    /** Copies the list. */
    public Loaded {
      refused = List.copyOf(refused);
    }
  }

  private CryptoLoader() {}

  /**
   * Finds providers by ServiceLoader.
   *
   * @throws IllegalStateException when none is usable; the message names the refused ones
   */
  public static Loaded discover() {
    List<CryptoProvider> found = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    var iterator = ServiceLoader.load(CryptoProvider.class).iterator();
    while (true) {
      try {
        if (!iterator.hasNext()) {
          break;
        }
        found.add(iterator.next());
      } catch (ServiceConfigurationError e) {
        refused.add("a crypto provider could not be loaded: " + e.getMessage());
      }
    }
    return accept(found, refused);
  }

  /**
   * Uses the given providers.
   *
   * @throws IllegalStateException when none is usable; the message names the refused ones
   */
  public static Loaded of(List<CryptoProvider> providers) {
    return accept(providers, new ArrayList<>());
  }

  private static Loaded accept(List<CryptoProvider> found, List<String> refused) {
    List<CryptoProvider> sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparingInt(CryptoProvider::priority).reversed());
    List<CryptoProvider> accepted = new ArrayList<>();
    for (CryptoProvider provider : sorted) {
      SelfTest test = provider.selfTest();
      if (test.passed()) {
        accepted.add(provider);
      } else if (test.failures().isEmpty()) {
        refused.add("crypto provider " + provider.name() + " ran no known-answer vectors");
      } else {
        refused.add(
            "crypto provider "
                + provider.name()
                + " failed: "
                + String.join("; ", test.failures()));
      }
    }
    if (accepted.isEmpty()) {
      throw new IllegalStateException(
          "no usable crypto provider: put ipsec-crypto-jca on the class path or module path"
              + (refused.isEmpty() ? "" : " (" + String.join("; ", refused) + ")"));
    }
    return new Loaded(new ProviderChain(accepted), refused);
  }
}
