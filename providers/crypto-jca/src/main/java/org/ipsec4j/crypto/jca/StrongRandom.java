package org.ipsec4j.crypto.jca;

import java.security.DrbgParameters;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.ipsec4j.api.crypto.RandomSource;
import org.jspecify.annotations.Nullable;

/** The generator of the named JCA providers, or else the JVM's DRBG; made when first asked for. */
final class StrongRandom implements RandomSource {
  private final List<Provider> named;
  private final AtomicReference<@Nullable SecureRandom> made = new AtomicReference<>();

  StrongRandom(List<Provider> named) {
    this.named = List.copyOf(named);
  }

  @Override
  public void nextBytes(byte[] target) {
    SecureRandom generator = made.get();
    if (generator == null) {
      made.compareAndSet(null, strongGenerator(named));
      generator = Objects.requireNonNull(made.get());
    }
    generator.nextBytes(target);
  }

  private static SecureRandom strongGenerator(List<Provider> named) {
    for (Provider provider : named) {
      for (Provider.Service service : provider.getServices()) {
        if (service.getType().equals("SecureRandom")) {
          try {
            return SecureRandom.getInstance(service.getAlgorithm(), provider);
          } catch (NoSuchAlgorithmException e) {
            // Listed but not offered: the next one.
          }
        }
      }
    }
    try {
      return SecureRandom.getInstance(
          "DRBG", DrbgParameters.instantiation(256, DrbgParameters.Capability.RESEED_ONLY, null));
    } catch (GeneralSecurityException e) {
      return new SecureRandom();
    }
  }
}
