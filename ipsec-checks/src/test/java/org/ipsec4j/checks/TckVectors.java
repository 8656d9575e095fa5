package org.ipsec4j.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.testkit.crypto.PublishedVectors;
import org.ipsec4j.testkit.crypto.VectorCount;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The vectors that we carry, asked of every provider through the door. What a provider does not
 * claim is counted as skipped. Vectors that fix a private value for a key exchange have no door;
 * the tests of the providers ask them.
 */
class TckVectors {
  /** A provider that joins the others and is not asked here is noticed. */
  @Test
  void nobodyIsForgotten() {
    assertEquals(
        Providers.NAMES,
        Arrays.stream(TckVectors.class.getDeclaredClasses())
            .filter(each -> each.isAnnotationPresent(Nested.class))
            .map(each -> each.getSimpleName().toLowerCase(Locale.ROOT))
            .sorted()
            .toList());
  }

  @Nested
  class Jca extends Asked {
    Jca() {
      super("jca");
    }
  }

  @Nested
  class Mb extends Asked {
    Mb() {
      super("mb");
    }
  }

  @Nested
  class OpenSsl extends Asked {
    OpenSsl() {
      super("openssl");
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Asked implements PublishedVectors, ProviderUnderTck {
    private final String name;
    private @Nullable CryptoProvider provider;
    private final Map<VectorCount, String> counts = new LinkedHashMap<>();

    Asked(String name) {
      this.name = name;
    }

    /** Skips each test, with the reason, where the provider cannot run. */
    @BeforeEach
    void find() {
      provider();
    }

    @Override
    public CryptoProvider provider() {
      CryptoProvider found = provider;
      if (found == null) {
        found = Providers.usable(name);
        provider = found;
      }
      return found;
    }

    @Override
    public VectorCount count(String file) {
      VectorCount count = VectorCount.silent(file + " by " + name);
      counts.put(count, file.substring(0, file.indexOf(' ')).toLowerCase(Locale.ROOT));
      return count;
    }

    @Override
    public Secret agree(KeyExchangeMethod method, Bytes privateValue, Bytes peerValue) {
      return Assumptions.abort(
          provider().supports(method)
              ? "there is no door for a private value; the tests of " + name + " ask it"
              : name + " does not claim " + method);
    }

    @AfterAll
    void report() {
      Map<String, VectorCount> families = new LinkedHashMap<>();
      // Also where nothing ran, so that it is not left out in silence.
      for (String family : List.of("wycheproof", "rfc")) {
        families.put(family, new VectorCount("tck-" + name + " " + family));
      }
      counts.forEach(
          (count, family) ->
              Optional.ofNullable(families.get(family)).ifPresent(all -> all.add(count)));
      families.values().forEach(VectorCount::report);
    }
  }
}
