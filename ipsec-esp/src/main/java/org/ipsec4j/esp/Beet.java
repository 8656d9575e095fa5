package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * Bound end-to-end tunnel mode (RFC 7402 Appendix B): the inner addresses are those of the SA and
 * do not travel; what else the inner header says travels in the outer one, and IPv4 options in a
 * pseudo header inside.
 */
final class Beet {
  /** Next header of the pseudo header with IPv4 options (B.1.7). */
  private static final int PSEUDO = 94;

  /** Next header, length, pad length, reserved. */
  private static final int PSEUDO_FIXED = 4;

  private static final int MAX_OPTIONS = 40;
  private static final int NO_OPERATION = 1;
  private static final int MAX_TOTAL = 65535;

  private Beet() {}

  /**
   * Finds what is protected, and keeps what the outer header repeats (B.1.5). The pseudo header
   * will lie where the options already are, over the end of the fixed header.
   */
  static DropReason plan(ByteBuffer memory, IpHeaderView packet, AddressPair inner, Departure out) {
    if (packet.isV4() != inner.isV4()
        || !isSource(packet, inner.local())
        || !isDestination(packet, inner.remote())) {
      return DropReason.SELECTOR_MISMATCH;
    }
    int headerLength = packet.perFragmentEnd() - packet.offset();
    int options = headerLength - OuterHeader.ipLength(packet.isV4());
    int next = memory.get(packet.perFragmentNextOffset()) & 0xff;
    boolean lost = !packet.isV4() && options > 0;
    if (packet.isFragment() || lost || next == PSEUDO) {
      return DropReason.NOT_TRANSPORTABLE;
    }
    out.beet = true;
    out.optionsLength = options;
    out.upperProtocol = next;
    int pseudo = options == 0 ? 0 : pseudoLength(options);
    out.nextHeader = options == 0 ? next : PSEUDO;
    out.payloadOffset = packet.perFragmentEnd() - pseudo;
    out.payloadLength = packet.totalLength() - headerLength + pseudo;
    out.hopLimit = packet.hopLimit();
    out.identification = packet.isV4() ? memory.getShort(packet.offset() + 4) & 0xffff : 0;
    return DropReason.NONE;
  }

  private static int pseudoLength(int options) {
    return PSEUDO_FIXED + options + 7 & ~7;
  }

  /** Writes the pseudo header in front of the options, which stay where they are. */
  static void writePseudoHeader(ByteBuffer slab, Departure out) {
    if (out.optionsLength == 0) {
      return;
    }
    int length = pseudoLength(out.optionsLength);
    int padding = length - PSEUDO_FIXED - out.optionsLength;
    int at = out.payloadOffset;
    slab.put(at, (byte) out.upperProtocol);
    slab.put(at + 1, (byte) (length / 8 - 1));
    slab.put(at + 2, (byte) padding);
    slab.put(at + 3, (byte) 0);
    for (int i = 0; i < padding; i++) {
      slab.put(at + PSEUDO_FIXED + i, (byte) NO_OPERATION);
    }
  }

  /**
   * Writes the inner header in front of a payload (B.1.6) and says in {@code in} where the packet
   * lies.
   *
   * @param slotStart first octet that may be written
   */
  static DropReason rebuild(
      ByteBuffer slab,
      Arrival in,
      AddressPair inner,
      int offset,
      int length,
      int nextHeader,
      int slotStart) {
    int upper = offset;
    int options = 0;
    int protocol = nextHeader;
    if (nextHeader == PSEUDO) {
      if (!inner.isV4()) {
        return DropReason.BAD_NEXT_HEADER;
      }
      int pseudo = length < 8 ? length + 1 : 8 + (slab.get(offset + 1) & 0xff) * 8;
      int padding = length < 8 ? 0 : slab.get(offset + 2) & 0xff;
      options = pseudo - PSEUDO_FIXED - padding;
      if (pseudo > length || (padding != 0 && padding != 4) || options > MAX_OPTIONS) {
        return DropReason.MALFORMED_INNER;
      }
      upper += pseudo;
      protocol = slab.get(offset) & 0xff;
    }
    int header = OuterHeader.ipLength(inner.isV4()) + options;
    int payload = options + offset + length - upper;
    if (inner.isV4() && OuterHeader.V4_LENGTH + payload > MAX_TOTAL) {
      return DropReason.TOO_LONG;
    }
    in.innerOffset = upper - header;
    in.innerLength = header + offset + length - upper;
    if (in.innerOffset < slotStart) {
      return DropReason.NO_HEADROOM;
    }
    writeInner(slab, in, inner, protocol, payload, header);
    return DropReason.NONE;
  }

  private static void writeInner(
      ByteBuffer slab, Arrival in, AddressPair inner, int protocol, int payload, int header) {
    boolean headed = in.headed;
    OuterHeader.write(
        slab,
        in.innerOffset,
        inner.remote(),
        inner.local(),
        protocol,
        payload,
        headed ? in.trafficClass : 0,
        !headed || in.dontFragment,
        headed ? in.hopLimit : OuterHeader.DEFAULT_HOP_LIMIT,
        headed ? in.flowLabel : 0,
        headed ? in.identification : 0);
    if (inner.isV4() && header > OuterHeader.V4_LENGTH) {
      slab.put(in.innerOffset, (byte) (0x40 | header / 4));
      Checksums.mendV4Header(slab, in.innerOffset, header);
    }
  }

  private static boolean isSource(IpHeaderView packet, IpAddress address) {
    return packet.sourceHigh() == address.high() && packet.sourceLow() == address.low();
  }

  private static boolean isDestination(IpHeaderView packet, IpAddress address) {
    return packet.destinationHigh() == address.high() && packet.destinationLow() == address.low();
  }
}
