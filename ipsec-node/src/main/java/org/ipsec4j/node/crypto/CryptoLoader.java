package org.ipsec4j.node.crypto;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.LongSupplier;
import org.ipsec4j.api.NearestWord;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.policy.document.CryptoOrder;
import org.jspecify.annotations.Nullable;

/**
 * Loads crypto providers: by ServiceLoader or as given, in the order that the operator wants. A
 * provider earns its place: one whose known-answer vectors fail, or that cannot be loaded, is
 * refused with a reason, and the next is used.
 */
public final class CryptoLoader {
  /** A search that only fails is given up: some failures do not move the search on. */
  private static final int MOST_REFUSED = 64;

  /** What the providers of this project need. */
  private static final Map<String, String> NEEDS =
      Map.of(
          "jca", "ipsec-crypto-jca",
          "mb",
              "ipsec-crypto-mb, Java 25 and the library libIPSec_MB (Debian: apt install"
                  + " libipsec-mb1)",
          "openssl",
              "ipsec-crypto-openssl, Java 25 and the library libcrypto 3 (Debian: apt install"
                  + " libssl3)");

  /**
   * What was loaded.
   *
   * @param chain the accepted providers as one
   * @param refused a sentence for each refused one
   * @param choices who protects packets with which transform; empty unless that was measured
   * @param notes what else the operator should know
   */
  public record Loaded(
      ProviderChain chain, List<String> refused, List<Choice> choices, List<String> notes) {
    /** Copies the lists. */
    public Loaded {
      refused = List.copyOf(refused);
      choices = List.copyOf(choices);
      notes = List.copyOf(notes);
    }
  }

  /**
   * The provider that was chosen for a transform.
   *
   * @param transform what
   * @param provider who
   * @param nanosPerPacket what a packet of {@link CryptoRanking#OCTETS} octets took; 0 when it was
   *     not measured, as there is no other
   * @param cached whether that was measured at an earlier start
   */
  public record Choice(
      PacketTransform transform, String provider, double nanosPerPacket, boolean cached) {}

  private final List<String> refused;
  private final List<CryptoProvider> found;

  private CryptoLoader(List<CryptoProvider> found, List<String> refused) {
    this.found = found;
    this.refused = refused;
  }

  /**
   * Finds providers by ServiceLoader, the highest priority first.
   *
   * @throws IllegalStateException when none is usable; the message names the refused ones
   */
  public static Loaded discover() {
    return load(List.of(), CryptoOrder.byPriority(), List.of(), () -> 0);
  }

  /**
   * Uses the given providers, the highest priority first.
   *
   * @throws IllegalStateException when none is usable; the message names the refused ones
   */
  public static Loaded of(List<CryptoProvider> providers) {
    return new CryptoLoader(providers, new ArrayList<>())
        .load(CryptoOrder.byPriority(), List.of(), () -> 0);
  }

  /**
   * Loads providers as the operator wants.
   *
   * @param given providers to choose from; those that ServiceLoader finds when there are none
   * @param order which, and in which order
   * @param transforms what the policy names, for {@link CryptoOrder.Auto}
   * @param clock nanoseconds, for the same
   * @throws IllegalStateException when none is usable; the message names the refused ones
   */
  public static Loaded load(
      List<CryptoProvider> given,
      CryptoOrder order,
      Collection<PacketTransform> transforms,
      LongSupplier clock) {
    List<String> refused = new ArrayList<>();
    List<CryptoProvider> found = given.isEmpty() ? search(refused) : given;
    return new CryptoLoader(found, refused).load(order, transforms, clock);
  }

  private static List<CryptoProvider> search(List<String> refused) {
    List<CryptoProvider> found = new ArrayList<>();
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
    return found;
  }

  private Loaded load(
      CryptoOrder order, Collection<PacketTransform> transforms, LongSupplier clock) {
    List<CryptoProvider> candidates =
        order instanceof CryptoOrder.Named named ? named(named.providers()) : byPriority();
    List<CryptoProvider> accepted = new ArrayList<>();
    for (CryptoProvider provider : candidates) {
      String problem = problem(provider, accepted);
      if (problem == null) {
        accepted.add(provider);
      } else {
        refused.add("crypto provider " + provider.name() + " " + problem + cure(provider.name()));
      }
    }
    if (accepted.isEmpty()) {
      throw new IllegalStateException(
          "no usable crypto provider: put ipsec-crypto-jca on the class path or module path"
              + (refused.isEmpty() ? "" : " (" + String.join("; ", refused) + ")"));
    }
    if (order instanceof CryptoOrder.Auto auto) {
      return new MeasuredOrder(accepted, refused, clock).load(auto.cache(), transforms);
    }
    return new Loaded(new ProviderChain(accepted), refused, List.of(), List.of());
  }

  private List<CryptoProvider> byPriority() {
    List<CryptoProvider> sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparingInt(CryptoProvider::priority).reversed());
    return sorted;
  }

  /** The providers of these names; what is not there is refused. */
  private List<CryptoProvider> named(List<String> names) {
    List<CryptoProvider> chosen = new ArrayList<>();
    for (String name : names) {
      CryptoProvider provider = named(name);
      if (provider != null) {
        chosen.add(provider);
      }
    }
    return chosen;
  }

  private @Nullable CryptoProvider named(String name) {
    CryptoProvider whole = find(name);
    int colon = name.indexOf(':');
    if (whole != null || colon < 0) {
      return whole != null ? whole : absent(name);
    }
    CryptoProvider base = find(name.substring(0, colon));
    if (base == null) {
      return absent(name.substring(0, colon));
    }
    try {
      return base.configured(name.substring(colon + 1));
    } catch (CryptoException | RuntimeException | LinkageError e) {
      refused.add("crypto provider " + name + " cannot be used: " + e.getMessage());
      return null;
    }
  }

  private @Nullable CryptoProvider find(String name) {
    for (CryptoProvider provider : found) {
      if (provider.name().equals(name)) {
        return provider;
      }
    }
    return null;
  }

  private @Nullable CryptoProvider absent(String name) {
    String needs = NEEDS.get(name);
    Set<String> known = new LinkedHashSet<>();
    found.forEach(provider -> known.add(provider.name()));
    known.addAll(NEEDS.keySet());
    String meant = needs != null ? null : NearestWord.of(name, known).orElse(null);
    refused.add(
        "crypto provider "
            + name
            + " is not there: "
            + (needs != null
                ? "it needs " + needs + " on the class path or module path"
                : meant != null
                    ? "did you mean `" + meant + "`?"
                    : "there are `"
                        + String.join("`, `", found.stream().map(CryptoProvider::name).toList())
                        + "`"));
    return null;
  }

  /** What a refused provider of ours may lack. */
  private static String cure(String name) {
    String needs = NEEDS.get(name);
    return needs == null || name.equals(ProviderWatch.PLAIN) ? "" : "; it needs " + needs;
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
