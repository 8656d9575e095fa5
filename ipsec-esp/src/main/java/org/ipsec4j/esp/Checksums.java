package org.ipsec4j.esp;

import java.nio.ByteBuffer;

/** The Internet checksum (RFC 1071) in the headers that are built or mended here. */
final class Checksums {
  private static final int UDP = 17;

  private Checksums() {}

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

  /** The complement of the folded sum: what stands in a header. */
  static short fold(long sum) {
    // 64 bits to 33, to 18, to 17, to 16: no loop, as its branch is hard to guess
    long folded = (sum >>> 32) + (sum & 0xffffffffL);
    folded = (folded >>> 16) + (folded & 0xffff);
    folded = (folded >>> 16) + (folded & 0xffff);
    folded = (folded >>> 16) + (folded & 0xffff);
    return (short) ~folded;
  }

  /** Computes the checksum of the IPv4 header at {@code offset} anew. */
  static void mendV4Header(ByteBuffer memory, int offset, int headerLength) {
    memory.putShort(offset + 10, (short) 0);
    memory.putShort(offset + 10, fold(sum(memory, offset, headerLength)));
  }

  /**
   * Computes a UDP checksum over IPv6 (RFC 8200 8.1), where zero is not allowed; 0 is sent as all
   * ones.
   */
  static void writeUdpOverV6(ByteBuffer memory, int ipOffset, int udpOffset, int udpLength) {
    memory.putShort(udpOffset + 6, (short) 0);
    long sum = sum(memory, ipOffset + 8, 32) + udpLength + UDP + sum(memory, udpOffset, udpLength);
    short checksum = fold(sum);
    memory.putShort(udpOffset + 6, checksum == 0 ? (short) 0xffff : checksum);
  }

  /**
   * Writes another 16-bit word that a checksum covers, and mends the checksum (RFC 1624 3): mended,
   * not made anew, so that a wrong one stays wrong.
   */
  static void replaceWord(ByteBuffer memory, int wordOffset, int newWord, int checksumOffset) {
    int oldWord = memory.getShort(wordOffset) & 0xffff;
    int sum = (~memory.getShort(checksumOffset) & 0xffff) + (~oldWord & 0xffff) + newWord;
    memory.putShort(wordOffset, (short) newWord);
    memory.putShort(checksumOffset, fold(sum));
  }
}
