package org.ipsec4j.esp.frag;

/**
 * Identifications of IPv6 fragments: each of the 2^32 comes once before one comes again (RFC 8200
 * 4.5), in an order that depends on a secret seed, so that an onlooker cannot easily tell the next.
 * A counter goes through a Feistel network; this is no cipher and protects no secret.
 */
final class Identifications {
  private static final int ROUNDS = 6;

  private final int[] keys = new int[ROUNDS];
  private int counter;

  Identifications(long seed) {
    long state = seed;
    for (int i = 0; i < ROUNDS; i++) {
      state += 0x9e3779b97f4a7c15L;
      keys[i] = (int) (mix(state) >>> 32);
    }
    counter = (int) mix(state + 0x9e3779b97f4a7c15L);
  }

  int next() {
    int value = counter++;
    int left = value >>> 16;
    int right = value & 0xffff;
    for (int key : keys) {
      int mixed = (int) mix((long) key << 16 ^ right) & 0xffff;
      int swapped = left ^ mixed;
      left = right;
      right = swapped;
    }
    return left << 16 | right;
  }

  /** Spreads every bit of a number over all of it. */
  static long mix(long number) {
    long mixed = (number ^ number >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }
}
