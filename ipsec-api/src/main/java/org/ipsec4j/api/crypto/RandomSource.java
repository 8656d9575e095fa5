package org.ipsec4j.api.crypto;

/**
 * Random octets for keys, SPIs, nonces and IVs. Must be cryptographically strong outside
 * simulations; a simulation hands in a seeded one.
 */
@FunctionalInterface
public interface RandomSource {
  /** Fills the whole array. */
  void nextBytes(byte[] target);

  /** 32 random bits. */
  default int nextInt() {
    byte[] four = new byte[4];
    nextBytes(four);
    return java.nio.ByteBuffer.wrap(four).getInt();
  }

  /** 64 random bits. */
  default long nextLong() {
    byte[] eight = new byte[8];
    nextBytes(eight);
    return java.nio.ByteBuffer.wrap(eight).getLong();
  }
}
