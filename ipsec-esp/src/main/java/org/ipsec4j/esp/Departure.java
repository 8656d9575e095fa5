package org.ipsec4j.esp;

import org.jspecify.annotations.Nullable;

/**
 * One outbound packet between plan and finish; scratch of {@link EspOutbound} and {@link
 * AhOutbound}, reused.
 */
final class Departure {
  /** Null while the packet is not planned. */
  @Nullable OutboundSa sa;

  /** The way as it was when the packet was planned, whatever is updated meanwhile. */
  @Nullable OuterPath path;

  /** Octets of the packet as it came. */
  int innerLength;

  /** The sequence number that it takes; see {@link #takeNumbers}. */
  long number;

  /** First octet that ESP encrypts, or that stands behind AH. */
  int payloadOffset;

  int payloadLength;

  /** Zero octets behind the payload that hide its length. */
  int tfcLength;

  /** What the payload is: the next header of ESP or AH. */
  int nextHeader;

  /** Traffic class of the inner packet. */
  int trafficClass;

  /** Flow label of the inner packet; 0 for IPv4. */
  int flowLabel;

  /** Tunnel mode: whether the inner hop limit goes down by one. */
  boolean spendsHop;

  /** Don't Fragment of the inner packet; true for IPv6. */
  boolean dontFragment;

  /** Whether the packet that came is IPv6. */
  boolean v6;

  /** Octets of the longest such packet that the path carries; 0 while nothing is too long. */
  int fits;

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

  /** Where ESP or AH begins. */
  int espOffset;

  /** Octets of ESP from SPI to ICV, or of AH and what stands behind it. */
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
    fits = 0;
    sa = null;
    path = null;
    headerLength = 0;
  }

  /**
   * Takes sequence numbers for each run of packets of one SA. A number may lie beyond the last one
   * that its SA has.
   *
   * @param size how many departures count, those without an SA among them
   */
  static void takeNumbers(Departure[] departures, int size) {
    int start = 0;
    while (start < size) {
      OutboundSa sa = departures[start].sa;
      int end = start + 1;
      if (sa != null) {
        int count = 1;
        for (; end < size; end++) {
          OutboundSa other = departures[end].sa;
          if (other == sa) {
            count++;
          } else if (other != null) {
            break;
          }
        }
        long number = sa.reserve(count);
        for (int i = start; i < end; i++) {
          if (departures[i].sa == sa) {
            departures[i].number = number;
            // one above the last says enough, and cannot wrap
            number += number <= sa.lastNumber() ? 1 : 0;
          }
        }
      }
      start = end;
    }
  }
}
