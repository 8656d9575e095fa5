package org.ipsec4j.esp.frag;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * Reads what fragmentation and reassembly need beyond {@link IpHeaderView}: where the first
 * Fragment header stands, and what lies on its two sides. A flyweight, laid over packet after
 * packet; allocates nothing; throws nothing for what a packet contains.
 */
final class FragmentView {
  static final int V4_LENGTH = 20;
  static final int V6_LENGTH = 40;
  static final int FRAGMENT_HEADER_LENGTH = 8;

  static final int HOP_BY_HOP = 0;
  static final int ROUTING = 43;
  static final int FRAGMENT = 44;
  static final int DESTINATION_OPTIONS = 60;

  private static final int ICMP = 1;
  private static final int IN_V4 = 4;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int DCCP = 33;
  private static final int IN_V6 = 41;
  private static final int ESP = 50;
  private static final int AH = 51;
  private static final int ICMPV6 = 58;
  private static final int SCTP = 132;
  private static final int UDP_LITE = 136;

  /** What a window holds. */
  enum Kind {
    /** No valid IP header. */
    INVALID,
    /** A packet that is in one piece and has no Fragment header. */
    WHOLE,
    /** An IPv6 packet in one piece with a Fragment header (RFC 6946). */
    ATOMIC,
    /** A part of a packet. */
    FRAGMENT
  }

  /** The facts of the packet; valid unless the kind is INVALID. */
  final IpHeaderView ip = new IpHeaderView();

  /** Octets in front of the fragmentable part, without the Fragment header. */
  int headerLength;

  /** IPv6: offset in the packet of the octet that names the Fragment header. */
  int nextField;

  int identification;

  /** The protocol field of IPv4; the next header that the Fragment header names. */
  int protocol;

  /** First octet of the part in the whole fragmentable part. */
  int start;

  boolean more;

  /** Where the part lies in the memory. */
  int dataOffset;

  /** Octets of the part. */
  int dataLength;

  /** Lays the view over a window. */
  Kind parse(ByteBuffer memory, int offset, int length) {
    if (!ip.parse(memory, offset, length)) {
      return Kind.INVALID;
    }
    return ip.isV4() ? parseV4(memory, offset) : parseV6(memory, offset);
  }

  private Kind parseV4(ByteBuffer memory, int offset) {
    headerLength = ip.headerLength();
    identification = memory.getShort(offset + 4) & 0xffff;
    protocol = memory.get(offset + 9) & 0xff;
    start = ip.fragmentOffset();
    more = ip.moreFragments();
    dataOffset = offset + headerLength;
    dataLength = ip.totalLength() - headerLength;
    return ip.isFragment() ? Kind.FRAGMENT : Kind.WHOLE;
  }

  /** Walks to the first Fragment header; a chain that breaks in front of it has none. */
  private Kind parseV6(ByteBuffer memory, int offset) {
    int end = offset + ip.totalLength();
    int at = offset + V6_LENGTH;
    int next = memory.get(offset + 6) & 0xff;
    nextField = 6;
    start = 0;
    more = false;
    for (int count = 0; count < IpHeaderView.MAX_EXTENSION_HEADERS; count++) {
      boolean misplaced = next == HOP_BY_HOP && count > 0;
      if (misplaced || !isExtension(next) || end - at < 8) {
        return Kind.WHOLE;
      }
      if (next == FRAGMENT) {
        headerLength = at - offset;
        return readFragmentHeader(memory, at, end);
      }
      int size = ((memory.get(at + 1) & 0xff) + 1) * 8;
      if (size > end - at) {
        return Kind.WHOLE;
      }
      next = memory.get(at) & 0xff;
      nextField = at - offset;
      at += size;
    }
    return Kind.WHOLE;
  }

  private Kind readFragmentHeader(ByteBuffer memory, int at, int end) {
    int fields = memory.getShort(at + 2) & 0xffff;
    protocol = memory.get(at) & 0xff;
    start = fields & 0xfff8;
    more = (fields & 1) != 0;
    identification = memory.getInt(at + 4);
    dataOffset = at + FRAGMENT_HEADER_LENGTH;
    dataLength = end - dataOffset;
    return start == 0 && !more ? Kind.ATOMIC : Kind.FRAGMENT;
  }

  /**
   * Whether a first fragment of IPv6 holds all headers up to and with that of the upper layer (RFC
   * 7112 5). A second Fragment header among them counts as missing: nobody sends that.
   */
  boolean hasHeaderChain(ByteBuffer memory) {
    int end = dataOffset + dataLength;
    int at = dataOffset;
    int next = protocol;
    for (int count = 0; isExtension(next); count++) {
      boolean misplaced = next == HOP_BY_HOP || next == FRAGMENT;
      if (misplaced || count == IpHeaderView.MAX_EXTENSION_HEADERS || end - at < 8) {
        return false;
      }
      int size = ((memory.get(at + 1) & 0xff) + 1) * 8;
      if (size > end - at) {
        return false;
      }
      next = memory.get(at) & 0xff;
      at += size;
    }
    return end - at >= upperHeaderLength(next);
  }

  /** Octets of the fixed header of an upper layer; 0 where it is not known. */
  static int upperHeaderLength(int protocol) {
    return switch (protocol) {
      case TCP, IN_V4 -> 20;
      case IN_V6 -> 40;
      case DCCP, SCTP, AH -> 12;
      case UDP, UDP_LITE, ESP -> 8;
      case ICMP, ICMPV6 -> 4;
      default -> 0;
    };
  }

  static boolean isExtension(int next) {
    return next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT || next == DESTINATION_OPTIONS;
  }
}
