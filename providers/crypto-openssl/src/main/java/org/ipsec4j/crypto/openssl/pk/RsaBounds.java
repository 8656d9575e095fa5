package org.ipsec4j.crypto.openssl.pk;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;

/** Which RSA keys of peers are worth the time that they take. */
final class RsaBounds {
  private static final int MIN_BITS = 1024;
  private static final int MAX_BITS = 16384;
  private static final int MAX_EXPONENT_BITS = 64;

  private RsaBounds() {}

  /**
   * @param modulus without leading zeros, as the exponent
   * @throws CryptoException with PEER_VALUE when they are out of bounds
   */
  static void check(Bytes modulus, Bytes exponent) throws CryptoException {
    int bits = bits(modulus);
    if (bits < MIN_BITS || bits > MAX_BITS || isEven(modulus)) {
      throw PublicKeyInfo.refused("an RSA key of " + bits + " bits is not accepted");
    }
    boolean tiny = exponent.length() == 1 && exponent.at(0) <= 2;
    if (tiny || isEven(exponent) || bits(exponent) > MAX_EXPONENT_BITS) {
      throw PublicKeyInfo.refused("the exponent of the RSA key is not accepted");
    }
  }

  private static int bits(Bytes number) {
    return number.length() * 8 - (Integer.numberOfLeadingZeros(number.at(0)) - 24);
  }

  private static boolean isEven(Bytes number) {
    return (number.at(number.length() - 1) & 1) == 0;
  }
}
