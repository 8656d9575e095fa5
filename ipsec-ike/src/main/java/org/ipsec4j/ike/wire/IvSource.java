package org.ipsec4j.ike.wire;

import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;

/** Makes the IVs of one key. One source belongs to one key and is never given to another. */
public sealed interface IvSource {
  /** Writes the next IV of {@code length} octets. */
  void next(byte[] target, int offset, int length);

  /**
   * The source that an algorithm needs: unpredictable IVs for CBC (RFC 7296 3.14), never repeating
   * ones for counter and combined modes (RFC 5282 3).
   */
  static IvSource of(EncryptionAlgorithm algorithm, RandomSource random) {
    return algorithm.isAead() || algorithm == EncryptionAlgorithm.AES_CTR
        ? new Counter()
        : new Random(random);
  }

  /** 1, 2, 3 ... as 64 bits in network order; 2^64 messages are never sent. */
  final class Counter implements IvSource {
    private long last;

    /** Begins at 1. */
    public Counter() {}

    @Override
    public void next(byte[] target, int offset, int length) {
      long value = ++last;
      for (int i = length - 1; i >= 0; i--) {
        target[offset + i] = (byte) value;
        value >>>= 8;
      }
    }
  }

  /** Random octets. */
  final class Random implements IvSource {
    private final RandomSource random;

    /**
     * @param random a strong generator
     */
    public Random(RandomSource random) {
      this.random = random;
    }

    @Override
    public void next(byte[] target, int offset, int length) {
      byte[] iv = new byte[length];
      random.nextBytes(iv);
      System.arraycopy(iv, 0, target, offset, length);
    }
  }
}
