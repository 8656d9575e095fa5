package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * Writes, mends and strips IP headers by the rules that ESP follows, for what wraps packets beside
 * it: IPComp, for one. Allocates nothing. Callers have checked that what they name lies in the
 * memory.
 */
public final class IpHeaders {
  private IpHeaders() {}

  /** Octets of an IP header without options or extension headers. */
  public static int length(boolean v4) {
    return OuterHeader.ipLength(v4);
  }

  /**
   * Writes the header of a tunnel (RFC 4301 5.1.2, RFC 6040 4.1).
   *
   * @param memory big-endian
   * @param at where the header begins
   * @param source outer source
   * @param destination outer destination, of the same family
   * @param protocol what follows
   * @param payload octets behind the header; at most what the length field can say
   * @param policy how the outer fields come about
   * @param inner the packet inside
   * @param identification for IPv4; tells the fragments of different packets apart
   */
  public static void writeTunnel(
      ByteBuffer memory,
      int at,
      IpAddress source,
      IpAddress destination,
      int protocol,
      int payload,
      OuterHeaderPolicy policy,
      IpHeaderView inner,
      int identification) {
    OuterHeader.write(
        memory,
        at,
        source,
        destination,
        protocol,
        payload,
        policy.trafficClass(inner.trafficClass()),
        policy.setsDontFragment(inner.dontFragment() || !inner.isV4()),
        policy.hopLimit(),
        identification);
  }

  /**
   * Carries congestion marks of a tunnel over to the packet that came through it (RFC 6040 4.2).
   *
   * @param memory holds the inner packet
   * @param inner laid over the inner packet
   * @param outerTrafficClass of the header that falls away
   * @return false when the packet must be dropped
   */
  public static boolean takeEcn(ByteBuffer memory, IpHeaderView inner, int outerTrafficClass) {
    return Ecn.decapsulate(memory, inner, outerTrafficClass);
  }

  /**
   * Changes what a header says of the packet behind it: protocol, length and, for IPv4, checksum.
   *
   * @param memory big-endian
   * @param at where the header begins
   * @param nextField the octet that names what follows
   * @param protocol what follows now
   * @param total octets of the whole packet
   */
  public static void mend(ByteBuffer memory, int at, int nextField, int protocol, int total) {
    boolean v4 = (memory.get(at) & 0xf0) == 0x40;
    memory.put(nextField, (byte) protocol);
    if (v4) {
      memory.putShort(at + 2, (short) total);
      Checksums.mendV4Header(memory, at, (memory.get(at) & 15) * 4);
    } else {
      memory.putShort(at + 4, (short) (total - OuterHeader.V6_LENGTH));
    }
  }

  /**
   * Whether an Internet checksum is right (RFC 1071): the octets, it included, and what the caller
   * adds for a pseudo header sum up to all ones.
   *
   * @param pseudo the pseudo header's words, added up; 0 where there is none
   */
  public static boolean isChecksumRight(ByteBuffer memory, int offset, int length, long pseudo) {
    return Checksums.fold(Checksums.sum(memory, offset, length) + pseudo) == 0;
  }

  /** Overwrites {@code length} octets with zeros. */
  public static void wipe(ByteBuffer memory, int offset, int length) {
    Wipe.zero(memory, offset, offset + length);
  }
}
