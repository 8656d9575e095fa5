package org.ipsec4j.io.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code struct virtio_net_hdr}, which stands in front of each packet of a TUN device with {@code
 * IFF_VNET_HDR}, in the byte order of the machine.
 */
final class VirtioHeader {
  /** Octets. */
  static final int LENGTH = 10;

  /** The checksum field holds the sum of the pseudo-header only, the rest is to be added. */
  static final int NEEDS_CSUM = 1;

  static final int GSO_NONE = 0;
  static final int GSO_TCPV4 = 1;
  static final int GSO_TCPV6 = 4;
  static final int GSO_UDP_L4 = 5;

  private static final int GSO_ECN = 0x80;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  private VirtioHeader() {}

  static boolean needsChecksum(MemorySegment header) {
    return (header.get(ValueLayout.JAVA_BYTE, 0) & NEEDS_CSUM) != 0;
  }

  /** What to cut the packet into; whether CWR is set, the packet says itself. */
  static int type(MemorySegment header) {
    return header.get(ValueLayout.JAVA_BYTE, 1) & 0xff & ~GSO_ECN;
  }

  /** Octets of payload for each packet. */
  static int size(MemorySegment header) {
    return header.get(SHORT, 4) & 0xffff;
  }

  /** Where the checksum begins to count. */
  static int sumStart(MemorySegment header) {
    return header.get(SHORT, 6) & 0xffff;
  }

  /** Where its field is, from there. */
  static int sumOffset(MemorySegment header) {
    return header.get(SHORT, 8) & 0xffff;
  }

  /** Fills it in for a packet that stands for many, whose checksum is that of its pseudo-header. */
  static void write(
      MemorySegment header, int type, int headers, int size, int sumStart, int sumOffset) {
    header.set(ValueLayout.JAVA_BYTE, 0, (byte) NEEDS_CSUM);
    header.set(ValueLayout.JAVA_BYTE, 1, (byte) type);
    header.set(SHORT, 2, (short) headers);
    header.set(SHORT, 4, (short) size);
    header.set(SHORT, 6, (short) sumStart);
    header.set(SHORT, 8, (short) sumOffset);
  }
}
