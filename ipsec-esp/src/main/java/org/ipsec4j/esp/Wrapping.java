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
      PacketBurst burst, int i, OutboundSa sa, OuterPath path, PacketForm form, Departure out) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      return DropReason.MALFORMED_INNER;
    }
    out.innerLength = view.totalLength();
    out.trafficClass = view.trafficClass();
    out.flowLabel = view.flowLabel();
    out.dontFragment = view.dontFragment() || !view.isV4();
    out.v6 = !view.isV4();
    AddressPair inner = sa.inner();
    if (inner != null) {
      return Beet.plan(burst.slab(), view, inner, out);
    }
    if (!sa.isTunnel()) {
      DropReason reason = TransportMode.plan(view, path, form, out);
      if (reason == DropReason.NONE) {
        out.nextHeader = burst.slab().get(out.nextFieldOffset) & 0xff;
      }
      return reason;
    }
    SaOptions options = sa.options();
    if (!InnerHeader.maySpendHop(view, options)) {
      return DropReason.TTL_EXPIRED;
    }
    out.spendsHop = options.forwards();
    out.payloadOffset = view.offset();
    out.payloadLength = view.totalLength();
    out.tfcLength = options.tfcPadding().padded(out.payloadLength) - out.payloadLength;
    out.nextHeader = view.isV4() ? NEXT_V4 : NEXT_V6;
    return DropReason.NONE;
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
  static DropReason fitPath(OutboundSa sa, OuterPath path, int mtu, Departure out) {
    int ip = out.headerLength > 0 ? out.headerLength : OuterHeader.ipLength(path.isV4());
    int udp = path.isUdp() ? OuterHeader.UDP_LENGTH : 0;
    int most =
        sa.isEsp()
            ? InnerMtu.ofEsp(sa.layout(), ip + udp, mtu)
            : InnerMtu.ofAh(sa.ah().headerLength(path.isV4()), ip, mtu);
    if (mtu >= PathMtuPolicy.NO_LIMIT || out.payloadLength + out.tfcLength <= most) {
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

  /** Where everything will lie, and whether it fits. */
  static DropReason findRoom(
      PacketBurst burst, int i, OutboundSa sa, OuterPath path, PacketForm form, Departure out) {
    EspLayout layout = sa.layout();
    int text = out.payloadLength + out.tfcLength;
    out.padLength = layout.padLength(text);
    out.espOffset = out.payloadOffset - layout.front();
    out.espLength =
        layout.front() + text + out.padLength + EspLayout.TRAILER_LENGTH + layout.icvLength();
    int ip = out.headerLength > 0 ? out.headerLength : OuterHeader.ipLength(path.isV4());
    int udp = path.isUdp() ? OuterHeader.UDP_LENGTH : 0;
    // the length field of IPv6 does not count its fixed header
    int most = path.isV4() ? MAX_TOTAL : MAX_TOTAL + OuterHeader.V6_LENGTH;
    if (ip + udp + out.espLength > most) {
      out.excess = ip + udp + out.espLength - most;
      return DropReason.TOO_LONG;
    }
    out.outerOffset = form == PacketForm.FULL_IP ? out.espOffset - udp - ip : out.espOffset;
    int slotStart = burst.offset(i) - burst.headroom(i);
    int slotEnd = burst.offset(i) + burst.length(i) + burst.tailroom(i);
    out.missingHead = Math.max(0, slotStart - out.outerOffset);
    out.missingTail = Math.max(0, out.espOffset + out.espLength - slotEnd);
    boolean fits = out.missingHead == 0 && out.missingTail == 0;
    return fits ? DropReason.NONE : DropReason.NO_HEADROOM;
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
  static void writeOuter(ByteBuffer slab, OutboundSa sa, Departure out, int number) {
    OuterPath path = out.path;
    if (path == null) {
      return;
    }
    int udp = path.isUdp() ? OuterHeader.UDP_LENGTH : 0;
    int protocol = path.isUdp() ? OuterHeader.UDP : sa.protocol().ipProtocol();
    if (out.headerLength > 0) {
      int total = out.headerLength + udp + out.espLength;
      TransportMode.moveHeader(slab, out, path.isV4(), protocol, total);
    } else {
      OuterHeaderPolicy policy = sa.options().outerHeader();
      OuterHeader.write(
          slab,
          out.outerOffset,
          path.local(),
          path.remote(),
          protocol,
          udp + out.espLength,
          out.beet ? out.trafficClass : policy.trafficClass(out.trafficClass),
          out.beet ? out.dontFragment : policy.setsDontFragment(out.dontFragment),
          out.beet ? out.hopLimit : policy.hopLimit(),
          out.beet ? out.flowLabel : policy.flowLabel(out.flowLabel),
          // numbers tell the packets of an SA apart, the SPI those of different SAs
          out.beet ? out.identification : number ^ sa.spi());
    }
    if (path.isUdp()) {
      OuterHeader.writeUdp(slab, out.espOffset - udp, path, out.espLength);
    }
  }
}
