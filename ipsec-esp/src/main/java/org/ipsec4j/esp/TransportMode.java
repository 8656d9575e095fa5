package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * Transport mode: the IP header stays in front, and only what it carries is protected (RFC 4303
 * 3.1.1).
 */
final class TransportMode {
  private TransportMode() {}

  /**
   * Finds what is protected: everything behind the headers that routers on the way read.
   * Destination options behind the last routing header go inside.
   */
  static DropReason plan(IpHeaderView packet, boolean outerV4, PacketForm form, Departure out) {
    int headerLength = packet.perFragmentEnd() - packet.offset();
    boolean plainHeader = headerLength == OuterHeader.ipLength(packet.isV4());
    boolean headerLost = form == PacketForm.PAYLOAD && !plainHeader;
    if (packet.isFragment() || headerLost || packet.isV4() != outerV4) {
      return DropReason.NOT_TRANSPORTABLE;
    }
    out.headerOffset = packet.offset();
    out.headerLength = headerLength;
    out.nextFieldOffset = packet.perFragmentNextOffset();
    out.payloadOffset = packet.perFragmentEnd();
    out.payloadLength = packet.totalLength() - headerLength;
    return DropReason.NONE;
  }

  /** Moves the header to the front of what leaves and mends it to announce UDP or ESP. */
  static void moveHeader(ByteBuffer slab, Departure out, boolean v4, int protocol, int total) {
    int to = out.outerOffset;
    for (int i = 0; i < out.headerLength; i++) {
      slab.put(to + i, slab.get(out.headerOffset + i));
    }
    mendHeader(slab, to, v4, to + out.nextFieldOffset - out.headerOffset, protocol, total);
  }

  /** Moves the outer header back to the payload, mended to announce what was inside. */
  static int restoreHeader(
      ByteBuffer slab, Arrival in, int payloadOffset, int payloadLength, int protocol) {
    int to = payloadOffset - in.ipLength;
    // towards higher addresses: the last octet first, as source and target overlap
    for (int i = in.ipLength - 1; i >= 0; i--) {
      slab.put(to + i, slab.get(in.ipOffset + i));
    }
    boolean v4 = (slab.get(to) & 0xf0) == 0x40;
    int nextField = to + in.nextFieldOffset - in.ipOffset;
    mendHeader(slab, to, v4, nextField, protocol, in.ipLength + payloadLength);
    return to;
  }

  /** Writes a header in front of a payload that came without one, from the SA's addresses. */
  static int makeHeader(
      ByteBuffer slab, OuterPath path, int payloadOffset, int payloadLength, int protocol) {
    int to = payloadOffset - OuterHeader.ipLength(path.isV4());
    OuterHeader.write(
        slab,
        to,
        path.remote(),
        path.local(),
        protocol,
        payloadLength,
        0,
        true,
        OuterHeader.DEFAULT_HOP_LIMIT,
        0);
    return to;
  }

  private static void mendHeader(
      ByteBuffer slab, int at, boolean v4, int nextField, int protocol, int total) {
    slab.put(nextField, (byte) protocol);
    if (v4) {
      slab.putShort(at + 2, (short) total);
      Checksums.mendV4Header(slab, at, (slab.get(at) & 15) * 4);
    } else {
      slab.putShort(at + 4, (short) (total - OuterHeader.V6_LENGTH));
    }
  }
}
