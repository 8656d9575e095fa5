package org.ipsec4j.esp.wesp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.IpHeaders;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.framing.EncapsulatedKind;

/**
 * Takes the WESP header off packets, in place, so that {@code EspInbound} can open them (RFC 5840
 * 2). ESP packets pass untouched.
 *
 * <p>Thread-confined. Allocates nothing per packet and throws nothing for what a packet contains.
 */
public final class WespReader {
  private static final int ESP = 50;
  private static final int UDP = 17;
  private static final int UDP_LENGTH = 8;

  private final WespView wesp = new WespView();
  private final IpHeaderView ip = new IpHeaderView();
  private long unwrapped;
  private long malformed;

  /** A reader that has read nothing. */
  public WespReader() {}

  /**
   * Unwraps one packet, if it is wrapped.
   *
   * @param burst the window holds what {@code form} says: a whole IP packet, or a UDP payload from
   *     the protocol identifier on. A malformed packet is dropped as MALFORMED_WESP
   * @param index a living packet
   * @param form what the window holds
   * @return whether a WESP header was taken off; {@link #view} then tells about it, but for the
   *     places of what it describes, until the next call
   */
  public boolean unwrap(PacketBurst burst, int index, PacketForm form) {
    return form == PacketForm.FULL_IP ? unwrapIp(burst, index) : unwrapPayload(burst, index);
  }

  /** What the header said of the SA: is it one for which {@code transform} was agreed? */
  public boolean fits(PacketTransform transform) {
    return wesp.fits(transform);
  }

  /** The last header that was taken off. */
  public WespView view() {
    return wesp;
  }

  /** Packets unwrapped. */
  public long unwrapped() {
    return unwrapped;
  }

  /** Packets dropped as MALFORMED_WESP. */
  public long malformed() {
    return malformed;
  }

  private boolean unwrapPayload(PacketBurst burst, int i) {
    int offset = burst.offset(i);
    int length = burst.length(i);
    if (EncapsulatedKind.of(burst.slab(), offset, length) != EncapsulatedKind.WESP) {
      return false;
    }
    int marker = EncapsulatedKind.MARKER_LENGTH;
    // without the outer header nobody knows its version: the laxer rule
    if (!parse(burst, i, offset + marker, length - marker, WespView.Carrier.UDP_OVER_IPV6)) {
      return false;
    }
    burst.window(i, wesp.espOffset(), wesp.espLength());
    return true;
  }

  private boolean unwrapIp(PacketBurst burst, int i) {
    ByteBuffer slab = burst.slab();
    if (!ip.parse(slab, burst.offset(i), burst.length(i)) || ip.isFragment()) {
      return false;
    }
    int at = ip.payloadOffset();
    int length = ip.payloadLength();
    if (ip.protocol() == WespView.PROTOCOL) {
      WespView.Carrier carrier = ip.isV4() ? WespView.Carrier.IPV4 : WespView.Carrier.IPV6;
      return parse(burst, i, at, length, carrier) && close(burst, i, at - ip.offset(), ESP);
    }
    if (ip.protocol() != UDP || length < UDP_LENGTH) {
      return false;
    }
    int udpLength = slab.getShort(at + 4) & 0xffff;
    int inside = udpLength - UDP_LENGTH;
    boolean fits = inside >= 0 && udpLength <= length;
    at += UDP_LENGTH;
    if (!fits || EncapsulatedKind.of(slab, at, inside) != EncapsulatedKind.WESP) {
      return false;
    }
    int marker = EncapsulatedKind.MARKER_LENGTH;
    WespView.Carrier carrier =
        ip.isV4() ? WespView.Carrier.UDP_OVER_IPV4 : WespView.Carrier.UDP_OVER_IPV6;
    if (!parse(burst, i, at + marker, inside - marker, carrier)) {
      return false;
    }
    slab.putShort(at - 4, (short) (UDP_LENGTH + wesp.espLength()));
    slab.putShort(at - 2, (short) 0);
    return close(burst, i, at - ip.offset(), UDP);
  }

  private boolean parse(
      PacketBurst burst, int i, int offset, int length, WespView.Carrier carrier) {
    DropReason reason = wesp.parse(burst.slab(), offset, length, carrier);
    if (reason != DropReason.NONE) {
      burst.drop(i, reason);
      malformed++;
      return false;
    }
    unwrapped++;
    return true;
  }

  /** Moves the headers in front to the ESP packet, and lets them say what follows. */
  private boolean close(PacketBurst burst, int i, int headers, int protocol) {
    ByteBuffer slab = burst.slab();
    int from = ip.offset();
    int to = wesp.espOffset() - headers;
    // towards higher addresses: the last octet first, as source and target overlap
    for (int k = headers - 1; k >= 0; k--) {
      slab.put(to + k, slab.get(from + k));
    }
    int total = headers + wesp.espLength();
    IpHeaders.mend(slab, to, ip.protocolOffset() - from + to, protocol, total);
    burst.window(i, to, total);
    return true;
  }
}
