package org.ipsec4j.node.capture;

/**
 * Why a captured frame holds no valid IP packet. Each frame that is not carried has exactly one of
 * these.
 */
public enum NoIpReason {
  /** The link type number is not one of {@link LinkType}. */
  UNKNOWN_LINK_TYPE,
  /** The frame ends inside its link-layer header. */
  TRUNCATED_LINK_HEADER,
  /**
   * The link layer says that something else than IP follows: ARP, spanning tree, IEEE 802.11
   * management, ...
   */
  NOT_IP,
  /**
   * The link layer says IP, but its form is not unpacked here: encrypted, fragmented or aggregated
   * IEEE 802.11.
   */
  UNSUPPORTED_LINK_FORM,
  /**
   * The frame ends inside the IP header: fewer than 20 bytes (IPv4), IHL * 4 bytes (IPv4) or 40
   * bytes (IPv6).
   */
  TRUNCATED_IP_HEADER,
  /** The version nibble is not 4 or 6, or not the one that the link layer announced. */
  BAD_VERSION,
  /** IPv4: a header length below five words. */
  BAD_IHL,
  /** IPv4: total length 0, which a host writes that leaves segmentation to its network card. */
  LENGTH_ZERO,
  /** IPv4: a total length smaller than the header. */
  TOTAL_LENGTH_TOO_SMALL,
  /** The packet is longer than what the capture kept of the frame (snap length). */
  LENGTH_BEYOND_CAPTURE,
  /** The packet claims to be longer than its whole frame was on the wire. */
  LENGTH_BEYOND_FRAME,
  /** A valid header of a packet longer than {@link IpExtractor#MAX_PACKET}. */
  TOO_LONG,
  /** IPv6: payload length 0 and a hop-by-hop option with the real length (RFC 2675). */
  JUMBOGRAM
}
