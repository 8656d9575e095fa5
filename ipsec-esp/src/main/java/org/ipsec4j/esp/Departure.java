package org.ipsec4j.esp;

import org.jspecify.annotations.Nullable;

/** One outbound packet between plan and finish; scratch of {@link EspOutbound}, reused. */
final class Departure {
  /** Null while the packet is not planned. */
  @Nullable OutboundSa sa;

  /** The way as it was when the packet was planned, whatever is updated meanwhile. */
  @Nullable OuterPath path;

  /** Octets of the packet as it came. */
  int innerLength;

  /** First octet that is encrypted. */
  int payloadOffset;

  int payloadLength;

  /** Zero octets behind the payload that hide its length. */
  int tfcLength;

  /** What the payload is: the trailer's next header. */
  int nextHeader;

  /** Traffic class of the inner packet. */
  int trafficClass;

  /** Flow label of the inner packet; 0 for IPv4. */
  int flowLabel;

  /** Tunnel mode: whether the inner hop limit goes down by one. */
  boolean spendsHop;

  /** Don't Fragment of the inner packet; true for IPv6. */
  boolean dontFragment;

  /** Transport mode: where the IP header that stays begins. */
  int headerOffset;

  /** Transport mode: its octets, extension headers in front of ESP included; 0 in tunnel mode. */
  int headerLength;

  /** Transport mode: the octet in it that names what follows. */
  int nextFieldOffset;

  /** BEET mode: the fields below count. */
  boolean beet;

  /** BEET mode: octets of IPv4 options, which go into a pseudo header. */
  int optionsLength;

  /** BEET mode: what follows the inner header. */
  int upperProtocol;

  /** BEET mode: hop limit of the inner packet. */
  int hopLimit;

  /** BEET mode: identification of an inner IPv4 packet. */
  int identification;

  /** SPI. */
  int espOffset;

  /** SPI to ICV. */
  int espLength;

  int padLength;

  /** First octet of what leaves. */
  int outerOffset;

  /** Octets of headroom that were missing. */
  int missingHead;

  /** Octets of tailroom that were missing. */
  int missingTail;

  /** Octets by which the outer packet would have been too long. */
  int excess;

  void clear() {
    tfcLength = 0;
    spendsHop = false;
    beet = false;
    missingHead = 0;
    missingTail = 0;
    excess = 0;
    sa = null;
    path = null;
    headerLength = 0;
  }
}
