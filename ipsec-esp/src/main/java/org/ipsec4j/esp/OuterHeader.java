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
      slab.put(offset, (byte) 0x45);
      slab.put(offset + 1, (byte) trafficClass);
      slab.putShort(offset + 2, (short) (V4_LENGTH + payload));
      slab.putShort(offset + 4, (short) identification);
      slab.putShort(offset + 6, (short) (dontFragment ? 0x4000 : 0));
      slab.put(offset + 8, (byte) hopLimit);
      slab.put(offset + 9, (byte) protocol);
      source.writeTo(slab, offset + 12);
      destination.writeTo(slab, offset + 16);
      Checksums.mendV4Header(slab, offset, V4_LENGTH);
    } else {
      slab.putInt(offset, 6 << 28 | trafficClass << 20 | flowLabel);
      slab.putShort(offset + 4, (short) payload);
      slab.put(offset + 6, (byte) protocol);
      slab.put(offset + 7, (byte) hopLimit);
      source.writeTo(slab, offset + 8);
      destination.writeTo(slab, offset + 24);
    }
  }

  /** Octets of an IP header without options or extensions. */
  static int ipLength(boolean v4) {
    return v4 ? V4_LENGTH : V6_LENGTH;
  }

  /** The UDP header, checksum zero (RFC 3948 2.1). */
  static void writeUdp(ByteBuffer slab, int offset, OuterPath path, int espLength) {
    slab.putShort(offset, (short) path.localPort());
    slab.putShort(offset + 2, (short) path.remotePort());
    slab.putShort(offset + 4, (short) (UDP_LENGTH + espLength));
    slab.putShort(offset + 6, (short) 0);
  }
}
