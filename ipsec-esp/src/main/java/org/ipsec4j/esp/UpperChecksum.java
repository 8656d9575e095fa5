package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.jspecify.annotations.Nullable;

/**
 * The checksum of TCP, UDP, UDP-Lite and ICMPv6 behind a NAT (RFC 3948 3.1.2, RFC 7296 2.23.1): it
 * covers addresses that were changed on the way. Every other protocol is left as it is.
 */
final class UpperChecksum {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int ICMPV6 = 58;
  private static final int UDP_LITE = 136;
  private static final int NONE = -1;

  private UpperChecksum() {}

  /**
   * Makes the checksum fit the addresses that the packet bears now.
   *
   * @param packet lies over the whole packet
   * @param original what the peer computed it with: our address and its own; null when unknown
   * @param how as the policy says
   */
  static void mend(
      ByteBuffer memory, IpHeaderView packet, @Nullable AddressPair original, NatChecksum how) {
    int field = field(packet);
    if (field == NONE || packet.fragmentOffset() > 0) {
      return;
    }
    boolean udpOverV4 = packet.protocol() == UDP && packet.isV4();
    if (udpOverV4 && memory.getShort(field) == 0) {
      return;
    }
    if (udpOverV4 && how == NatChecksum.CLEAR_UDP) {
      memory.putShort(field, (short) 0);
    } else if (original != null
        && original.isV4() == packet.isV4()
        && how != NatChecksum.RECOMPUTE) {
      adjust(memory, packet, field, original);
    } else if (!packet.isFragment()) {
      // of a fragment, the rest would be needed
      recompute(memory, packet, field);
    }
  }

  /** Where the checksum stands, when the header is whole. */
  private static int field(IpHeaderView packet) {
    int at = packet.payloadOffset();
    int length = packet.payloadLength();
    return switch (packet.protocol()) {
      case TCP -> length >= 20 ? at + 16 : NONE;
      case UDP, UDP_LITE -> length >= 8 ? at + 6 : NONE;
      // that of ICMP over IPv4 covers no addresses
      case ICMPV6 -> length >= 4 && !packet.isV4() ? at + 2 : NONE;
      default -> NONE;
    };
  }

  /** Takes the addresses that the peer used out and puts those of the packet in (RFC 1624 3). */
  private static void adjust(
      ByteBuffer memory, IpHeaderView packet, int field, AddressPair original) {
    long before = sum(original.remote()) + sum(original.local());
    long after = addresses(memory, packet);
    if (Checksums.fold(before) == Checksums.fold(after)) {
      return;
    }
    long sum = (~memory.getShort(field) & 0xffff) + (Checksums.fold(before) & 0xffff) + after;
    write(memory, packet, field, Checksums.fold(sum));
  }

  private static void recompute(ByteBuffer memory, IpHeaderView packet, int field) {
    int at = packet.payloadOffset();
    int length = packet.payloadLength();
    int covered = length;
    if (packet.protocol() == UDP || packet.protocol() == UDP_LITE) {
      // UDP tells its length, UDP-Lite how much is covered, where 0 is all (RFC 3828 3.1)
      int told = memory.getShort(at + 4) & 0xffff;
      covered = told == 0 && packet.protocol() == UDP_LITE ? length : told;
      if (covered < 8 || covered > length) {
        return;
      }
    }
    int upperLength = packet.protocol() == UDP ? covered : length;
    memory.putShort(field, (short) 0);
    long pseudo = addresses(memory, packet) + packet.protocol() + upperLength;
    write(memory, packet, field, Checksums.fold(pseudo + Checksums.sum(memory, at, covered)));
  }

  private static void write(ByteBuffer memory, IpHeaderView packet, int field, short checksum) {
    boolean zeroMeansNone = packet.protocol() == UDP || packet.protocol() == UDP_LITE;
    memory.putShort(field, checksum == 0 && zeroMeansNone ? (short) 0xffff : checksum);
  }

  private static long addresses(ByteBuffer memory, IpHeaderView packet) {
    return packet.isV4()
        ? Checksums.sum(memory, packet.offset() + 12, 8)
        : Checksums.sum(memory, packet.offset() + 8, 32);
  }

  private static long sum(IpAddress address) {
    return (address.high() >>> 32)
        + (address.high() & 0xffffffffL)
        + (address.low() >>> 32)
        + (address.low() & 0xffffffffL);
  }
}
