package org.ipsec4j.esp.framing;

import java.nio.ByteBuffer;

/**
 * What a UDP payload of the NAT-traversal port is, or a message of a TCP stream: told by its first
 * octets (RFC 3948 2, RFC 5840 2.1, RFC 9329 3). A pure function of the window.
 */
public enum EncapsulatedKind {
  /** An IKE message behind the non-ESP marker of {@value #MARKER_LENGTH} zero octets. */
  IKE,

  /** An ESP packet; its first four octets are the SPI. */
  ESP,

  /** Wrapped ESP: the reserved SPI 2 stands in front of the WESP header. */
  WESP,

  /** A single octet 0xff that keeps a NAT mapping; to be ignored (RFC 3948 2.3). */
  KEEPALIVE,

  /** Too short for a marker or an SPI. */
  TOO_SHORT;

  /** Octets of the non-ESP marker, and of the SPI that stands in its place. */
  public static final int MARKER_LENGTH = 4;

  /** The SPI that announces WESP (RFC 5840 2.1). */
  public static final int WESP_SPI = 2;

  /**
   * Looks at the first octets.
   *
   * @param memory big-endian; its position and limit mean nothing
   * @param offset where the payload begins
   * @param length its octets, 0 or more; all of them lie in the memory
   */
  public static EncapsulatedKind of(ByteBuffer memory, int offset, int length) {
    if (length < MARKER_LENGTH) {
      boolean keepalive = length == 1 && memory.get(offset) == (byte) 0xff;
      return keepalive ? KEEPALIVE : TOO_SHORT;
    }
    return switch (memory.getInt(offset)) {
      case 0 -> IKE;
      case WESP_SPI -> WESP;
      default -> ESP;
    };
  }
}
