package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.jspecify.annotations.Nullable;

/**
 * One inbound packet between accept and deliver; scratch of {@link EspInbound} and {@link
 * AhInbound}, reused.
 */
final class Arrival {
  /** Whether the packet is still on its way. */
  boolean live;

  /** Whether {@link PlainTunnel} found ESP in it. */
  boolean plain;

  /** The first eight octets of ESP: SPI, and the lower half of the number. */
  long spiAndLow;

  /** Null while no SA is known. */
  @Nullable InboundSa sa;

  /** The whole sequence number. */
  long number;

  /** Where ESP or AH begins. */
  int espOffset;

  /** Octets of ESP from SPI to ICV, or of AH and what stands behind it. */
  int espLength;

  /** Whether it came in UDP. */
  boolean udp;

  /** Whether the outer IP header is at hand. */
  boolean headed;

  /** Where the outer IP header begins. */
  int ipOffset;

  /** Its octets up to UDP, ESP or AH, extension headers included. */
  int ipLength;

  /** The octet in it that names UDP, ESP or AH. */
  int nextFieldOffset;

  /** Traffic class of the outer header. */
  int trafficClass;

  /** Flow label of the outer header; 0 for IPv4. */
  int flowLabel;

  /** Hop limit of the outer header. */
  int hopLimit;

  /** Don't Fragment of the outer header; true for IPv6. */
  boolean dontFragment;

  /** Identification of an outer IPv4 header. */
  int identification;

  /** Where the inner packet was put. */
  int innerOffset;

  /** Its octets. */
  int innerLength;

  /** Whether the ICV was right and the number fresh. */
  boolean authentic;

  /** The next header of ESP, once the packet is opened, or of AH. */
  int nextHeader;

  /** Whether the window holds a payload that is no IP packet. */
  boolean payload;

  void clear() {
    payload = false;
    udp = false;
    headed = false;
    authentic = false;
    live = false;
    plain = false;
  }

  /**
   * Keeps the SA, or that there is none. Writes a reference that has changed only: it costs some
   * collectors a memory barrier.
   */
  @SuppressWarnings("ReferenceEquality") // the same object needs no store
  void take(@Nullable InboundSa found) {
    if (sa != found) {
      sa = found;
    }
  }

  /** Takes over what the outer header says, which the view lies over. */
  void readOuter(ByteBuffer slab, IpHeaderView view) {
    headed = true;
    ipOffset = view.offset();
    ipLength = view.payloadOffset() - ipOffset;
    nextFieldOffset = view.protocolOffset();
    trafficClass = view.trafficClass();
    flowLabel = view.flowLabel();
    hopLimit = view.hopLimit();
    dontFragment = view.dontFragment() || !view.isV4();
    identification = view.isV4() ? slab.getShort(ipOffset + 4) & 0xffff : 0;
  }

  /** Goes behind the UDP header that ESP travels in (RFC 3948 2.1), where there is one. */
  DropReason unwrapUdp(ByteBuffer slab, int protocol) {
    if (protocol != OuterHeader.UDP || espLength < OuterHeader.UDP_LENGTH) {
      return DropReason.MALFORMED_OUTER;
    }
    int udpLength = slab.getShort(espOffset + 4) & 0xffff;
    if (udpLength < OuterHeader.UDP_LENGTH || udpLength > espLength) {
      return DropReason.MALFORMED_OUTER;
    }
    // its checksum is not looked at: the ICV covers what matters, and zero is usual
    udp = true;
    espOffset += OuterHeader.UDP_LENGTH;
    espLength = udpLength - OuterHeader.UDP_LENGTH;
    return DropReason.NONE;
  }
}
