package org.ipsec4j.esp.wesp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.esp.IpHeaders;

/**
 * How much the octets of a payload look like the protocol that they are said to be (RFC 5879 8.3):
 * in bits, that is, how often in 2^bits random octets would look so good. What no sender sends is
 * {@link #IMPOSSIBLE}; what a NAT or TFC padding may have changed only counts when it is right.
 */
final class ClearPayload {
  /** Not this protocol. */
  static final int IMPOSSIBLE = -1;

  private static final int ICMP = 1;
  private static final int IPV4 = 4;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int IPV6 = 41;
  private static final int ICMPV6 = 58;
  private static final int SCTP = 132;

  /** Chunks of an SCTP packet that are looked at: cost per packet is bounded. */
  private static final int MAX_CHUNKS = 16;

  private static final int FIN = 1;
  private static final int SYN = 2;
  private static final int RST = 4;
  private static final int URG = 32;

  private ClearPayload() {}

  /** Whether there are checks for a protocol; others prove nothing. */
  static boolean isKnown(int protocol) {
    return switch (protocol) {
      case ICMP, IPV4, TCP, UDP, IPV6, ICMPV6, SCTP -> true;
      default -> false;
    };
  }

  /**
   * Looks at a payload.
   *
   * @param outer the header that its addresses count for in transport mode
   * @param at where it would begin
   * @param length octets up to the padding; may be negative
   */
  static int bits(IpHeaderView outer, ByteBuffer memory, int protocol, int at, int length) {
    return switch (protocol) {
      case ICMP -> length < 8 ? IMPOSSIBLE : icmp(memory, at, length, 0);
      case ICMPV6 -> length < 8 ? IMPOSSIBLE : icmp(memory, at, length, pseudo(outer, 58, length));
      case IPV4 -> length < 20 ? IMPOSSIBLE : ipv4(memory, at, length);
      case IPV6 -> length < 40 ? IMPOSSIBLE : ipv6(memory, at, length);
      case TCP -> length < 20 ? IMPOSSIBLE : tcp(outer, memory, at, length);
      case UDP -> length < 8 ? IMPOSSIBLE : udp(outer, memory, at, length);
      case SCTP -> length < 16 ? IMPOSSIBLE : sctp(memory, at, length);
      default -> length < 0 ? IMPOSSIBLE : 0;
    };
  }

  private static int ipv4(ByteBuffer memory, int at, int length) {
    int header = (memory.get(at) & 15) * 4;
    int total = memory.getShort(at + 2) & 0xffff;
    if ((memory.get(at) & 0xf0) != 0x40 || header < 20 || total < header || total > length) {
      return IMPOSSIBLE;
    }
    // no NAT has seen it: its checksum is right
    if (!IpHeaders.isChecksumRight(memory, at, header, 0)) {
      return IMPOSSIBLE;
    }
    return 4 + 16 + (header == 20 ? 4 : 0) + (total == length ? 16 : 0);
  }

  private static int ipv6(ByteBuffer memory, int at, int length) {
    int total = 40 + (memory.getShort(at + 4) & 0xffff);
    if ((memory.get(at) & 0xf0) != 0x60 || total > length) {
      return IMPOSSIBLE;
    }
    int next = memory.get(at + 6) & 0xff;
    boolean usual = isKnown(next) || next == 0 || next == 43 || next == 44 || next == 60;
    return 4 + (usual ? 5 : 0) + (total == length ? 16 : 0);
  }

  private static int tcp(IpHeaderView outer, ByteBuffer memory, int at, int length) {
    int header = ((memory.get(at + 12) >> 4) & 15) * 4;
    int flags = memory.get(at + 13) & 0x3f;
    boolean contradicts = (flags & SYN) != 0 && (flags & (FIN | RST)) != 0;
    if (header < 20 || header > length || flags == 0 || contradicts) {
      return IMPOSSIBLE;
    }
    int bits = 2;
    if ((memory.get(at + 12) & 0xe) == 0) {
      bits += 3;
    }
    if ((flags & URG) == 0 && memory.getShort(at + 18) == 0) {
      bits += 16;
    }
    return IpHeaders.isChecksumRight(memory, at, length, pseudo(outer, TCP, length))
        ? bits + 16
        : bits;
  }

  private static int udp(IpHeaderView outer, ByteBuffer memory, int at, int length) {
    int udpLength = memory.getShort(at + 4) & 0xffff;
    if (udpLength < 8 || udpLength > length) {
      return IMPOSSIBLE;
    }
    boolean right =
        memory.getShort(at + 6) == 0
            ? outer.isV4()
            : IpHeaders.isChecksumRight(memory, at, udpLength, pseudo(outer, UDP, udpLength));
    return (udpLength == length ? 16 : 0) + (right ? 16 : 0);
  }

  private static int icmp(ByteBuffer memory, int at, int length, long pseudo) {
    boolean right = IpHeaders.isChecksumRight(memory, at, length, pseudo);
    int type = memory.get(at) & 0xff;
    int code = memory.get(at + 1) & 0xff;
    boolean v6 = pseudo != 0;
    boolean echo = v6 ? type == 128 || type == 129 : type == 0 || type == 8;
    if (echo && code != 0) {
      return IMPOSSIBLE;
    }
    return (right ? 16 : 0) + (echo ? 14 : code < 16 ? 4 : 0);
  }

  /** Lengths of chunks lead from one to the next and to the end. */
  private static int sctp(ByteBuffer memory, int at, int length) {
    int end = at + length;
    int chunk = at + 12;
    int bits = 0;
    for (int count = 0; count < MAX_CHUNKS && end - chunk >= 4; count++) {
      int octets = memory.getShort(chunk + 2) & 0xffff;
      if (octets < 4 || octets > end - chunk) {
        // behind the first chunk this may be TFC padding
        return count == 0 ? IMPOSSIBLE : bits;
      }
      chunk += (octets + 3) & ~3;
      bits += 4;
    }
    return chunk >= end ? bits + 12 : bits;
  }

  /** The words of a pseudo header between the outer addresses (RFC 9293 3.1, RFC 8200 8.1). */
  private static long pseudo(IpHeaderView outer, int protocol, int length) {
    return words(outer.sourceHigh())
        + words(outer.sourceLow())
        + words(outer.destinationHigh())
        + words(outer.destinationLow())
        + protocol
        + length;
  }

  private static long words(long octets) {
    return (octets >>> 32) + (octets & 0xffffffffL);
  }
}
