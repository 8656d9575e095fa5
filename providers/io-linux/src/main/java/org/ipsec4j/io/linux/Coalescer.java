package org.ipsec4j.io.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.ipsec4j.api.packet.PacketBurst;

/**
 * Finds packets that follow one another in a TCP stream or a flow of UDP, so that the system can
 * take them as one (generic receive offload). What the system would read from them one by one it
 * reads from the one: same addresses and ports, equal sizes but for the last; of TCP the same
 * options, acknowledgement and window, no flag but ACK, PSH on the last only, contiguous numbers.
 * Thread-confined.
 *
 * <p>Both checksums of a packet are verified before it is joined, as the system believes the joined
 * one without looking; a packet whose sum is wrong stays alone and is the system's to refuse.
 */
final class Coalescer {
  /** Most packets that become one. */
  static final int MOST = 64;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int ACK = 0x10;
  private static final int PSH = 8;
  private static final int DONT_FRAGMENT = 0x4000;
  private static final int LONGEST = 65_535;

  private final MemorySegment header = Arena.ofAuto().allocate(VirtioHeader.LENGTH + 100, 8);
  private final boolean datagrams;
  private boolean v4;
  private boolean tcp;
  private int transport;
  private int headers;
  private int size;

  /**
   * @param datagrams whether the system takes joined packets of UDP
   */
  Coalescer(boolean datagrams) {
    this.datagrams = datagrams;
  }

  /** Virtio header, IP header and transport header of what {@link #join} found. */
  MemorySegment header() {
    return header;
  }

  /** Octets of {@link #header()} that are used. */
  int headerLength() {
    return VirtioHeader.LENGTH + headers;
  }

  /** Octets in front of the payload of each joined packet. */
  int headers() {
    return headers;
  }

  /**
   * Joins packets with the first of them, and writes their header.
   *
   * @param slab the burst's
   * @param packets indexes of packets of the burst, in their order
   * @param first where in {@code packets} to begin
   * @param end where they end
   * @return how many are one now; 1 when the first one stays as it is
   */
  int join(PacketBurst burst, MemorySegment slab, int[] packets, int first, int end) {
    int head = burst.offset(packets[first]);
    int length = burst.length(packets[first]);
    if (!isPlain(slab, head, length) || isPushed(slab, head)) {
      return 1;
    }
    int payload = length - headers;
    size = payload;
    boolean verified = false;
    boolean open = true;
    int joined = 1;
    while (open && first + joined < end && joined < MOST) {
      int offset = burst.offset(packets[first + joined]);
      int octets = burst.length(packets[first + joined]) - headers;
      if (octets <= 0
          || octets > size
          || headers + payload + octets > LONGEST
          || !follows(slab, head, offset, headers + octets, payload, joined)
          || !(verified || sumsAreRight(slab, head, length))) {
        break;
      }
      verified = true;
      if (!sumsAreRight(slab, offset, headers + octets)) {
        break;
      }
      payload += octets;
      joined++;
      open = octets == size && !isPushed(slab, offset);
    }
    if (joined > 1) {
      write(slab, head, payload, burst.offset(packets[first + joined - 1]));
    }
    return joined;
  }

  /** Whether a packet is of the kind that may be joined; remembers its headers. */
  private boolean isPlain(MemorySegment slab, int ip, int length) {
    if (length < 28) {
      return false;
    }
    int version = slab.get(BYTE, ip) & 0xff;
    v4 = version == 0x45;
    transport = v4 ? 20 : 40;
    if ((!v4 && version >> 4 != 6) || length < transport + 8) {
      return false;
    }
    boolean whole =
        v4
            ? (slab.get(SHORT, ip + 6) & 0x3fff) == 0
                && (slab.get(SHORT, ip + 2) & 0xffff) == length
            : (slab.get(SHORT, ip + 4) & 0xffff) == length - 40;
    int protocol = slab.get(BYTE, ip + (v4 ? 9 : 6));
    tcp = protocol == TCP;
    return whole
        && (tcp ? isPlainTcp(slab, ip, length) : protocol == UDP && isPlainUdp(slab, ip, length));
  }

  private boolean isPlainTcp(MemorySegment slab, int ip, int length) {
    if (length < transport + 20) {
      return false;
    }
    int tcpHeader = (slab.get(BYTE, ip + transport + 12) & 0xf0) >> 2;
    headers = transport + tcpHeader;
    return tcpHeader >= 20
        && headers < length
        && (slab.get(BYTE, ip + transport + 13) & 0xff & ~PSH) == ACK;
  }

  private boolean isPlainUdp(MemorySegment slab, int ip, int length) {
    headers = transport + 8;
    return datagrams && headers < length && isWholeUdp(slab, ip, length);
  }

  /** Whether it has a checksum, and its lengths agree. */
  private boolean isWholeUdp(MemorySegment slab, int ip, int length) {
    return (slab.get(SHORT, ip + transport + 4) & 0xffff) == length - transport
        && slab.get(SHORT, ip + transport + 6) != 0;
  }

  private boolean isPushed(MemorySegment slab, int ip) {
    return tcp && (slab.get(BYTE, ip + transport + 13) & PSH) != 0;
  }

  /** Whether a packet is the next one behind those that begin at {@code head}. */
  private boolean follows(
      MemorySegment slab, int head, int ip, int length, int payload, int joined) {
    if (!(v4 ? sameV4(slab, head, ip, length, joined) : sameV6(slab, head, ip, length))) {
      return false;
    }
    if (!tcp) {
      return same(slab, head + transport, ip + transport, 0, 4) && isWholeUdp(slab, ip, length);
    }
    return sameTcp(slab, head + transport, ip + transport)
        && slab.get(INT, ip + transport + 4) == slab.get(INT, head + transport + 4) + payload;
  }

  /** The identification counts, unless it means nothing (RFC 6864 4.1). */
  private static boolean sameV4(MemorySegment slab, int head, int ip, int length, int joined) {
    short next = (short) (slab.get(SHORT, head + 4) + joined);
    return same(slab, head, ip, 0, 2)
        && (slab.get(SHORT, ip + 2) & 0xffff) == length
        && same(slab, head, ip, 6, 4)
        && same(slab, head, ip, 12, 8)
        && ((slab.get(SHORT, ip + 6) & DONT_FRAGMENT) != 0 || slab.get(SHORT, ip + 4) == next);
  }

  private static boolean sameV6(MemorySegment slab, int head, int ip, int length) {
    return same(slab, head, ip, 0, 4)
        && (slab.get(SHORT, ip + 4) & 0xffff) == length - 40
        && same(slab, head, ip, 6, 34);
  }

  private boolean sameTcp(MemorySegment slab, int head, int tcp) {
    return same(slab, head, tcp, 0, 4)
        && same(slab, head, tcp, 8, 5)
        && (slab.get(BYTE, tcp + 13) & 0xff & ~PSH) == ACK
        && same(slab, head, tcp, 14, 2)
        && same(slab, head, tcp, 18, headers - transport - 18);
  }

  private static boolean same(MemorySegment slab, int one, int other, int from, int octets) {
    for (int i = from; i < from + octets; i++) {
      if (slab.get(BYTE, (long) one + i) != slab.get(BYTE, (long) other + i)) {
        return false;
      }
    }
    return true;
  }

  private boolean sumsAreRight(MemorySegment slab, int ip, int length) {
    int octets = length - transport;
    long pseudo = Sums.pseudo(slab, ip, v4, protocol(), octets);
    return (!v4 || Sums.fold(Sums.add(slab, ip, 20, 0)) == 0xffff)
        && Sums.fold(Sums.add(slab, ip + transport, octets, pseudo)) == 0xffff;
  }

  private int protocol() {
    return tcp ? TCP : UDP;
  }

  private int type() {
    return !tcp ? VirtioHeader.GSO_UDP_L4 : v4 ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6;
  }

  private void write(MemorySegment slab, int head, int payload, int last) {
    long ip = VirtioHeader.LENGTH;
    MemorySegment.copy(slab, head, header, ip, headers);
    int field = tcp ? 16 : 6;
    VirtioHeader.write(header, type(), headers, size, transport, field);
    int octets = headers + payload;
    if (v4) {
      header.set(SHORT, ip + 2, (short) octets);
      header.set(SHORT, ip + 10, (short) 0);
      header.set(SHORT, ip + 10, Sums.field(Sums.add(header, ip, 20, 0)));
    } else {
      header.set(SHORT, ip + 4, (short) (octets - 40));
    }
    if (tcp) {
      header.set(BYTE, ip + transport + 13, slab.get(BYTE, (long) last + transport + 13));
    } else {
      header.set(SHORT, ip + transport + 4, (short) (octets - transport));
    }
    long sum = Sums.pseudo(header, ip, v4, protocol(), octets - transport);
    header.set(SHORT, ip + transport + field, (short) Sums.fold(sum));
  }
}
