package org.ipsec4j.esp;

import org.jspecify.annotations.Nullable;

/** One inbound packet between accept and deliver; scratch of {@link EspInbound}, reused. */
final class Arrival {
  /** Null while no SA is known. */
  @Nullable InboundSa sa;

  /** The whole sequence number. */
  long number;

  /** SPI. */
  int espOffset;

  /** SPI to ICV. */
  int espLength;

  /** Whether it came in UDP. */
  boolean udp;

  /** Whether the outer IP header is at hand. */
  boolean headed;

  /** Where the outer IP header begins. */
  int ipOffset;

  /** Its octets up to the UDP header or the SPI, extension headers included. */
  int ipLength;

  /** The octet in it that names UDP or ESP. */
  int nextFieldOffset;

  /** Traffic class of the outer header. */
  int trafficClass;

  /** Whether the ICV was right and the number fresh. */
  boolean authentic;

  /** The trailer's next header, once the packet is opened. */
  int nextHeader;

  /** Whether the window holds a payload that is no IP packet. */
  boolean payload;

  void clear() {
    payload = false;
    sa = null;
    udp = false;
    headed = false;
    authentic = false;
  }
}
