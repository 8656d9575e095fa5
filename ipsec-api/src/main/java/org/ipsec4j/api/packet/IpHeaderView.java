package org.ipsec4j.api.packet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the facts of an IPv4 or IPv6 packet that classification and encapsulation need: lengths,
 * addresses, the upper-layer protocol behind the extension headers, ports, fragment fields.
 *
 * <p>A flyweight: made once, laid over packet after packet by {@link #parse}, which copies the
 * facts out, so that the memory may change or go afterwards. Allocates nothing, never throws for
 * what a packet contains, reads no octet outside the given window. Offsets are absolute in the
 * memory that was parsed. Thread-confined. After a failed parse the accessors mean nothing.
 *
 * <p>A packet is valid when its fixed header is (RFC 791 3.1, RFC 8200 3) and its total length lies
 * in the window. What lies behind may still be cut off or odd: then {@link #protocol()} or the
 * ports are {@link #UNKNOWN}, which only a selector for any protocol or port matches.
 */
public final class IpHeaderView {
  /** The protocol or port cannot be told: a later fragment, a cut or unknown header. */
  public static final int UNKNOWN = -1;

  /** Extension headers beyond this many leave the protocol unknown: cost per packet is bounded. */
  public static final int MAX_EXTENSION_HEADERS = 32;

  private static final int V4_HEADER = 20;
  private static final int V6_HEADER = 40;

  private static final int HOP_BY_HOP = 0;
  private static final int ICMP = 1;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int DCCP = 33;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int ICMPV6 = 58;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int SCTP = 132;
  private static final int MOBILITY = 135;
  private static final int UDP_LITE = 136;

  private int offset;
  private int version;
  private int headerLength;
  private int totalLength;
  private int trafficClass;
  private int flowLabel;
  private int hopLimit;
  private boolean dontFragment;
  private boolean moreFragments;
  private int fragmentOffset;
  private long sourceHigh;
  private long sourceLow;
  private long destinationHigh;
  private long destinationLow;
  private int protocol;
  private int protocolOffset;
  private int payloadOffset;
  private int perFragmentEnd;
  private int perFragmentNextOffset;
  private int sourcePort;
  private int destinationPort;
  private boolean typeAndCode;

  /** Lies over no packet until {@link #parse} succeeds. */
  public IpHeaderView() {}

  /**
   * Lays the view over a packet.
   *
   * @param memory big-endian; lent for the call; its position means nothing and is left alone
   * @param start where the packet's window begins; a window that leaves the memory is not valid
   * @param length octets in the window; octets behind the packet's own total length are ignored
   * @return whether a valid IPv4 or IPv6 header stands there and its total length fits the window
   */
  public boolean parse(ByteBuffer memory, int start, int length) {
    if (!parseFixed(memory, start, length)) {
      return false;
    }
    sourcePort = UNKNOWN;
    destinationPort = UNKNOWN;
    typeAndCode = false;
    if (version == 4) {
      readV4(memory, start);
    } else {
      readV6(memory, start);
    }
    if (fragmentOffset == 0 && protocol != UNKNOWN) {
      readPorts(memory);
    }
    return true;
  }

  /**
   * Lays the view over the fixed header only, which costs less: for who wants to wrap a packet and
   * not to classify it. Version, lengths, traffic class, flow label, hop limit and Don't Fragment
   * are told as by {@link #parse}, with the same verdict; all others mean nothing.
   *
   * @param memory as for {@link #parse}
   * @param start as for {@link #parse}
   * @param length as for {@link #parse}
   * @return as for {@link #parse}
   */
  public boolean parseFixed(ByteBuffer memory, int start, int length) {
    // no packet is shorter than the fixed header of IPv4
    if (memory.order() != ByteOrder.BIG_ENDIAN
        || length < V4_HEADER
        || start < 0
        || start > memory.limit() - length) {
      return false;
    }
    // few wide reads, as each is checked: version to fragment fields, or to hop limit
    long head = memory.getLong(start);
    offset = start;
    version = (int) (head >>> 60);
    return version == 4
        ? parseFixedV4(memory, head, start, length)
        : version == 6 && parseFixedV6(head, length);
  }

  private boolean parseFixedV4(ByteBuffer memory, long head, int start, int length) {
    headerLength = (int) (head >>> 56 & 15) * 4;
    totalLength = (int) (head >>> 32 & 0xffff);
    if (headerLength < V4_HEADER || totalLength < headerLength || totalLength > length) {
      return false;
    }
    trafficClass = (int) (head >>> 48 & 0xff);
    flowLabel = 0;
    dontFragment = (head & 0x4000) != 0;
    moreFragments = (head & 0x2000) != 0;
    fragmentOffset = (int) (head & 0x1fff) * 8;
    hopLimit = memory.get(start + 8) & 0xff;
    return true;
  }

  private boolean parseFixedV6(long head, int length) {
    if (length < V6_HEADER) {
      return false;
    }
    headerLength = V6_HEADER;
    totalLength = V6_HEADER + (int) (head >>> 16 & 0xffff);
    if (totalLength > length) {
      return false;
    }
    trafficClass = (int) (head >>> 52 & 0xff);
    flowLabel = (int) (head >>> 32 & 0xfffff);
    dontFragment = false;
    moreFragments = false;
    fragmentOffset = 0;
    hopLimit = (int) (head & 0xff);
    return true;
  }

  private void readV4(ByteBuffer memory, int start) {
    long middle = memory.getLong(start + 8);
    protocol = (int) (middle >>> 48 & 0xff);
    sourceHigh = 0;
    sourceLow = middle & 0xffffffffL;
    destinationHigh = 0;
    destinationLow = memory.getInt(start + 16) & 0xffffffffL;
    protocolOffset = start + 9;
    payloadOffset = start + headerLength;
    perFragmentEnd = payloadOffset;
    perFragmentNextOffset = protocolOffset;
  }

  private void readV6(ByteBuffer memory, int start) {
    sourceHigh = memory.getLong(start + 8);
    sourceLow = memory.getLong(start + 16);
    destinationHigh = memory.getLong(start + 24);
    destinationLow = memory.getLong(start + 32);
    walkExtensions(memory, start);
  }

  /** RFC 8200 4: the chain ends at the first header that is not an extension header. */
  private void walkExtensions(ByteBuffer memory, int start) {
    int end = start + totalLength;
    int nextOffset = start + 6;
    int at = start + 40;
    int next = memory.get(nextOffset) & 0xff;
    perFragmentEnd = at;
    perFragmentNextOffset = nextOffset;
    for (int count = 0; isExtension(next); count++) {
      boolean misplaced = next == HOP_BY_HOP && count > 0;
      if (misplaced || count == MAX_EXTENSION_HEADERS || fragmentOffset > 0 || end - at < 8) {
        endChain(UNKNOWN, nextOffset, at);
        return;
      }
      int size = next == FRAGMENT ? 8 : ((memory.get(at + 1) & 0xff) + 1) * 8;
      if (size > end - at) {
        endChain(UNKNOWN, nextOffset, at);
        return;
      }
      if (next == FRAGMENT) {
        int fields = memory.getShort(at + 2) & 0xffff;
        fragmentOffset = fields & 0xfff8;
        moreFragments = (fields & 1) != 0;
      }
      boolean perFragment = next == HOP_BY_HOP || next == ROUTING;
      nextOffset = at;
      next = memory.get(at) & 0xff;
      at += size;
      if (perFragment) {
        perFragmentEnd = at;
        perFragmentNextOffset = nextOffset;
      }
    }
    endChain(next, nextOffset, at);
  }

  private static boolean isExtension(int next) {
    return next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT || next == DESTINATION_OPTIONS;
  }

  private void endChain(int upperProtocol, int nextOffset, int at) {
    protocol = upperProtocol;
    protocolOffset = nextOffset;
    payloadOffset = at;
  }

  private void readPorts(ByteBuffer memory) {
    int available = offset + totalLength - payloadOffset;
    switch (protocol) {
      case TCP, UDP, DCCP, SCTP, UDP_LITE -> {
        if (available >= 4) {
          int ports = memory.getInt(payloadOffset);
          sourcePort = ports >>> 16;
          destinationPort = ports & 0xffff;
        }
      }
      case ICMP, ICMPV6 -> {
        typeAndCode = true;
        if (available >= 2) {
          sourcePort = memory.getShort(payloadOffset) & 0xffff;
          destinationPort = sourcePort;
        }
      }
      case MOBILITY -> {
        typeAndCode = true;
        if (available >= 3) {
          sourcePort = (memory.get(payloadOffset + 2) & 0xff) << 8;
          destinationPort = sourcePort;
        }
      }
      default -> {
        // no ports: both stay unknown
      }
    }
  }

  /** Where the packet begins. */
  public int offset() {
    return offset;
  }

  /** 4 or 6. */
  public int version() {
    return version;
  }

  /** Whether the packet is IPv4. */
  public boolean isV4() {
    return version == 4;
  }

  /** Octets of the fixed header and, for IPv4, its options; extension headers are not in it. */
  public int headerLength() {
    return headerLength;
  }

  /** Octets of the whole packet by its own header. */
  public int totalLength() {
    return totalLength;
  }

  /** Type of service or traffic class: DSCP in the upper six bits, ECN in the lower two. */
  public int trafficClass() {
    return trafficClass;
  }

  /** IPv6 flow label; 0 for IPv4. */
  public int flowLabel() {
    return flowLabel;
  }

  /** Time to live or hop limit. */
  public int hopLimit() {
    return hopLimit;
  }

  /** The IPv4 flag; false for IPv6, whose packets routers never fragment. */
  public boolean dontFragment() {
    return dontFragment;
  }

  /** Whether more fragments follow. */
  public boolean moreFragments() {
    return moreFragments;
  }

  /** Fragment offset in octets. */
  public int fragmentOffset() {
    return fragmentOffset;
  }

  /** Whether this is a part of a packet; an atomic IPv6 fragment (RFC 6946) is none. */
  public boolean isFragment() {
    return moreFragments || fragmentOffset != 0;
  }

  /** Upper 64 bits of an IPv6 source; 0 for IPv4. */
  public long sourceHigh() {
    return sourceHigh;
  }

  /** Lower 64 bits of an IPv6 source; the IPv4 source, zero-extended. */
  public long sourceLow() {
    return sourceLow;
  }

  /** Upper 64 bits of an IPv6 destination; 0 for IPv4. */
  public long destinationHigh() {
    return destinationHigh;
  }

  /** Lower 64 bits of an IPv6 destination; the IPv4 destination, zero-extended. */
  public long destinationLow() {
    return destinationLow;
  }

  /** The upper-layer protocol behind all extension headers, or {@link #UNKNOWN}. */
  public int protocol() {
    return protocol;
  }

  /** Where the octet stands that names {@link #protocol()}. */
  public int protocolOffset() {
    return protocolOffset;
  }

  /** Where the upper layer begins; the end of the packet when it has none. */
  public int payloadOffset() {
    return payloadOffset;
  }

  /** Octets of upper layer. */
  public int payloadLength() {
    return offset + totalLength - payloadOffset;
  }

  /**
   * End of the headers that every node on the way reads (RFC 8200 4.5, "Per-Fragment headers"): the
   * IPv4 header with options, or the IPv6 header with hop-by-hop options and all up to the last
   * routing header. A fragment header, and ESP in transport mode (RFC 4303 3.1.1), go in here.
   */
  public int perFragmentEnd() {
    return perFragmentEnd;
  }

  /** Where the octet stands that names what begins at {@link #perFragmentEnd()}. */
  public int perFragmentNextOffset() {
    return perFragmentNextOffset;
  }

  /**
   * Source port; for ICMP the type in the upper and the code in the lower octet, for the mobility
   * header the type in the upper octet (RFC 4301 4.4.1.1); or {@link #UNKNOWN}.
   */
  public int sourcePort() {
    return sourcePort;
  }

  /** Destination port; for ICMP and the mobility header the same as {@link #sourcePort()}. */
  public int destinationPort() {
    return destinationPort;
  }

  /**
   * Whether the ports stand for a type and code, of which a packet has only one: it is compared
   * with the sender's selector alone (RFC 4301 4.4.1.3).
   */
  public boolean isTypeAndCode() {
    return typeAndCode;
  }

  /**
   * Tells a later fragment what the first fragment of its packet said (RFC 4301 7.3): from now on
   * {@link #protocol()} and the ports answer so. Where the packet lies is not changed by it.
   *
   * @param upperProtocol 0 to 255
   * @param fromPort 0 to 65535, or {@link #UNKNOWN} where the protocol has none
   * @param toPort 0 to 65535, or {@link #UNKNOWN}
   * @param ofTypeAndCode what {@link #isTypeAndCode()} shall say
   */
  public void adoptPorts(int upperProtocol, int fromPort, int toPort, boolean ofTypeAndCode) {
    protocol = upperProtocol;
    sourcePort = fromPort;
    destinationPort = toPort;
    typeAndCode = ofTypeAndCode;
  }

  /** For logs; addresses are left out on purpose. */
  @Override
  public String toString() {
    return "IPv" + version + "[" + totalLength + " octets, protocol " + protocol + "]";
  }
}
