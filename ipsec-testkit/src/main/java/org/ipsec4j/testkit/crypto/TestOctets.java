package org.ipsec4j.testkit.crypto;

import java.util.Random;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.RandomSource;

/** Octets that look random and are the same in every run. For tests alone. */
public final class TestOctets {
  private TestOctets() {}

  /** Octets that belong to {@code label}. */
  public static byte[] of(String label, int length) {
    byte[] octets = new byte[length];
    new Random(label.hashCode() * 31L + length).nextBytes(octets);
    return octets;
  }

  /** A secret that belongs to {@code label}. */
  public static Secret secret(String label, int length) {
    return Secret.adopt(of(label, length));
  }

  /** A generator that repeats itself for equal seeds. */
  public static RandomSource seeded(long seed) {
    Random random = new Random(seed);
    return random::nextBytes;
  }
}
