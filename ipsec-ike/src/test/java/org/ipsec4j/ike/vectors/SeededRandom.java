package org.ipsec4j.ike.vectors;

import java.util.Random;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.RandomSource;

/** Repeatable randomness for tests; never for keys. */
public final class SeededRandom implements RandomSource {
  private final Random random;

  /** The same octets for the same seed. */
  public SeededRandom(long seed) {
    random = new Random(seed);
  }

  @Override
  public void nextBytes(byte[] target) {
    random.nextBytes(target);
  }

  /** Some octets. */
  public Bytes bytes(int length) {
    byte[] octets = new byte[length];
    nextBytes(octets);
    return Bytes.copyOf(octets);
  }

  /** 0 to {@code bound - 1}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }
}
