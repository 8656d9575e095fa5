package org.ipsec4j.esp.framing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;

/**
 * Writes the TCP encapsulation (RFC 9329 3 and 4): the stream prefix once, and a length in front of
 * every message. Allocates nothing. The other direction is {@link TcpStreamReader}.
 */
public final class TcpFraming {
  /** Octets of the length field. */
  public static final int LENGTH_LENGTH = 2;

  /** Most octets of one message, as the 16-bit length counts itself (RFC 9329 3). */
  public static final int MAX_MESSAGE = 65535 - LENGTH_LENGTH;

  /** Octets that {@link #frame} and {@link #frameIke} need in front of a message. */
  public static final int MAX_HEADROOM = LENGTH_LENGTH + EncapsulatedKind.MARKER_LENGTH;

  private static final byte[] PREFIX = "IKETCP".getBytes(StandardCharsets.US_ASCII);

  private TcpFraming() {}

  /** Octets of the stream prefix. */
  public static int prefixLength() {
    return PREFIX.length;
  }

  /**
   * The first octets that the originator of a connection sends, and only it (RFC 9329 4).
   *
   * @param target filled at its position, which moves
   */
  public static void putPrefix(ByteBuffer target) {
    target.put(PREFIX);
  }

  static byte prefix(int index) {
    return PREFIX[index];
  }

  /**
   * Puts the length in front of every living message. A message without room for it is dropped as
   * NO_HEADROOM, one beyond {@link #MAX_MESSAGE} as TOO_LONG.
   *
   * @param burst windows hold ESP packets, or what has its marker already; afterwards they begin
   *     with the length
   */
  public static void frame(PacketBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      if (burst.isAlive(i)) {
        DropReason reason = prepend(burst, i, LENGTH_LENGTH);
        if (reason == DropReason.NONE) {
          burst.slab().putShort(burst.offset(i), (short) burst.length(i));
        } else {
          burst.drop(i, reason);
        }
      }
    }
  }

  /**
   * Puts length and non-ESP marker in front of one IKE message.
   *
   * @param burst the window of the message holds it from its header on
   * @param index which message
   * @return {@code NONE}, or why nothing was changed; the caller drops it
   */
  public static DropReason frameIke(PacketBurst burst, int index) {
    DropReason reason = prepend(burst, index, MAX_HEADROOM);
    if (reason == DropReason.NONE) {
      int at = burst.offset(index);
      burst.slab().putShort(at, (short) burst.length(index));
      burst.slab().putInt(at + LENGTH_LENGTH, 0);
    }
    return reason;
  }

  private static DropReason prepend(PacketBurst burst, int i, int octets) {
    if (burst.length(i) + octets - LENGTH_LENGTH > MAX_MESSAGE) {
      return DropReason.TOO_LONG;
    }
    if (burst.headroom(i) < octets) {
      return DropReason.NO_HEADROOM;
    }
    burst.window(i, burst.offset(i) - octets, burst.length(i) + octets);
    return DropReason.NONE;
  }
}
