package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.frag.PathMtuPolicy;

/**
 * What an outbound packet becomes in each mode, where its parts will lie, and the headers around
 * it. Thread-confined, as {@link EspOutbound} is.
 */
final class Wrapping {
  /** Marks a dummy packet (RFC 4303 2.6). */
  static final int NEXT_NONE = 59;

  private static final int NEXT_V4 = 4;
  private static final int NEXT_V6 = 41;
  private static final int MAX_TOTAL = 65535;

  private final IpHeaderView view = new IpHeaderView();

  Wrapping() {}

  /** An IP packet in a window; changes no octet. */
  DropReason describeInner(
      PacketBurst burst, int i, OutboundSa sa, OuterWay way, PacketForm form, Departure out) {
    if (sa.isTunnel()) {
      return describeTunnel(burst, i, sa, out);
    }
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      return DropReason.MALFORMED_INNER;
    }
    takeOver(out);
    AddressPair inner = sa.inner();
    if (inner != null) {
      return Beet.plan(burst.slab(), view, inner, out);
    }
    DropReason reason = TransportMode.plan(view, way.v4, form, out);
    if (reason == DropReason.NONE) {
      out.nextHeader = burst.slab().get(out.nextFieldOffset) & 0xff;
    }
    return reason;
  }

  /** The whole packet goes inside; only its fixed header matters. */
  private DropReason describeTunnel(PacketBurst burst, int i, OutboundSa sa, Departure out) {
    if (!view.parseFixed(burst.slab(), burst.offset(i), burst.length(i))) {
      return DropReason.MALFORMED_INNER;
    }
    takeOver(out);
    if (sa.forwards()) {
      if (view.hopLimit() <= 1) {
        return DropReason.TTL_EXPIRED;
      }
      out.spendsHop = true;
    }
    out.payloadOffset = view.offset();
    out.payloadLength = view.totalLength();
    if (sa.hidesLength()) {
      out.tfcLength = sa.options().tfcPadding().padded(out.payloadLength) - out.payloadLength;
    }
    out.nextHeader = view.isV4() ? NEXT_V4 : NEXT_V6;
    return DropReason.NONE;
  }

  private void takeOver(Departure out) {
    out.innerLength = view.totalLength();
    out.trafficClass = view.trafficClass();
    out.flowLabel = view.flowLabel();
    out.dontFragment = view.dontFragment() || !view.isV4();
    out.v6 = !view.isV4();
  }

  /** A payload that is no IP packet: tunnel mode, but for dummies, which every mode has. */
  static DropReason describePayload(
      PacketBurst burst, int i, OutboundSa sa, int nextHeader, Departure out) {
    if (!sa.isTunnel() && nextHeader != NEXT_NONE) {
      return DropReason.NOT_TRANSPORTABLE;
    }
    out.innerLength = burst.length(i);
    out.trafficClass = 0;
    out.flowLabel = 0;
    out.dontFragment = true;
    out.v6 = false;
    out.payloadOffset = burst.offset(i);
    out.payloadLength = burst.length(i);
    out.nextHeader = nextHeader;
    return DropReason.NONE;
  }

  /**
   * Whether the path carries it (RFC 4301 8.2.1). Padding that hides a length gives way first. A
   * packet that is too long is dropped when its outer header would forbid fragments; else it goes,
   * to be cut behind protection. No IPv6 packet of 1280 octets or less is dropped: its source could
   * not make it shorter (RFC 8200 5).
   */
  static DropReason fitPath(OutboundSa sa, OuterWay way, long now, Departure out) {
    int mtu = sa.mtu(now);
    return mtu >= PathMtuPolicy.NO_LIMIT ? DropReason.NONE : fitMtu(sa, way, mtu, out);
  }

  private static DropReason fitMtu(OutboundSa sa, OuterWay way, int mtu, Departure out) {
    int outside = outside(way, out);
    int most =
        sa.isEsp()
            ? InnerMtu.ofEsp(sa.layout(), outside, mtu)
            : InnerMtu.ofAh(sa.ah().headerLength(way.v4), outside, mtu);
    if (out.payloadLength + out.tfcLength <= most) {
      return DropReason.NONE;
    }
    out.tfcLength = Math.max(0, Math.min(out.tfcLength, most - out.payloadLength));
    if (out.payloadLength <= most) {
      return DropReason.NONE;
    }
    boolean asked = out.dontFragment && !(out.v6 && out.innerLength <= PathMtuPolicy.MIN_V6);
    if (sa.isTunnel() ? sa.options().outerHeader().setsDontFragment(asked) : asked) {
      out.fits = Math.max(0, out.innerLength - out.payloadLength + most);
      return DropReason.NEEDS_FRAGMENTATION;
    }
    out.dontFragment = false;
    return DropReason.NONE;
  }

  /** Octets in front of ESP or AH: the outer header, or the one that stays, and UDP. */
  private static int outside(OuterWay way, Departure out) {
    return out.headerLength == 0 ? way.outside : out.headerLength + way.outside - way.ip();
  }

  /** Where everything will lie, and whether it fits. */
  static DropReason findRoom(
      PacketBurst burst, int i, OutboundSa sa, OuterWay way, PacketForm form, Departure out) {
    EspLayout layout = sa.layout();
    int text = out.payloadLength + out.tfcLength;
    out.padLength = layout.padLength(text);
    out.espOffset = out.payloadOffset - layout.front();
    out.espLength =
        layout.front() + text + out.padLength + EspLayout.TRAILER_LENGTH + layout.icvLength();
    int outside = outside(way, out);
    // the length field of IPv6 does not count its fixed header
    int most = way.v4 ? MAX_TOTAL : MAX_TOTAL + OuterHeader.V6_LENGTH;
    if (outside + out.espLength > most) {
      out.excess = outside + out.espLength - most;
      return DropReason.TOO_LONG;
    }
    out.outerOffset = form == PacketForm.FULL_IP ? out.espOffset - outside : out.espOffset;
    int head = burst.headroom(i) + out.outerOffset - burst.offset(i);
    int tail =
        burst.tailroom(i) + burst.offset(i) + burst.length(i) - out.espOffset - out.espLength;
    if ((head | tail) >= 0) {
      return DropReason.NONE;
    }
    out.missingHead = Math.max(0, -head);
    out.missingTail = Math.max(0, -tail);
    return DropReason.NO_HEADROOM;
  }

  /** What the payload itself becomes; before anything is written in front of it. */
  static void mendInner(ByteBuffer slab, Departure out) {
    if (out.beet) {
      Beet.writePseudoHeader(slab, out);
    } else if (out.spendsHop) {
      InnerHeader.spendHop(slab, out.payloadOffset, out.nextHeader == NEXT_V4);
    }
  }

  /** The outer header and UDP, where the window shall hold them. */
  static void writeOuter(ByteBuffer slab, OutboundSa sa, OuterWay way, Departure out, int number) {
    if (way.v4 && sa.isTunnel()) {
      writeTunnelV4(slab, sa, way, out, number);
    } else {
      writeAnyOuter(slab, sa, way, out, number);
    }
    if (way.udp) {
      OuterHeader.writeUdp(slab, out.espOffset - OuterHeader.UDP_LENGTH, way, out.espLength);
    }
  }

  private static void writeTunnelV4(
      ByteBuffer slab, OutboundSa sa, OuterWay way, Departure out, int number) {
    OuterHeaderPolicy policy = sa.options().outerHeader();
    OuterHeader.writeV4(
        slab,
        out.outerOffset,
        way.source,
        way.destination,
        way.udp ? OuterHeader.UDP : sa.ipProtocol(),
        way.outside - way.ip() + out.espLength,
        policy.trafficClass(out.trafficClass),
        policy.setsDontFragment(out.dontFragment),
        policy.hopLimit(),
        // numbers tell the packets of an SA apart, the SPI those of different SAs
        number ^ sa.spi());
  }

  private static void writeAnyOuter(
      ByteBuffer slab, OutboundSa sa, OuterWay way, Departure out, int number) {
    int udp = way.outside - way.ip();
    int protocol = way.udp ? OuterHeader.UDP : sa.ipProtocol();
    if (out.headerLength > 0) {
      int total = out.headerLength + udp + out.espLength;
      TransportMode.moveHeader(slab, out, way.v4, protocol, total);
      return;
    }
    OuterHeaderPolicy policy = sa.options().outerHeader();
    OuterHeader.write(
        slab,
        out.outerOffset,
        way.path.local(),
        way.path.remote(),
        protocol,
        udp + out.espLength,
        out.beet ? out.trafficClass : policy.trafficClass(out.trafficClass),
        out.beet ? out.dontFragment : policy.setsDontFragment(out.dontFragment),
        out.beet ? out.hopLimit : policy.hopLimit(),
        out.beet ? out.flowLabel : policy.flowLabel(out.flowLabel),
        out.beet ? out.identification : number ^ sa.spi());
  }
}
