package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;

/** A MAC with its key. Thread-confined; after an exception it must not be used again. */
abstract sealed class KeyedMac permits KeyedMac.Hmac, AesMac {
  /** Octets that must be free behind the data. */
  static final int SPARE = 16;

  /** Octets of the MAC, not truncated. */
  abstract int length();

  /**
   * Computes the MAC of the first octets of an array. Allocates nothing of its own.
   *
   * @param data {@link #SPARE} octets behind {@code length} are overwritten
   * @param length octets of data
   * @param sink as long as the octets of {@code data} that are in use, the spare ones included;
   *     another array; overwritten
   * @param result receives {@link #length()} octets
   */
  abstract void compute(byte[] data, int length, byte[] sink, byte[] result)
      throws GeneralSecurityException;

  /** The MAC of the first octets of an array that is left alone. */
  byte[] of(byte[] data, int length) throws GeneralSecurityException {
    byte[] copy = new byte[length + SPARE];
    System.arraycopy(data, 0, copy, 0, length);
    byte[] sink = new byte[copy.length];
    byte[] result = new byte[length()];
    try {
      compute(copy, length, sink, result);
      return result;
    } finally {
      Arrays.fill(copy, (byte) 0);
      Arrays.fill(sink, (byte) 0);
    }
  }

  /** HMAC (RFC 2104) as JCA has it. */
  static final class Hmac extends KeyedMac {
    private final Mac mac;

    /**
     * @param mac with its key
     */
    Hmac(Mac mac) {
      this.mac = mac;
    }

    @Override
    int length() {
      return mac.getMacLength();
    }

    @Override
    void compute(byte[] data, int length, byte[] sink, byte[] result)
        throws GeneralSecurityException {
      mac.reset();
      mac.update(data, 0, length);
      mac.doFinal(result, 0);
    }

    @Override
    byte[] of(byte[] data, int length) {
      mac.reset();
      mac.update(data, 0, length);
      return mac.doFinal();
    }
  }
}
