package org.ipsec4j.node.capture;

import java.math.BigInteger;

/** The time stamps of one pcapng interface: units of 10^-n or 2^-n seconds since an offset. */
record TimeUnits(boolean binary, int exponent, long offsetSeconds) {
  /** What holds when the interface has no option about it: microseconds. */
  static final TimeUnits DEFAULT = new TimeUnits(false, 6, 0);

  private static final int NANO_DIGITS = 9;
  private static final long NANOS = 1_000_000_000L;
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);

  /** From option if_tsresol: the top bit chooses base 2. */
  TimeUnits withResolution(int option) {
    return new TimeUnits((option & 0x80) != 0, option & 0x7f, offsetSeconds);
  }

  /** From option if_tsoffset. */
  TimeUnits withOffset(long seconds) {
    return new TimeUnits(binary, exponent, seconds);
  }

  /**
   * Nanoseconds since 1970 for an unsigned 64-bit count; what does not fit stays at the end of the
   * range.
   */
  long toNanos(long units) {
    if (!binary && exponent <= NANO_DIGITS && offsetSeconds == 0) {
      long factor = 1;
      for (int i = exponent; i < NANO_DIGITS; i++) {
        factor *= 10;
      }
      if (units >= 0 && units <= Long.MAX_VALUE / factor) {
        return units * factor;
      }
    }
    return slow(units);
  }

  private long slow(long units) {
    BigInteger scaled =
        new BigInteger(Long.toUnsignedString(units)).multiply(BigInteger.valueOf(NANOS));
    BigInteger nanos =
        binary ? scaled.shiftRight(exponent) : scaled.divide(BigInteger.TEN.pow(exponent));
    BigInteger sum =
        nanos.add(BigInteger.valueOf(offsetSeconds).multiply(BigInteger.valueOf(NANOS)));
    return sum.min(MAX).max(MIN).longValueExact();
  }
}
