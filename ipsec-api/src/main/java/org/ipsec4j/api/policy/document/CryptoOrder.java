package org.ipsec4j.api.policy.document;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** In which order a node asks crypto providers. */
public sealed interface CryptoOrder {
  /** What holds when nobody said anything. */
  static CryptoOrder byPriority() {
    return new Priority();
  }

  /** All that are found, those with the highest priority of their own first. */
  record Priority() implements CryptoOrder {}

  /**
   * These and no others, in this order.
   *
   * @param providers names; with a colon and a detail where the provider takes one, such as {@code
   *     jca:SunPKCS11}
   */
  record Named(List<String> providers) implements CryptoOrder {
    /**
     * @throws IllegalArgumentException when no name or an empty one is given
     */
    public Named {
      providers = List.copyOf(providers);
      if (providers.isEmpty() || providers.stream().anyMatch(String::isBlank)) {
        throw new IllegalArgumentException("an order of crypto providers names at least one");
      }
    }
  }

  /**
   * All that are found; for each transform of the policy the fastest first, measured at the start.
   *
   * @param cache file that keeps what was measured for the next start; null for none
   */
  record Auto(@Nullable Path cache) implements CryptoOrder {}

  /** The same, with a file that is named relative to a folder. */
  default CryptoOrder within(Path folder) {
    return this instanceof Auto auto && auto.cache() != null
        ? new Auto(folder.resolve(auto.cache()))
        : this;
  }
}
