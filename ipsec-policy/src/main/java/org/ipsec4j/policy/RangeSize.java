package org.ipsec4j.policy;

import org.ipsec4j.api.net.AddressRange;

/** How wide a range of addresses is. */
final class RangeSize {
  private RangeSize() {}

  /**
   * The number of bits that a range leaves open, rounded up: 0 for one address, 8 for a /24, 32 or
   * 128 for all.
   */
  static int freeBits(AddressRange range) {
    // The size is last - first + 1; as a number of bits that is the length of last - first.
    long low = range.last().low() - range.first().low();
    long borrow = Long.compareUnsigned(range.last().low(), range.first().low()) < 0 ? 1 : 0;
    long high = range.last().high() - range.first().high() - borrow;
    return high != 0 ? 128 - Long.numberOfLeadingZeros(high) : 64 - Long.numberOfLeadingZeros(low);
  }
}
