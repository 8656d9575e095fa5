package org.ipsec4j.esp.frag;

import java.nio.ByteBuffer;

/** The Internet checksum (RFC 1071) of IP headers and ICMP messages. */
final class InternetChecksum {
  private InternetChecksum() {}

  /** One's-complement sum of 16-bit words, not yet folded; an odd octet counts as upper half. */
  static long sum(ByteBuffer memory, int offset, int length) {
    long sum = 0;
    int at = offset;
    int end = offset + length;
    for (; end - at >= 4; at += 4) {
      sum += memory.getInt(at) & 0xffffffffL;
    }
    if (end - at >= 2) {
      sum += memory.getShort(at) & 0xffff;
      at += 2;
    }
    if (at < end) {
      sum += (memory.get(at) & 0xff) << 8;
    }
    return sum;
  }

  /**
   * The complement of the folded sum: what stands in a header; 0 over a header that has its own.
   */
  static int fold(long sum) {
    long folded = (sum >>> 32) + (sum & 0xffffffffL);
    while (folded >>> 16 != 0) {
      folded = (folded >>> 16) + (folded & 0xffff);
    }
    return (int) ~folded & 0xffff;
  }

  /** Whether the checksum in an IPv4 header is right. */
  static boolean isRight(ByteBuffer memory, int offset, int headerLength) {
    return fold(sum(memory, offset, headerLength)) == 0;
  }

  /** Writes the checksum of the IPv4 header at {@code offset}. */
  static void writeV4Header(ByteBuffer memory, int offset, int headerLength) {
    memory.putShort(offset + 10, (short) 0);
    memory.putShort(offset + 10, (short) fold(sum(memory, offset, headerLength)));
  }
}
