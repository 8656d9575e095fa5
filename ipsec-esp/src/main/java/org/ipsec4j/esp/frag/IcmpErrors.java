package org.ipsec4j.esp.frag;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * Reads ICMP errors that routers on the way send about our protected packets (RFC 792, RFC 4443 3):
 * what they say, and which packet of ours they quote, so that the SA can be found (RFC 4301 8.2.1).
 *
 * <p>A flyweight: laid over one packet after another. All lengths and checksums are checked; that
 * the quoted packet was ever sent is not, and cannot be. Thread-confined; allocates nothing; throws
 * nothing for what a packet contains.
 */
public final class IcmpErrors {
  /** What a packet is. */
  public enum Kind {
    /** No ICMP error, or one that is in fragments. */
    NOT_AN_ERROR,
    /** An ICMP error that is cut off or whose checksum is wrong. */
    MALFORMED,
    /** An ICMP error about something that is no ESP, AH or ESP in UDP. */
    FOREIGN,
    /** Our packet was too long for a link: see {@link #mtu()}. */
    TOO_BIG,
    /** The peer, its network, its protocol or its port cannot be reached. */
    UNREACHABLE,
    /** The hop limit was used up, or fragments were lost. */
    TIME_EXCEEDED,
    /** A router did not understand a header. */
    PARAMETER_PROBLEM,
    /** Any other error: redirect, source quench, or one not known. */
    OTHER
  }

  /** No SPI was quoted: an error about UDP that quotes the UDP header alone. */
  public static final int NO_SPI = 0;

  private static final int ICMP = 1;
  private static final int UDP = 17;
  private static final int ESP = 50;
  private static final int AH = 51;
  private static final int ICMPV6 = 58;

  /** Type, code, checksum, and 32 bits of their own: the quoted packet stands behind. */
  private static final int HEADER = 8;

  private final IpHeaderView view = new IpHeaderView();
  private Kind kind = Kind.NOT_AN_ERROR;
  private int type;
  private int code;
  private long mtu;
  private boolean v4;
  private int quotedLength;
  private int protocol;
  private int spi;
  private int sequence;
  private boolean hasSequence;
  private int sourcePort;
  private int destinationPort;
  private long sourceHigh;
  private long sourceLow;
  private long destinationHigh;
  private long destinationLow;

  /** Lies over no packet yet. */
  public IcmpErrors() {}

  /**
   * Lays the view over a packet.
   *
   * @param memory big-endian; lent for the call
   * @param offset where the IP header begins
   * @param length octets in the window
   * @return what it is; for TOO_BIG and those behind it the accessors tell more
   */
  public Kind parse(ByteBuffer memory, int offset, int length) {
    kind = read(memory, offset, length);
    return kind;
  }

  private Kind read(ByteBuffer memory, int offset, int length) {
    if (!view.parse(memory, offset, length) || view.isFragment()) {
      return Kind.NOT_AN_ERROR;
    }
    v4 = view.isV4();
    int at = view.payloadOffset();
    int available = view.payloadLength();
    if (view.protocol() != (v4 ? ICMP : ICMPV6)) {
      return Kind.NOT_AN_ERROR;
    }
    if (available < HEADER) {
      return Kind.MALFORMED;
    }
    type = memory.get(at) & 0xff;
    code = memory.get(at + 1) & 0xff;
    if (!isError(v4, type)) {
      return Kind.NOT_AN_ERROR;
    }
    if (!isChecksumRight(memory, at, available)) {
      return Kind.MALFORMED;
    }
    mtu = v4 ? memory.getShort(at + 6) & 0xffff : memory.getInt(at + 4) & 0xffffffffL;
    Kind quote = readQuote(memory, at + HEADER, at + available);
    return quote == Kind.OTHER ? named() : quote;
  }

  private boolean isChecksumRight(ByteBuffer memory, int at, int length) {
    long sum = InternetChecksum.sum(memory, at, length);
    if (!v4) {
      // source and destination, length and next header (RFC 8200 8.1)
      sum += InternetChecksum.sum(memory, view.offset() + 8, 32) + length + ICMPV6;
    }
    return InternetChecksum.fold(sum) == 0;
  }

  /** Whether messages of this type are errors, which are never answered by an error. */
  static boolean isError(boolean v4, int type) {
    if (!v4) {
      return type < 128;
    }
    return switch (type) {
      case 3, 4, 5, 11, 12 -> true;
      default -> false;
    };
  }

  private Kind named() {
    if (v4) {
      return switch (type) {
        case 3 -> code == 4 ? Kind.TOO_BIG : Kind.UNREACHABLE;
        case 11 -> Kind.TIME_EXCEEDED;
        case 12 -> Kind.PARAMETER_PROBLEM;
        default -> Kind.OTHER;
      };
    }
    return switch (type) {
      case 1 -> Kind.UNREACHABLE;
      case 2 -> Kind.TOO_BIG;
      case 3 -> Kind.TIME_EXCEEDED;
      case 4 -> Kind.PARAMETER_PROBLEM;
      default -> Kind.OTHER;
    };
  }

  /** OTHER when the quote was understood. The quote is cut off somewhere: that is no fault. */
  private Kind readQuote(ByteBuffer memory, int at, int end) {
    int header = v4 ? FragmentView.V4_LENGTH : FragmentView.V6_LENGTH;
    if (end - at < header) {
      return Kind.MALFORMED;
    }
    if ((memory.get(at) >> 4 & 15) != (v4 ? 4 : 6)) {
      return Kind.FOREIGN;
    }
    return v4 ? readV4(memory, at, end) : readV6(memory, at, end);
  }

  private Kind readV4(ByteBuffer memory, int at, int end) {
    int header = (memory.get(at) & 15) * 4;
    quotedLength = memory.getShort(at + 2) & 0xffff;
    if (header < FragmentView.V4_LENGTH || quotedLength < header || header > end - at) {
      return Kind.MALFORMED;
    }
    sourceHigh = 0;
    sourceLow = memory.getInt(at + 12) & 0xffffffffL;
    destinationHigh = 0;
    destinationLow = memory.getInt(at + 16) & 0xffffffffL;
    boolean later = (memory.getShort(at + 6) & 0x1fff) != 0;
    return later ? Kind.FOREIGN : readUpper(memory, memory.get(at + 9) & 0xff, at + header, end);
  }

  private Kind readV6(ByteBuffer memory, int at, int end) {
    quotedLength = FragmentView.V6_LENGTH + (memory.getShort(at + 4) & 0xffff);
    sourceHigh = memory.getLong(at + 8);
    sourceLow = memory.getLong(at + 16);
    destinationHigh = memory.getLong(at + 24);
    destinationLow = memory.getLong(at + 32);
    int next = memory.get(at + 6) & 0xff;
    int here = at + FragmentView.V6_LENGTH;
    for (int count = 0; FragmentView.isExtension(next); count++) {
      if (count == IpHeaderView.MAX_EXTENSION_HEADERS || end - here < 8) {
        return Kind.FOREIGN;
      }
      boolean fragment = next == FragmentView.FRAGMENT;
      if (fragment && (memory.getShort(here + 2) & 0xfff8) != 0) {
        return Kind.FOREIGN;
      }
      int size = fragment ? 8 : ((memory.get(here + 1) & 0xff) + 1) * 8;
      if (size > end - here) {
        return Kind.FOREIGN;
      }
      next = memory.get(here) & 0xff;
      here += size;
    }
    return readUpper(memory, next, here, end);
  }

  private Kind readUpper(ByteBuffer memory, int upper, int at, int end) {
    protocol = upper;
    spi = NO_SPI;
    hasSequence = false;
    sourcePort = 0;
    destinationPort = 0;
    // RFC 792: an error quotes the header and eight octets at least
    if (upper != ESP && upper != AH && upper != UDP) {
      return Kind.FOREIGN;
    }
    if (end - at < 8) {
      return Kind.MALFORMED;
    }
    int esp = at;
    if (upper == UDP) {
      sourcePort = memory.getShort(at) & 0xffff;
      destinationPort = memory.getShort(at + 2) & 0xffff;
      esp = at + 8;
      if (end - esp < 4) {
        return Kind.OTHER;
      }
    }
    int spiAt = upper == AH ? at + 4 : esp;
    spi = memory.getInt(spiAt);
    hasSequence = end - spiAt >= 8;
    sequence = hasSequence ? memory.getInt(spiAt + 4) : 0;
    // behind SPI 0 stands an IKE message (RFC 3948 2.2)
    return spi == NO_SPI ? Kind.FOREIGN : Kind.OTHER;
  }

  /** What the last packet is. */
  public Kind kind() {
    return kind;
  }

  /** ICMP type. */
  public int type() {
    return type;
  }

  /** ICMP code. */
  public int code() {
    return code;
  }

  /**
   * For TOO_BIG the MTU of the link that refused our packet, as reported: 0 from IPv4 routers that
   * do not know RFC 1191; at most 2^31 - 1.
   */
  public int mtu() {
    return (int) Math.min(mtu, Integer.MAX_VALUE);
  }

  /** Whether error and quoted packet are IPv4. */
  public boolean isV4() {
    return v4;
  }

  /** Octets of the whole packet that is quoted, as its header says. */
  public int quotedLength() {
    return quotedLength;
  }

  /** What the quoted packet carried: 50 for ESP, 51 for AH, 17 for UDP. */
  public int protocol() {
    return protocol;
  }

  /** SPI of the quoted packet, or {@link #NO_SPI} when only its UDP header was quoted. */
  public int spi() {
    return spi;
  }

  /** Whether the quote reaches to the sequence number. */
  public boolean hasSequence() {
    return hasSequence;
  }

  /** Lower 32 bits of its sequence number; 0 when it was not quoted. */
  public int sequence() {
    return sequence;
  }

  /** Source port of a quoted UDP packet: ours; else 0. */
  public int sourcePort() {
    return sourcePort;
  }

  /** Destination port of a quoted UDP packet: the peer's; else 0. */
  public int destinationPort() {
    return destinationPort;
  }

  /** Upper half of the quoted source, our address; 0 for IPv4. */
  public long sourceHigh() {
    return sourceHigh;
  }

  /** Lower half of the quoted source; the address itself for IPv4. */
  public long sourceLow() {
    return sourceLow;
  }

  /** Upper half of the quoted destination, the peer's address; 0 for IPv4. */
  public long destinationHigh() {
    return destinationHigh;
  }

  /** Lower half of the quoted destination; the address itself for IPv4. */
  public long destinationLow() {
    return destinationLow;
  }
}
