package org.ipsec4j.testkit.crypto;

import java.math.BigInteger;
import java.util.Map;

/** The MODP primes by their formulas (RFC 2409 6, RFC 3526 2), to check tables against. */
public final class ModpReference {
  /** The last number of each formula, by bits. */
  private static final Map<Integer, Long> ADDENDS =
      Map.of(
          768, 149_686L,
          1024, 129_093L,
          1536, 741_804L,
          2048, 124_476L,
          3072, 1_690_314L,
          4096, 240_904L,
          6144, 929_484L,
          8192, 4_743_158L);

  private ModpReference() {}

  /**
   * {@code 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) * pi) + c)}.
   *
   * @param bits of the prime, one of those in the RFCs
   */
  public static BigInteger prime(int bits) {
    Long addend = ADDENDS.get(bits);
    if (addend == null) {
      throw new IllegalArgumentException("no MODP group has " + bits + " bits");
    }
    BigInteger two = BigInteger.TWO;
    return two.pow(bits)
        .subtract(two.pow(bits - 64))
        .subtract(BigInteger.ONE)
        .add(pi(bits - 130).add(BigInteger.valueOf(addend)).multiply(two.pow(64)));
  }

  /** floor(2^bits * pi) by Machin: pi = 16 arctan(1/5) - 4 arctan(1/239). */
  private static BigInteger pi(int bits) {
    int guard = 64;
    BigInteger one = BigInteger.ONE.shiftLeft(bits + guard);
    return arctan(one, 5)
        .multiply(BigInteger.valueOf(16))
        .subtract(arctan(one, 239).multiply(BigInteger.valueOf(4)))
        .shiftRight(guard);
  }

  private static BigInteger arctan(BigInteger one, int inverse) {
    BigInteger square = BigInteger.valueOf((long) inverse * inverse);
    BigInteger power = one.divide(BigInteger.valueOf(inverse));
    BigInteger sum = BigInteger.ZERO;
    for (int k = 0; power.signum() != 0; k++) {
      BigInteger term = power.divide(BigInteger.valueOf(2L * k + 1));
      sum = k % 2 == 0 ? sum.add(term) : sum.subtract(term);
      power = power.divide(square);
    }
    return sum;
  }
}
