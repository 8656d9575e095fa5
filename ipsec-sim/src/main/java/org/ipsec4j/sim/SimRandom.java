package org.ipsec4j.sim;

import org.ipsec4j.api.crypto.RandomSource;

/**
 * A seeded generator: the same seed gives the same numbers for ever, on every machine. Not for
 * secrets. Splits, so that one part of a simulation does not disturb another.
 */
public final class SimRandom implements RandomSource {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private long state;

  /**
   * @param seed any number
   */
  public SimRandom(long seed) {
    state = seed;
  }

  /** 64 bits (SplitMix64). */
  public long next() {
    state += GOLDEN;
    long z = state;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** A number from 0 to {@code bound - 1}. */
  public int below(int bound) {
    return (int) Long.remainderUnsigned(next(), bound);
  }

  /** A number from {@code low} to {@code high}, both included. */
  public long between(long low, long high) {
    return low + Long.remainderUnsigned(next(), high - low + 1);
  }

  /** True with the given probability, 0 to 1. */
  public boolean chance(double probability) {
    return (next() >>> 11) * 0x1.0p-53 < probability;
  }

  /** A generator of its own, named so that its numbers do not depend on what else is drawn. */
  public SimRandom split(String name) {
    return new SimRandom(state ^ name.hashCode() * GOLDEN);
  }

  @Override
  public void nextBytes(byte[] target) {
    for (int i = 0; i < target.length; i += 8) {
      long bits = next();
      for (int k = i; k < Math.min(i + 8, target.length); k++) {
        target[k] = (byte) bits;
        bits >>>= 8;
      }
    }
  }
}
