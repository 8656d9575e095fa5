package org.ipsec4j.io.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;

/**
 * Cuts what the system hands over in one piece into packets as they go on the wire (TCP and UDP
 * segmentation offload), and completes checksums that the system left to the device.
 * Thread-confined.
 *
 * <p>The octets come from the system, which has them from programs: each length is checked, and
 * what makes no sense becomes one packet that is dropped.
 */
final class SuperPacket {
  /** Octets of the largest thing that is read: virtio header and IP packet. */
  static final int LARGEST = VirtioHeader.LENGTH + 65_535;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int FIN = 1;
  private static final int PSH = 8;
  private static final int CWR = 0x80;
  private static final int FIRST = VirtioHeader.LENGTH;

  /** What is to be done with what was read. */
  private enum Kind {
    NOTHING,
    WHOLE,
    TCP_SEGMENTS,
    UDP_SEGMENTS,
    DAMAGED
  }

  private final MemorySegment source;
  private Kind kind = Kind.NOTHING;
  private int length;
  private boolean v4;
  private int transport;
  private int headers;
  private int size;
  private int at;
  private int count;

  /**
   * @param source where virtio header and packet will be read into, {@link #LARGEST} octets
   */
  SuperPacket(MemorySegment source) {
    this.source = source;
  }

  /** Whether packets of what was read last are still to come. */
  boolean isOpen() {
    return kind != Kind.NOTHING;
  }

  /**
   * Something was read.
   *
   * @param octets of virtio header and packet
   */
  void begin(long octets) {
    at = 0;
    count = 0;
    kind = octets <= FIRST || octets > LARGEST ? Kind.DAMAGED : classify((int) octets - FIRST);
  }

  private Kind classify(int octets) {
    length = octets;
    int type = VirtioHeader.type(source);
    return switch (type) {
      case VirtioHeader.GSO_NONE -> whole();
      case VirtioHeader.GSO_TCPV4, VirtioHeader.GSO_TCPV6 -> tcp(type == VirtioHeader.GSO_TCPV4);
      case VirtioHeader.GSO_UDP_L4 -> udp();
      default -> Kind.DAMAGED;
    };
  }

  private Kind whole() {
    if (VirtioHeader.needsChecksum(source)) {
      int start = VirtioHeader.sumStart(source);
      int offset = VirtioHeader.sumOffset(source);
      if (start + offset + 2 > length) {
        return Kind.DAMAGED;
      }
      short field = Sums.field(Sums.add(source, FIRST + start, length - start, 0));
      // zero would say that there is no checksum
      boolean udp = offset == 6;
      source.set(SHORT, FIRST + start + offset, udp && field == 0 ? (short) 0xffff : field);
    }
    return Kind.WHOLE;
  }

  private Kind tcp(boolean overV4) {
    if (!findTransport(TCP) || v4 != overV4 || transport + 20 > length) {
      return Kind.DAMAGED;
    }
    int tcpHeader = (source.get(BYTE, FIRST + transport + 12) & 0xf0) >> 2;
    headers = transport + tcpHeader;
    return tcpHeader < 20 || headers > length ? Kind.DAMAGED : segments(Kind.TCP_SEGMENTS);
  }

  private Kind udp() {
    if (!findTransport(UDP)) {
      return Kind.DAMAGED;
    }
    headers = transport + 8;
    return headers > length ? Kind.DAMAGED : segments(Kind.UDP_SEGMENTS);
  }

  private Kind segments(Kind which) {
    size = VirtioHeader.size(source);
    at = headers;
    return size == 0 ? Kind.DAMAGED : which;
  }

  /** Where the transport header begins; extension headers of IPv6 are the system's to count. */
  private boolean findTransport(int protocol) {
    int version = source.get(BYTE, FIRST) >> 4 & 0xf;
    v4 = version == 4;
    if (length < (v4 ? 20 : 40) || (version != 4 && version != 6)) {
      return false;
    }
    if (v4) {
      transport = (source.get(BYTE, FIRST) & 0xf) * 4;
      boolean fragment = (source.get(SHORT, FIRST + 6) & 0x3fff) != 0;
      return transport >= 20
          && transport <= length
          && !fragment
          && source.get(BYTE, FIRST + 9) == protocol;
    }
    transport = VirtioHeader.needsChecksum(source) ? VirtioHeader.sumStart(source) : 40;
    return transport > 40
        ? transport <= length
        : transport == 40 && source.get(BYTE, FIRST + 6) == protocol;
  }

  /**
   * Adds packets to a burst until it is full or nothing is left.
   *
   * @param slab the burst's
   */
  void pour(PacketBurst into, MemorySegment slab) {
    while (kind != Kind.NOTHING && into.size() < into.capacity()) {
      int i = into.add();
      switch (kind) {
        case WHOLE -> {
          copy(into, i, slab, length);
          kind = Kind.NOTHING;
        }
        case TCP_SEGMENTS, UDP_SEGMENTS -> segment(into, i, slab);
        case DAMAGED, NOTHING -> {
          into.drop(i, DropReason.MALFORMED_INNER);
          kind = Kind.NOTHING;
        }
      }
    }
  }

  private boolean copy(PacketBurst into, int i, MemorySegment slab, int octets) {
    if (octets > into.room()) {
      into.drop(i, DropReason.TOO_LONG);
      return false;
    }
    MemorySegment.copy(source, FIRST, slab, into.offset(i), octets);
    into.window(i, into.offset(i), octets);
    return true;
  }

  private void segment(PacketBurst into, int i, MemorySegment slab) {
    int octets = Math.min(size, length - at);
    int from = at;
    boolean last = from + octets == length;
    at += octets;
    if (headers + octets > into.room()) {
      into.drop(i, DropReason.TOO_LONG);
    } else {
      long ip = into.offset(i);
      MemorySegment.copy(source, FIRST, slab, ip, headers);
      MemorySegment.copy(source, FIRST + from, slab, ip + headers, octets);
      into.window(i, into.offset(i), headers + octets);
      writeIp(slab, ip, headers + octets);
      if (kind == Kind.TCP_SEGMENTS) {
        writeTcp(slab, ip + transport, from - headers, last);
        seal(slab, ip, 16, TCP, headers - transport + octets);
      } else {
        slab.set(SHORT, ip + transport + 4, (short) (8 + octets));
        seal(slab, ip, 6, UDP, 8 + octets);
      }
    }
    count++;
    if (last) {
      kind = Kind.NOTHING;
    }
  }

  private void writeIp(MemorySegment slab, long ip, int octets) {
    if (v4) {
      slab.set(SHORT, ip + 2, (short) octets);
      slab.set(SHORT, ip + 4, (short) (slab.get(SHORT, ip + 4) + count));
      slab.set(SHORT, ip + 10, (short) 0);
      slab.set(SHORT, ip + 10, Sums.field(Sums.add(slab, ip, (int) ipHeader(slab, ip), 0)));
    } else {
      slab.set(SHORT, ip + 4, (short) (octets - 40));
    }
  }

  private static long ipHeader(MemorySegment slab, long ip) {
    return (slab.get(BYTE, ip) & 0xf) * 4L;
  }

  /** Congestion is told once, the end and the push come with the last octets (RFC 3168 6.1.2). */
  private void writeTcp(MemorySegment slab, long tcp, int sent, boolean last) {
    slab.set(INT, tcp + 4, slab.get(INT, tcp + 4) + sent);
    int flags = slab.get(BYTE, tcp + 13);
    if (!last) {
      flags &= ~(FIN | PSH);
    }
    if (sent > 0) {
      flags &= ~CWR;
    }
    slab.set(BYTE, tcp + 13, (byte) flags);
  }

  private void seal(MemorySegment slab, long ip, int field, int protocol, int octets) {
    long at = ip + transport;
    slab.set(SHORT, at + field, (short) 0);
    short sum = Sums.field(Sums.add(slab, at, octets, Sums.pseudo(slab, ip, v4, protocol, octets)));
    slab.set(SHORT, at + field, protocol == UDP && sum == 0 ? (short) 0xffff : sum);
  }
}
