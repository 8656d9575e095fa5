package org.ipsec4j.node.capture;

import static org.ipsec4j.node.capture.Frame.none;

/** Takes the link layer off. Each method is given the offset at which its header starts. */
final class LinkLayer {
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int ETHERTYPE_IPV6 = 0x86dd;
  private static final int ETHERTYPE_PPPOE_SESSION = 0x8864;
  private static final int ETHERTYPE_MIN = 0x0600;
  private static final int MAX_LLC_LENGTH = 1500;
  private static final int SLL_LLC = 4;
  private static final int SAP_IP = 0x06;
  private static final int SAP_SNAP = 0xaa;
  private static final int UNNUMBERED = 0x03;
  private static final int OUI_ETHERTYPE = 0;
  private static final int OUI_BRIDGE_TUNNEL = 0x0000f8;
  private static final int PPP_IPV4 = 0x0021;
  private static final int PPP_IPV6 = 0x0057;
  private static final int PPP_ADDRESS_CONTROL = 0xff03;

  private LinkLayer() {}

  static IpOutcome peel(int linkType, Frame frame) {
    return switch (linkType) {
      case LinkType.ETHERNET -> ethernet(frame);
      case LinkType.RAW, LinkType.RAW_DLT_12, LinkType.RAW_DLT_14 -> IpHeader.any(frame, 0);
      case LinkType.IPV4 -> IpHeader.v4(frame, 0);
      case LinkType.IPV6 -> IpHeader.v6(frame, 0);
      case LinkType.LINUX_SLL -> cooked(frame, 16, 14);
      case LinkType.LINUX_SLL2 -> cooked(frame, 20, 0);
      case LinkType.NULL, LinkType.LOOP -> loopback(frame);
      case LinkType.PPP -> ppp(frame, 0);
      case LinkType.PPP_WITH_DIRECTION -> ppp(frame, 1);
      case LinkType.PPP_HDLC -> hdlc(frame);
      case LinkType.CISCO_HDLC -> ciscoHdlc(frame);
      case LinkType.PPP_ETHER -> pppoe(frame, 0);
      case LinkType.IEEE802_11 -> Wlan.data(frame, 0, false);
      case LinkType.IEEE802_11_RADIOTAP -> Wlan.radiotap(frame);
      default -> none(NoIpReason.UNKNOWN_LINK_TYPE);
    };
  }

  private static IpOutcome ethernet(Frame frame) {
    if (!frame.has(0, 14)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    return typeOrLength(frame, 12);
  }

  /**
   * {@code at}: a field that is an Ethernet type, or up to 1500 the length of an LLC frame; tags
   * are walked.
   */
  private static IpOutcome typeOrLength(Frame frame, int at) {
    int field = at;
    while (frame.has(field, 2) && isTag(frame.u16(field))) {
      field += 4;
    }
    if (!frame.has(field, 2)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    int value = frame.u16(field);
    if (value >= ETHERTYPE_MIN) {
      return ethertype(frame, value, field + 2);
    }
    return value <= MAX_LLC_LENGTH ? llc(frame, field + 2) : none(NoIpReason.NOT_IP);
  }

  private static boolean isTag(int ethertype) {
    return switch (ethertype) {
      case 0x8100, 0x88a8, 0x9100, 0x9200, 0x9300 -> true;
      default -> false;
    };
  }

  private static IpOutcome ethertype(Frame frame, int ethertype, int at) {
    return switch (ethertype) {
      case ETHERTYPE_IPV4 -> IpHeader.v4(frame, at);
      case ETHERTYPE_IPV6 -> IpHeader.v6(frame, at);
      case ETHERTYPE_PPPOE_SESSION -> pppoe(frame, at);
      default -> none(NoIpReason.NOT_IP);
    };
  }

  /** IEEE 802.2: the service access point of IP, or SNAP with an Ethernet type. */
  static IpOutcome llc(Frame frame, int at) {
    if (!frame.has(at, 3)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    int destination = frame.u8(at);
    if (destination != frame.u8(at + 1) || frame.u8(at + 2) != UNNUMBERED) {
      return none(NoIpReason.NOT_IP);
    }
    if (destination == SAP_IP) {
      return IpHeader.v4(frame, at + 3);
    }
    if (destination != SAP_SNAP) {
      return none(NoIpReason.NOT_IP);
    }
    if (!frame.has(at, 8)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    int oui = frame.u24(at + 3);
    return oui == OUI_ETHERTYPE || oui == OUI_BRIDGE_TUNNEL
        ? typeOrLength(frame, at + 6)
        : none(NoIpReason.NOT_IP);
  }

  private static IpOutcome cooked(Frame frame, int header, int protocolAt) {
    if (!frame.has(0, header)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    int protocol = frame.u16(protocolAt);
    if (protocol == SLL_LLC) {
      return llc(frame, header);
    }
    // a tag follows its protocol number, which lies elsewhere in version 2
    if (isTag(protocol)) {
      return frame.has(header, 4)
          ? typeOrLength(frame, header + 2)
          : none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    return ethertype(frame, protocol, header);
  }

  /**
   * Version 0 of the format has the byte order of a machine that is not known: the small number is
   * meant.
   */
  private static IpOutcome loopback(Frame frame) {
    if (!frame.has(0, 4)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    int family = frame.i32(0);
    return switch ((family & 0xffff0000) == 0 ? family : Integer.reverseBytes(family)) {
      case 2 -> IpHeader.v4(frame, 4);
      // the BSDs, Linux, Windows and macOS disagree about the number of IPv6
      case 10, 23, 24, 26, 28, 30 -> IpHeader.v6(frame, 4);
      default -> none(NoIpReason.NOT_IP);
    };
  }

  /**
   * RFC 1661 2 with the optional address and control bytes of RFC 1662 3.1; an odd first byte is
   * the whole protocol.
   */
  private static IpOutcome ppp(Frame frame, int at) {
    int field = frame.has(at, 2) && frame.u16(at) == PPP_ADDRESS_CONTROL ? at + 2 : at;
    if (!frame.has(field, 1)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    if ((frame.u8(field) & 1) != 0) {
      return pppProtocol(frame, frame.u8(field), field + 1);
    }
    return frame.has(field, 2)
        ? pppProtocol(frame, frame.u16(field), field + 2)
        : none(NoIpReason.TRUNCATED_LINK_HEADER);
  }

  private static IpOutcome pppProtocol(Frame frame, int protocol, int at) {
    return switch (protocol) {
      case PPP_IPV4 -> IpHeader.v4(frame, at);
      case PPP_IPV6 -> IpHeader.v6(frame, at);
      default -> none(NoIpReason.NOT_IP);
    };
  }

  private static IpOutcome hdlc(Frame frame) {
    if (!frame.has(0, 2)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    return frame.u16(0) == PPP_ADDRESS_CONTROL ? ppp(frame, 0) : ciscoHdlc(frame);
  }

  private static IpOutcome ciscoHdlc(Frame frame) {
    return frame.has(0, 4)
        ? ethertype(frame, frame.u16(2), 4)
        : none(NoIpReason.TRUNCATED_LINK_HEADER);
  }

  /**
   * RFC 2516 4: version and type 1, code 0 for a session, session, length; then PPP without address
   * and control.
   */
  private static IpOutcome pppoe(Frame frame, int at) {
    if (!frame.has(at, 6)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    return frame.u16(at) == 0x1100 ? ppp(frame, at + 6) : none(NoIpReason.NOT_IP);
  }
}
