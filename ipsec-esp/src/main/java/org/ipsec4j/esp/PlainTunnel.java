package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.packet.PacketBurst;

/**
 * The short way of what most packets are: IPv4 without options in an SA of tunnel mode that asks
 * for nothing unusual. It decides only that a packet is such a one; whatever is not goes the long
 * way from its beginning, so that every refusal is made in one place. What it does is what the long
 * way would have done.
 */
final class PlainTunnel {
  /** Pad octets are 1, 2, 3 and so on (RFC 4303 2.4). */
  private static final long PADDING = 0x0102030405060708L;

  private static final long MORE_PADDING = 0x090a0b0c0d0e0f10L;

  /** IPv4 in a tunnel. */
  static final int NEXT_V4 = 4;

  private static final int V4_HEADER = OuterHeader.V4_LENGTH;
  private static final int MAX_TOTAL = 65535;

  /** The first octet of an IPv4 header without options. */
  private static final int V4_PLAIN = 0x45;

  /** In the first eight octets of an IPv4 header: more fragments, and the offset. */
  private static final long FRAGMENT = 0x3fff;

  private static final int DONT_FRAGMENT = 0x4000;
  private static final int ECN = 3;

  private PlainTunnel() {}

  /**
   * Whether a packet may go this way and fits; changes no octet.
   *
   * @param layout of an SA that {@link OutboundSa#isPlain} is true of, and whose way is of IPv4
   * @param outside octets of the outer header and of UDP
   * @return false when the packet must go the long way
   */
  static boolean plan(
      PacketBurst burst, int i, EspLayout layout, int outside, boolean fullIp, Departure out) {
    int length = burst.length(i);
    if (length < V4_HEADER) {
      return false;
    }
    long head = burst.slab().getLong(burst.offset(i));
    int total = (int) (head >>> 32) & 0xffff;
    int front = layout.front();
    int back = layout.padLength(total) + EspLayout.TRAILER_LENGTH + layout.icvLength();
    boolean plain =
        head >>> 56 == V4_PLAIN
            && total >= V4_HEADER
            && total <= length
            && outside + front + total + back <= MAX_TOTAL
            && burst.headroom(i) >= (fullIp ? front + outside : front)
            && burst.tailroom(i) + length >= total + back;
    if (plain) {
      out.plain = true;
      out.live = true;
      out.head = head;
    }
    return plain;
  }

  /** Says where what leaves will lie. */
  static void place(Departure out, EspLayout layout, int at, int outside) {
    int total = (int) (out.head >>> 32) & 0xffff;
    int outer = at - layout.front() - outside;
    out.innerLength = total;
    out.outerOffset = outer;
    out.outerLength =
        at
            - outer
            + total
            + layout.padLength(total)
            + EspLayout.TRAILER_LENGTH
            + layout.icvLength();
  }

  /** The IP header, and the one of UDP. */
  static void writeOuter(ByteBuffer slab, OuterWay way, Departure out, int identification) {
    int at = out.outerOffset;
    int length = out.outerLength;
    int classAndLength = (int) (out.head >>> 32 & 0xff0000) | length;
    int fragment = (int) out.head & DONT_FRAGMENT;
    int sum = way.sum + (classAndLength >>> 16) + length + (identification & 0xffff) + fragment;
    sum = (sum >>> 16) + (sum & 0xffff);
    sum += sum >>> 16;
    int low = identification << 16 | fragment;
    slab.putLong(at, ((long) (V4_PLAIN << 24 | classAndLength) << 32) | (low & 0xffffffffL));
    slab.putLong(at + 8, way.second | (~sum & 0xffffL) << 32);
    slab.putInt(at + 16, way.destination);
    if (way.udp) {
      OuterHeader.writeUdp(slab, at + V4_HEADER, way, length - way.outside);
    }
  }

  /** Padding and trailer; returns where the ICV goes. */
  static int writeTrailer(ByteBuffer slab, EspLayout layout, int end, int total) {
    int pad = layout.padLength(total);
    // whole words, as a loop costs more: what is too much lies in the ICV, which comes later
    if (pad > 0) {
      slab.putLong(end, PADDING);
      if (pad > 8) {
        slab.putLong(end + 8, MORE_PADDING);
      }
    }
    slab.putShort(end + pad, (short) (pad << 8 | NEXT_V4));
    return end + pad + EspLayout.TRAILER_LENGTH;
  }

  /**
   * Finds ESP behind an IPv4 header.
   *
   * @return false when the packet must go the long way
   */
  static boolean locate(ByteBuffer slab, int at, int length, Arrival in) {
    if (length < V4_HEADER) {
      return false;
    }
    long head = slab.getLong(at);
    int total = (int) (head >>> 32) & 0xffff;
    if (head >>> 56 != V4_PLAIN
        || (head & FRAGMENT) != 0
        || total < V4_HEADER + EspLayout.HEADER_LENGTH
        || total > length
        || slab.get(at + 9) != OuterHeader.ESP) {
      return false;
    }
    in.plain = true;
    in.headed = true;
    in.trafficClass = (int) (head >>> 48) & 0xff;
    in.espOffset = at + V4_HEADER;
    in.espLength = total - V4_HEADER;
    in.spiAndLow = slab.getLong(at + V4_HEADER);
    return true;
  }

  /**
   * Whether an opened payload is an IPv4 packet that may come out as it is; changes no octet.
   *
   * @param sa one that {@link InboundSa#isPlain} is true of
   * @return octets of the packet, which begins where the text does; or 0 when the packet must go
   *     the long way
   */
  static int strip(ByteBuffer slab, CryptoOp op, InboundSa sa, Arrival in) {
    int trailer = op.icvOffset - EspLayout.TRAILER_LENGTH;
    int text = op.textOffset;
    int fields = slab.getShort(trailer) & 0xffff;
    int pad = fields >>> 8;
    int payload = trailer - pad - text;
    if ((fields & 0xff) != NEXT_V4 || payload < V4_HEADER || !isPadding(slab, trailer, pad)) {
      return 0;
    }
    long head = slab.getLong(text);
    int total = (int) (head >>> 32) & 0xffff;
    int trafficClass = (int) (head >>> 48) & 0xff;
    boolean plain =
        head >>> 56 == V4_PLAIN
            && total >= V4_HEADER
            && total <= payload
            // congestion marks that are the same need no mending (RFC 6040 4.2)
            && (!in.headed || ((in.trafficClass ^ trafficClass) & ECN) == 0);
    if (!plain) {
      return 0;
    }
    long middle = slab.getLong(text + 8);
    int protocol = (int) (middle >>> 48) & 0xff;
    int destination = slab.getInt(text + 16);
    return sa.selectors().takesWithoutPorts((int) middle, destination, protocol) ? total : 0;
  }

  /**
   * Up to seven octets; more go the long way. They lie behind the header, so that eight can be
   * read.
   */
  private static boolean isPadding(ByteBuffer slab, int trailer, int pad) {
    if (pad == 0) {
      return true;
    }
    long mask = (1L << (8 * pad)) - 1;
    return pad < 8 && ((slab.getLong(trailer - 8) ^ PADDING >>> (64 - 8 * pad)) & mask) == 0;
  }
}
