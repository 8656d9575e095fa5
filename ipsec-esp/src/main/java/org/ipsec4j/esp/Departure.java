package org.ipsec4j.esp;

import org.jspecify.annotations.Nullable;

/**
 * One outbound packet between plan and finish; scratch of {@link EspOutbound} and {@link
 * AhOutbound}, reused.
 */
final class Departure {
  /** Whether the packet is planned and not dropped since; {@link #sa} and the rest count then. */
  boolean live;

  /**
   * Whether it goes the way of {@link PlainTunnel}, which leaves out fields that it has no use for.
   */
  boolean plain;

  /** The SA of the last packet that was planned here. */
  @Nullable OutboundSa sa;

  /** Its way as it was when the packet was planned, whatever is updated meanwhile. */
  @Nullable OuterWay way;

  /** Octets of the packet as it came. */
  int innerLength;

  /** AH: the sequence number that it takes; see {@link #takeNumbers}. */
  long number;

  /** The first eight octets of a plain packet. */
  long head;

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

  /** Octets of what leaves. */
  int outerLength;

  /** Octets of headroom that were missing. */
  int missingHead;

  /** Octets of tailroom that were missing. */
  int missingTail;

  /** Octets by which the outer packet would have been too long. */
  int excess;

  /** Before anything else. */
  void clear() {
    live = false;
    plain = false;
    missingHead = 0;
    missingTail = 0;
    excess = 0;
    fits = 0;
  }

  /** Before the long way begins. */
  void clearShape() {
    tfcLength = 0;
    spendsHop = false;
    beet = false;
    headerLength = 0;
  }

  /**
   * Keeps the SA and its way as it is now. Writes references that have changed only: each costs
   * some collectors a memory barrier.
   */
  @SuppressWarnings("ReferenceEquality") // the same object needs no store
  void take(OutboundSa planned, OuterWay current) {
    if (sa != planned) {
      sa = planned;
    }
    if (way != current) {
      way = current;
    }
  }

  /** The end of the run of packets of one SA, or of none, that begins with a live one. */
  @SuppressWarnings("ReferenceEquality") // a run is of one SA object
  static int runEnd(Departure[] departures, int from, int size) {
    OutboundSa sa = departures[from].sa;
    int end = from + 1;
    while (end < size && (departures[end].sa == sa || !departures[end].live)) {
      end++;
    }
    return end;
  }

  /** How many packets of a run are live. */
  static int count(Departure[] departures, int from, int end) {
    int count = 0;
    for (int i = from; i < end; i++) {
      count += departures[i].live ? 1 : 0;
    }
    return count;
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
      if (departures[start].live && sa != null) {
        end = runEnd(departures, start, size);
        long number = sa.reserve(count(departures, start, end));
        for (int i = start; i < end; i++) {
          if (departures[i].live) {
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
