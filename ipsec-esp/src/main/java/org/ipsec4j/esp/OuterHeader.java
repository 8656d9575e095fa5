package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.IpAddress;

/**
 * Writes what stands in front of ESP: the outer IP header of tunnel mode (RFC 4301 5.1.2) and the
 * UDP header of RFC 3948.
 */
final class OuterHeader {
  static final int ESP = 50;
  static final int UDP = 17;
  static final int UDP_LENGTH = 8;
  static final int V4_LENGTH = 20;
  static final int V6_LENGTH = 40;

  /** Where nobody says another. */
  static final int DEFAULT_HOP_LIMIT = 64;

  /** IPv6 and UDP. */
  static final int MAX_LENGTH = V6_LENGTH + UDP_LENGTH;

  private OuterHeader() {}

  /** An IP header without options and with flow label 0. */
  static void write(
      ByteBuffer slab,
      int offset,
      IpAddress source,
      IpAddress destination,
      int protocol,
      int payload,
      int trafficClass,
      boolean dontFragment,
      int hopLimit,
      int identification) {
    write(
        slab,
        offset,
        source,
        destination,
        protocol,
        payload,
        trafficClass,
        dontFragment,
        hopLimit,
        0,
        identification);
  }

  /**
   * An IP header without options, built from nothing.
   *
   * @param protocol what follows it
   * @param payload octets behind it
   * @param flowLabel for IPv6
   * @param identification for IPv4; tells the fragments of different packets apart
   */
  static void write(
      ByteBuffer slab,
      int offset,
      IpAddress source,
      IpAddress destination,
      int protocol,
      int payload,
      int trafficClass,
      boolean dontFragment,
      int hopLimit,
      int flowLabel,
      int identification) {
    if (source.isV4()) {
      writeV4(
          slab,
          offset,
          (int) source.low(),
          (int) destination.low(),
          protocol,
          payload,
          trafficClass,
          dontFragment,
          hopLimit,
          identification);
    } else {
      slab.putInt(offset, 6 << 28 | trafficClass << 20 | flowLabel);
      slab.putShort(offset + 4, (short) payload);
      slab.put(offset + 6, (byte) protocol);
      slab.put(offset + 7, (byte) hopLimit);
      source.writeTo(slab, offset + 8);
      destination.writeTo(slab, offset + 24);
    }
  }

  /**
   * An IPv4 header without options. Made in registers and written in three pieces: nothing that was
   * just written is read again, as octets that are still on their way to the cache make readers of
   * wider words wait.
   */
  static void writeV4(
      ByteBuffer slab,
      int offset,
      int source,
      int destination,
      int protocol,
      int payload,
      int trafficClass,
      boolean dontFragment,
      int hopLimit,
      int identification) {
    long first =
        0x45L << 56
            | (long) (trafficClass & 0xff) << 48
            | (V4_LENGTH + payload & 0xffffL) << 32
            | (identification & 0xffffL) << 16
            | (dontFragment ? 0x4000 : 0);
    long second = ((long) (hopLimit << 8 | protocol) << 48) | (source & 0xffffffffL);
    long sum =
        (first >>> 32)
            + (first & 0xffffffffL)
            + (second >>> 32)
            + (second & 0xffffffffL)
            + (destination & 0xffffffffL);
    slab.putLong(offset, first);
    slab.putLong(offset + 8, second | (Checksums.fold(sum) & 0xffffL) << 32);
    slab.putInt(offset + 16, destination);
  }

  /** Octets of an IP header without options or extensions. */
  static int ipLength(boolean v4) {
    return v4 ? V4_LENGTH : V6_LENGTH;
  }

  /** The UDP header, checksum zero (RFC 3948 2.1). */
  static void writeUdp(ByteBuffer slab, int offset, OuterWay way, int espLength) {
    slab.putLong(offset, (long) way.ports << 32 | (long) (UDP_LENGTH + espLength & 0xffff) << 16);
  }
}
