package org.ipsec4j.esp;

import org.jspecify.annotations.Nullable;

/** One outbound packet between plan and finish; scratch of {@link AhOutbound}, reused. */
final class AhDeparture {
  /** Null while the packet is not planned. */
  @Nullable OutboundSa sa;

  /** The way as it was when the packet was planned, whatever is updated meanwhile. */
  @Nullable OuterPath path;

  /** What lies in front of the ICV, in its true form. */
  final AhHeaders headers = new AhHeaders();

  /** Octets of the packet as it came. */
  int innerLength;

  /** First octet behind AH. */
  int payloadOffset;

  int payloadLength;

  /** What the payload is. */
  int nextHeader;

  /** Traffic class of the inner packet. */
  int trafficClass;

  /** Don't Fragment of the inner packet; true for IPv6. */
  boolean dontFragment;

  /** Hop limit of the inner packet. */
  int hopLimit;

  /** Transport mode: where the IP header that stays begins. */
  int headerOffset;

  /** Transport mode: the octet in it that names what follows. */
  int nextFieldOffset;

  /** Octets in front of AH, whether they stay or are made. */
  int headerLength;

  int ahOffset;

  /** Octets of AH. */
  int ahLength;

  /** First octet of what leaves. */
  int outerOffset;

  void clear() {
    sa = null;
    path = null;
  }

  int end() {
    return payloadOffset + payloadLength;
  }
}
