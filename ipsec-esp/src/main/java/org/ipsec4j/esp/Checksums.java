package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.IpHeaderView;

/** The Internet checksum (RFC 1071) in the headers that are built or mended here. */
final class Checksums {
  private static final int TCP = 6;
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
    long folded = (sum >>> 32) + (sum & 0xffffffffL);
    while (folded >>> 16 != 0) {
      folded = (folded >>> 16) + (folded & 0xffff);
    }
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
   * Computes the TCP or UDP checksum of a whole packet anew, where a NAT changed addresses that it
   * covers (RFC 3948 3.1.2, second way). A UDP checksum of zero over IPv4 stays away.
   */
  static void mendUpperLayer(ByteBuffer memory, IpHeaderView packet) {
    int at = packet.payloadOffset();
    int length = packet.payloadLength();
    int field;
    if (packet.protocol() == TCP && length >= 20) {
      field = at + 16;
    } else if (packet.protocol() == UDP && length >= 8) {
      field = at + 6;
      if (packet.isV4() && memory.getShort(field) == 0) {
        return;
      }
    } else {
      return;
    }
    memory.putShort(field, (short) 0);
    long pseudo =
        packet.isV4() ? sum(memory, packet.offset() + 12, 8) : sum(memory, packet.offset() + 8, 32);
    short checksum = fold(pseudo + packet.protocol() + length + sum(memory, at, length));
    boolean zeroMeansNone = packet.protocol() == UDP && checksum == 0;
    memory.putShort(field, zeroMeansNone ? (short) 0xffff : checksum);
  }
}
