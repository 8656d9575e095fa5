package org.ipsec4j.node.crypto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SelfTest;
import org.jspecify.annotations.Nullable;

/**
 * Loads crypto providers: by ServiceLoader or as given, best priority first. A provider earns its
 * place: one whose known-answer vectors fail, or that cannot be loaded, is refused with a reason.
 */
public final class CryptoLoader {
  /** A search that only fails is given up: some failures do not move the search on. */
  private static final int MOST_REFUSED = 64;

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
    boolean more = true;
    while (more && refused.size() < MOST_REFUSED) {
      try {
        more = iterator.hasNext();
        if (more) {
          found.add(iterator.next());
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        // On the class path a provider for a later Java surfaces as a bare LinkageError.
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
      String problem = problem(provider, accepted);
      if (problem == null) {
        accepted.add(provider);
      } else {
        refused.add("crypto provider " + provider.name() + " " + problem);
      }
    }
    if (accepted.isEmpty()) {
      throw new IllegalStateException(
          "no usable crypto provider: put ipsec-crypto-jca on the class path or module path"
              + (refused.isEmpty() ? "" : " (" + String.join("; ", refused) + ")"));
    }
    return new Loaded(new ProviderChain(accepted), refused);
  }

  /** Why the provider may not be used; null when it may. */
  private static @Nullable String problem(CryptoProvider provider, List<CryptoProvider> accepted) {
    if (accepted.stream().anyMatch(other -> other.name().equals(provider.name()))) {
      // Keys name their provider, and so find its worker.
      return "has the name of another one";
    }
    SelfTest test;
    try {
      test = provider.selfTest();
    } catch (RuntimeException | LinkageError e) {
      // A native library that is not there shows up here.
      return "could not run its known-answer vectors: " + e;
    }
    if (test.passed()) {
      return null;
    }
    return test.failures().isEmpty()
        ? "ran no known-answer vectors"
        : "failed: " + String.join("; ", test.failures());
  }
}
