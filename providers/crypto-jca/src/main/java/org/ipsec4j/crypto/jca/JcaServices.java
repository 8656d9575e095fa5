package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Says which JCA provider does an algorithm, and makes things with it. Thread-safe. */
abstract sealed class JcaServices {
  /** Makes something with a provider, or fails because the provider does not do it. */
  @FunctionalInterface
  interface Use<T> {
    T with(Provider provider) throws GeneralSecurityException;
  }

  /** Asks the known answers of one algorithm. */
  @FunctionalInterface
  interface Proof {
    /**
     * What is wrong; null when all answers were right.
     *
     * @param services in which the candidate does the algorithm, and others the rest
     */
    @Nullable String fault(String algorithm, JcaServices services);
  }

  /**
   * The provider that does an algorithm.
   *
   * @param what the algorithm, under which the answer is kept
   * @param trial succeeds when a provider does it
   */
  abstract Optional<Provider> providerOf(String what, Use<?> trial);

  /** Who was passed over so far, and why. */
  abstract List<SkippedAlgorithm> skipped();

  /** Makes something with the provider that {@link #providerOf} chose. */
  final <T> T make(String what, Use<T> use) throws GeneralSecurityException {
    Provider provider =
        providerOf(what, use)
            .orElseThrow(() -> new NoSuchAlgorithmException("no JCA provider does " + what));
    return use.with(provider);
  }

  /** The provider that {@link #providerOf} chose before; nothing is tried. */
  abstract Optional<Provider> chosen(String what);

  /** The first of several that really does the algorithm and gives the known answers. */
  static final class Search extends JcaServices {
    private final Supplier<List<Provider>> candidates;
    private final Proof proof;
    private final ConcurrentMap<String, Optional<Provider>> chosen = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<SkippedAlgorithm> skipped = new ConcurrentLinkedQueue<>();
    private volatile JcaServices whole = this;

    /**
     * @param candidates in order; asked at each search
     */
    Search(Supplier<List<Provider>> candidates, Proof proof) {
      this.candidates = candidates;
      this.proof = proof;
    }

    /** Where a candidate finds the algorithms beside the one that it must prove. */
    void proveWithin(JcaServices services) {
      whole = services;
    }

    @Override
    Optional<Provider> providerOf(String what, Use<?> trial) {
      Optional<Provider> known = chosen.get(what);
      if (known == null) {
        known = search(what, trial);
        chosen.put(what, known);
      }
      return known;
    }

    private Optional<Provider> search(String what, Use<?> trial) {
      for (Provider candidate : candidates.get()) {
        if (does(candidate, what, trial)) {
          String fault = proof.fault(what, new Pinned(what, candidate, whole));
          if (fault == null) {
            return Optional.of(candidate);
          }
          skip(candidate, what, fault);
        }
      }
      return Optional.empty();
    }

    private boolean does(Provider candidate, String what, Use<?> trial) {
      try {
        return trial.with(candidate) != null;
      } catch (NoSuchAlgorithmException e) {
        if (Pkcs11Token.isToken(candidate)) {
          // Of a token it is asked what it lacks; of software nobody wonders.
          skip(candidate, what, "not offered");
        }
        return false;
      } catch (GeneralSecurityException | RuntimeException e) {
        // It lists the algorithm and cannot do it with our keys, lengths, parameters.
        skip(candidate, what, "refused to begin: " + SkippedAlgorithm.cause(e));
        return false;
      }
    }

    private void skip(Provider candidate, String what, String why) {
      boolean token = Pkcs11Token.isToken(candidate);
      skipped.add(
          new SkippedAlgorithm(
              candidate.getName(), what, token ? TokenMechanisms.of(what) + ": " + why : why));
    }

    @Override
    Optional<Provider> chosen(String what) {
      Optional<Provider> known = chosen.get(what);
      return known == null ? Optional.empty() : known;
    }

    @Override
    List<SkippedAlgorithm> skipped() {
      return List.copyOf(skipped);
    }
  }

  /** Services, and others for what they lack. */
  static final class Chain extends JcaServices {
    private final JcaServices first;
    private final Supplier<JcaServices> second;

    /**
     * @param second asked only when the first lacks something
     */
    Chain(JcaServices first, Supplier<JcaServices> second) {
      this.first = first;
      this.second = second;
    }

    @Override
    Optional<Provider> providerOf(String what, Use<?> trial) {
      Optional<Provider> found = first.providerOf(what, trial);
      return found.isPresent() ? found : second.get().providerOf(what, trial);
    }

    @Override
    Optional<Provider> chosen(String what) {
      Optional<Provider> found = first.chosen(what);
      return found.isPresent() ? found : second.get().chosen(what);
    }

    @Override
    List<SkippedAlgorithm> skipped() {
      return first.skipped();
    }
  }

  /** A candidate in its proof: it does one algorithm, others do the rest. */
  private static final class Pinned extends JcaServices {
    private final String algorithm;
    private final Provider provider;
    private final JcaServices rest;

    Pinned(String algorithm, Provider provider, JcaServices rest) {
      this.algorithm = algorithm;
      this.provider = provider;
      this.rest = rest;
    }

    @Override
    Optional<Provider> providerOf(String what, Use<?> trial) {
      return what.equals(algorithm) ? Optional.of(provider) : rest.providerOf(what, trial);
    }

    @Override
    Optional<Provider> chosen(String what) {
      return what.equals(algorithm) ? Optional.of(provider) : rest.chosen(what);
    }

    @Override
    List<SkippedAlgorithm> skipped() {
      return List.of();
    }
  }
}
