package org.ipsec4j.esp;

import org.jspecify.annotations.Nullable;

/** One inbound packet between accept and deliver; scratch of {@link AhInbound}, reused. */
final class AhArrival {
  /** Null while no SA is known. */
  @Nullable InboundSa sa;

  /** What lies in front of the ICV, in its true form. */
  final AhHeaders headers = new AhHeaders();

  /** The whole sequence number. */
  long number;

  /** Where the IP header begins. */
  int ipOffset;

  /** The octet that names AH. */
  int nextFieldOffset;

  /** Traffic class of the outer header. */
  int trafficClass;

  int ahOffset;

  /** Octets of AH. */
  int ahLength;

  /** Where the packet ends. */
  int end;

  /** What AH says that it stands in front of. */
  int nextHeader;

  /** Whether the ICV was right and the number fresh. */
  boolean authentic;

  void clear() {
    sa = null;
    authentic = false;
  }

  int payloadOffset() {
    return ahOffset + ahLength;
  }

  int payloadLength() {
    return end - payloadOffset();
  }
}
