package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Chooses the JCA provider of each algorithm: the first that really does it, asked once. Without
 * named providers the JVM's own are asked in its order. Thread-safe.
 */
final class JcaServices {
  /** Makes something with a provider, or fails because the provider does not do it. */
  @FunctionalInterface
  interface Use<T> {
    T with(Provider provider) throws GeneralSecurityException;
  }

  private final List<Provider> named;
  private final ConcurrentMap<String, Optional<Provider>> chosen = new ConcurrentHashMap<>();

  /**
   * @param named the only providers to use, in order; empty for those of the JVM
   */
  JcaServices(List<Provider> named) {
    this.named = List.copyOf(named);
  }

  /**
   * The first provider for which {@code trial} succeeds.
   *
   * @param what the algorithm, under which the answer is kept
   */
  Optional<Provider> providerOf(String what, Use<?> trial) {
    Optional<Provider> known = chosen.get(what);
    if (known == null) {
      known = search(trial);
      chosen.put(what, known);
    }
    return known;
  }

  private Optional<Provider> search(Use<?> trial) {
    List<Provider> candidates = named.isEmpty() ? List.of(Security.getProviders()) : named;
    return candidates.stream().filter(candidate -> does(candidate, trial)).findFirst();
  }

  private static boolean does(Provider candidate, Use<?> trial) {
    try {
      return trial.with(candidate) != null;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  /** Makes something with the provider that {@link #providerOf} chose. */
  <T> T make(String what, Use<T> use) throws GeneralSecurityException {
    Provider provider =
        providerOf(what, use)
            .orElseThrow(() -> new NoSuchAlgorithmException("no JCA provider does " + what));
    return use.with(provider);
  }
}
