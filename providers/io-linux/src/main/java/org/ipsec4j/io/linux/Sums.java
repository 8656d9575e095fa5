package org.ipsec4j.io.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The checksum of the Internet (RFC 1071) over native memory. Sums are kept in little-endian words,
 * as the sum does not care, and turned round when they are folded.
 */
final class Sums {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long LOW = 0xffffffffL;

  private Sums() {}

  /**
   * Adds octets to a sum.
   *
   * @param offset where they begin; an even number of octets of the sum lies in front of them
   * @param length 0 to 65,535
   * @param sum what was summed so far, 0 at first
   */
  static long add(MemorySegment memory, long offset, int length, long sum) {
    long a = sum;
    long b = 0;
    long at = offset;
    long end = offset + length;
    for (; at + 16 <= end; at += 16) {
      long first = memory.get(LONG, at);
      long second = memory.get(LONG, at + 8);
      a += (first & LOW) + (first >>> 32);
      b += (second & LOW) + (second >>> 32);
    }
    a += b;
    for (; at + 2 <= end; at += 2) {
      a += memory.get(SHORT, at) & 0xffff;
    }
    if (at < end) {
      a += memory.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }
    return a;
  }

  /** Adds one word of 16 bits, given as its value. */
  static long word(int value, long sum) {
    return sum + (Short.reverseBytes((short) value) & 0xffff);
  }

  /**
   * Adds the pseudo-header of TCP or UDP (RFC 9293 3.1, RFC 8200 8.1).
   *
   * @param ip where the IP header begins
   * @param octets of the transport header and what is behind it
   */
  static long pseudo(MemorySegment memory, long ip, boolean v4, int protocol, int octets) {
    long sum = v4 ? add(memory, ip + 12, 8, 0) : add(memory, ip + 8, 32, 0);
    return word(octets, word(protocol, sum));
  }

  /** The sum as 16 bits, not complemented. */
  static int fold(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return Short.reverseBytes((short) folded) & 0xffff;
  }

  /** What stands in a checksum field. */
  static short field(long sum) {
    return (short) ~fold(sum);
  }
}
