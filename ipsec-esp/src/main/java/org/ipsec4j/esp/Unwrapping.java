package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;

/**
 * How each mode makes an inner packet of an opened payload. Lays its view over the result.
 * Thread-confined, as {@link EspInbound} is.
 */
final class Unwrapping {
  private static final int NEXT_V4 = 4;
  private static final int NEXT_V6 = 41;
  private static final int MAX_TOTAL = 65535;

  private final IpHeaderView view;

  /**
   * @param view lies over the inner packet afterwards
   */
  Unwrapping(IpHeaderView view) {
    this.view = view;
  }

  /**
   * Tunnel mode: lays the view over the inner packet. Octets between its own end and the padding
   * are traffic-flow-confidentiality padding (RFC 4303 2.7) and fall away with the window.
   */
  DropReason tunnel(
      ByteBuffer slab, InboundSa sa, Arrival in, int offset, int length, int nextHeader) {
    if (nextHeader != NEXT_V4 && nextHeader != NEXT_V6) {
      return DropReason.BAD_NEXT_HEADER;
    }
    if (!view.parse(slab, offset, length) || view.isV4() != (nextHeader == NEXT_V4)) {
      return DropReason.MALFORMED_INNER;
    }
    return InnerHeader.mend(slab, view, sa.options(), in.headed ? in.trafficClass : -1);
  }

  /** BEET mode: a header with the SA's inner addresses. */
  DropReason beet(
      PacketBurst burst, int i, AddressPair inner, Arrival in, int offset, int length, int next) {
    int slotStart = burst.offset(i) - burst.headroom(i);
    DropReason reason = Beet.rebuild(burst.slab(), in, inner, offset, length, next, slotStart);
    if (reason == DropReason.NONE && !view.parse(burst.slab(), in.innerOffset, in.innerLength)) {
      return DropReason.MALFORMED_INNER;
    }
    return reason;
  }

  /** Transport mode: puts the IP header back in front of what it carried. */
  DropReason transport(
      PacketBurst burst, int i, InboundSa sa, Arrival in, int offset, int length, int nextHeader) {
    ByteBuffer slab = burst.slab();
    OuterPath path = sa.path();
    int at;
    if (in.headed) {
      at = TransportMode.restoreHeader(slab, in, offset, length, nextHeader);
    } else {
      int headerLength = OuterHeader.ipLength(path.isV4());
      if (path.isV4() && headerLength + length > MAX_TOTAL) {
        return DropReason.TOO_LONG;
      }
      if (offset - headerLength < burst.offset(i) - burst.headroom(i)) {
        return DropReason.NO_HEADROOM;
      }
      at = TransportMode.makeHeader(slab, path, offset, length, nextHeader);
    }
    if (!view.parse(slab, at, offset + length - at)) {
      return DropReason.MALFORMED_INNER;
    }
    if (in.headed ? in.udp : path.isUdp()) {
      SaOptions options = sa.options();
      UpperChecksum.mend(slab, view, options.originalAddresses(), options.natChecksum());
    }
    return DropReason.NONE;
  }
}
