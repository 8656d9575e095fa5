package org.ipsec4j.api.net;

import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address. Immutable; ordered by family, then as an unsigned number. Never looks a
 * name up.
 */
public final class IpAddress implements Comparable<IpAddress> {
  private final boolean v4;
  private final long high;
  private final long low;

  private IpAddress(boolean v4, long high, long low) {
    this.v4 = v4;
    this.high = high;
    this.low = low;
  }

  /** An IPv4 address from its 32 bits, most significant octet first. */
  public static IpAddress v4(int bits) {
    return new IpAddress(true, 0, bits & 0xffffffffL);
  }

  /** An IPv6 address from its two halves. */
  public static IpAddress v6(long high, long low) {
    return new IpAddress(false, high, low);
  }

  /**
   * From 4 or 16 octets in network order.
   *
   * @throws IllegalArgumentException for any other length
   */
  public static IpAddress of(byte[] octets) {
    return switch (octets.length) {
      case 4 -> v4(ByteBuffer.wrap(octets).getInt());
      case 16 -> v6(ByteBuffer.wrap(octets).getLong(0), ByteBuffer.wrap(octets).getLong(8));
      default ->
          throw new IllegalArgumentException("an address has 4 or 16 octets, not " + octets.length);
    };
  }

  /**
   * Reads a literal: dotted decimal, or IPv6 text of RFC 4291 2.2 (with {@code ::} and an embedded
   * IPv4 tail). Leading zeros, zones and names are refused.
   *
   * @throws IllegalArgumentException when the text is no address; the message quotes it
   */
  public static IpAddress parse(String text) {
    return AddressText.parse(text);
  }

  /** Whether this is an IPv4 address. */
  public boolean isV4() {
    return v4;
  }

  /** 32 or 128. */
  public int bits() {
    return v4 ? 32 : 128;
  }

  /** The upper 64 bits of an IPv6 address; 0 for IPv4. */
  public long high() {
    return high;
  }

  /** The lower 64 bits of an IPv6 address; the 32 bits of an IPv4 address, zero-extended. */
  public long low() {
    return low;
  }

  /** 4 or 16 octets in network order, the caller's own. */
  public byte[] octets() {
    return v4
        ? ByteBuffer.allocate(4).putInt((int) low).array()
        : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
  }

  /** Writes the octets to {@code target} from {@code offset}, absolutely; allocates nothing. */
  public void writeTo(ByteBuffer target, int offset) {
    if (v4) {
      target.putInt(offset, (int) low);
    } else {
      target.putLong(offset, high);
      target.putLong(offset + 8, low);
    }
  }

  /** Whether all bits are zero. */
  public boolean isUnspecified() {
    return high == 0 && low == 0;
  }

  /** 224.0.0.0/4 or ff00::/8. */
  public boolean isMulticast() {
    return v4 ? (low >>> 28) == 0xe : (high >>> 56) == 0xff;
  }

  /** The address with the bits behind {@code prefixLength} cleared, or all set. */
  IpAddress masked(int prefixLength, boolean set) {
    if (v4) {
      long mask = prefixLength == 0 ? 0 : (0xffffffffL << (32 - prefixLength)) & 0xffffffffL;
      return new IpAddress(true, 0, set ? (low | (~mask & 0xffffffffL)) : (low & mask));
    }
    long highMask = prefixLength >= 64 ? -1L : prefixLength == 0 ? 0 : -1L << (64 - prefixLength);
    long lowMask = prefixLength <= 64 ? 0 : prefixLength == 128 ? -1L : -1L << (128 - prefixLength);
    return set
        ? new IpAddress(false, high | ~highMask, low | ~lowMask)
        : new IpAddress(false, high & highMask, low & lowMask);
  }

  @Override
  public int compareTo(IpAddress other) {
    if (v4 != other.v4) {
      return v4 ? -1 : 1;
    }
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IpAddress that && v4 == that.v4 && high == that.high && low == that.low;
  }

  @Override
  public int hashCode() {
    return (31 * Long.hashCode(high) + Long.hashCode(low)) * 31 + Boolean.hashCode(v4);
  }

  /** Dotted decimal, or the canonical text of RFC 5952. */
  @Override
  public String toString() {
    return AddressText.format(this);
  }
}
