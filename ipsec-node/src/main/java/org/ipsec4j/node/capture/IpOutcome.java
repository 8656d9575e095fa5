package org.ipsec4j.node.capture;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;

/** What {@link IpExtractor} makes of one frame: an IP packet, or the reason why there is none. */
public sealed interface IpOutcome {
  /**
   * A packet with a valid IP header.
   *
   * @param bytes exactly the bytes of the IP packet, from the version nibble to the last byte that
   *     its length field counts; a window of the frame's array, not a copy, valid as long as that
   *     array is left alone. Each call of the accessor gives a new read-only view, position 0,
   *     big-endian
   * @param version 4 or 6
   * @param badHeaderChecksum IPv4 only: the header checksum is wrong. The packet counts as valid
   *     all the same, because a tunnel carries inner bytes untouched and hosts that leave checksums
   *     to the network card capture such packets
   */
  record Packet(ByteBuffer bytes, int version, boolean badHeaderChecksum) implements IpOutcome {
    /** Takes a read-only view of {@code bytes} from its position to its limit. */
    public Packet {
      bytes = bytes.slice().asReadOnlyBuffer();
    }

    /**
     * The bytes of the packet.
     *
     * @return a new read-only view, position 0, limit {@link #length()}
     */
    @Override
    public ByteBuffer bytes() {
      return bytes.duplicate();
    }

    /**
     * The length of the packet.
     *
     * @return bytes, 20 to {@link IpExtractor#MAX_PACKET}
     */
    public int length() {
      return bytes.limit();
    }

    /**
     * A copy.
     *
     * @return a new array that belongs to the caller
     */
    public byte[] toByteArray() {
      byte[] copy = new byte[length()];
      bytes().get(copy);
      return copy;
    }
  }

  /**
   * No valid IP header.
   *
   * @param reason the one reason
   */
  record None(NoIpReason reason) implements IpOutcome {
    /** Checks that the reason is there. */
    public None {
      requireNonNull(reason, "reason");
    }
  }
}
