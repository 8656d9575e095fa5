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

  /** What the payload is: the trailer's next header. */
  int nextHeader;

  /** Traffic class of the inner packet. */
  int trafficClass;

  /** Don't Fragment of the inner packet; true for IPv6. */
  boolean dontFragment;

  /** Transport mode: where the IP header that stays begins. */
  int headerOffset;

  /** Transport mode: its octets, extension headers in front of ESP included; 0 in tunnel mode. */
  int headerLength;

  /** Transport mode: the octet in it that names what follows. */
  int nextFieldOffset;

  /** SPI. */
  int espOffset;

  /** SPI to ICV. */
  int espLength;

  int padLength;

  /** First octet of what leaves. */
  int outerOffset;

  void clear() {
    sa = null;
    path = null;
    headerLength = 0;
  }
}
