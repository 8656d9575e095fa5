package org.ipsec4j.esp.framing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ipsec4j.api.packet.PacketBurst;

/**
 * Cuts one direction of a TCP connection into its messages (RFC 9329 3), however the stream comes
 * in pieces. The messages look like UDP payloads afterwards: {@link EncapsulatedKind} tells them
 * apart.
 *
 * <p>Holds at most one unfinished message. What the RFC says to ignore (empty messages,
 * NAT-keepalives) is counted and left out; a message beyond the limit is passed over without losing
 * step. A wrong stream prefix and the lengths 0 and 1 end the connection: see {@link State#FAILED}.
 * When a connection breaks, the reader and the unfinished message in it are thrown away (RFC 9329
 * 6.1).
 *
 * <p>One for each connection; one thread at a time. Allocates nothing after construction and throws
 * nothing for what a stream contains.
 */
public final class TcpStreamReader {
  /** How a call ended. */
  public enum State {
    /** The chunk was read to its end. */
    NEED_MORE,

    /** The burst is full; call again with the rest of the chunk and an emptier burst. */
    BURST_FULL,

    /**
     * The stream is not what RFC 9329 says: {@code MALFORMED_STREAM}. The connection must be
     * closed, and nothing more is read from it.
     */
    FAILED
  }

  /** What the next octet belongs to. */
  private enum Part {
    PREFIX,
    LENGTH,
    MESSAGE,
    /** A message that is too long, passed over. */
    SKIPPED,
    BROKEN
  }

  private final ByteBuffer partial;
  private Part part;

  /** Octets of the prefix or the length field that were read. */
  private int read;

  /** The length field as far as it was read. */
  private int length;

  /** Octets that are missing in the message or of what is passed over. */
  private int missing;

  private long messages;
  private long keepalives;
  private long empty;
  private long tooShort;
  private long tooLong;

  /**
   * @param expectPrefix true for the side that accepted the connection: the stream must begin with
   *     the prefix; false for the originator, who gets none
   * @param maxMessage longest message that is taken, 4 to {@link TcpFraming#MAX_MESSAGE} octets;
   *     also the memory that the reader holds
   * @throws IllegalArgumentException when the number is out of range
   */
  public TcpStreamReader(boolean expectPrefix, int maxMessage) {
    if (maxMessage < EncapsulatedKind.MARKER_LENGTH || maxMessage > TcpFraming.MAX_MESSAGE) {
      throw new IllegalArgumentException("messages of " + maxMessage + " octets");
    }
    partial = ByteBuffer.allocate(maxMessage).order(ByteOrder.BIG_ENDIAN);
    part = expectPrefix ? Part.PREFIX : Part.LENGTH;
  }

  /**
   * Reads on.
   *
   * @param chunk the next octets of the stream, from position to limit; the position moves behind
   *     what was read
   * @param into whole messages are added to it, from marker or SPI on; a message that its slots
   *     cannot hold counts as too long
   */
  public State read(ByteBuffer chunk, PacketBurst into) {
    while (part != Part.BROKEN) {
      if (part == Part.MESSAGE && missing == 0) {
        if (!finish(into)) {
          return State.BURST_FULL;
        }
      } else if (!chunk.hasRemaining()) {
        return State.NEED_MORE;
      } else {
        step(chunk);
      }
    }
    return State.FAILED;
  }

  private void step(ByteBuffer chunk) {
    switch (part) {
      case PREFIX -> readPrefix(chunk);
      case LENGTH -> readLength(chunk);
      case MESSAGE -> {
        int octets = Math.min(missing, chunk.remaining());
        partial.put(partial.position(), chunk, chunk.position(), octets);
        partial.position(partial.position() + octets);
        advance(chunk, octets);
      }
      case SKIPPED -> {
        advance(chunk, Math.min(missing, chunk.remaining()));
        if (missing == 0) {
          part = Part.LENGTH;
        }
      }
      case BROKEN -> throw new IllegalStateException("nothing is read after a failure");
    }
  }

  private void advance(ByteBuffer chunk, int octets) {
    chunk.position(chunk.position() + octets);
    missing -= octets;
  }

  private void readPrefix(ByteBuffer chunk) {
    if (chunk.get() != TcpFraming.prefix(read++)) {
      part = Part.BROKEN;
    } else if (read == TcpFraming.prefixLength()) {
      part = Part.LENGTH;
      read = 0;
    }
  }

  private void readLength(ByteBuffer chunk) {
    length = (length << 8) | (chunk.get() & 0xff);
    if (++read < TcpFraming.LENGTH_LENGTH) {
      return;
    }
    missing = length - TcpFraming.LENGTH_LENGTH;
    read = 0;
    length = 0;
    if (missing < 0) {
      part = Part.BROKEN;
    } else if (missing == 0) {
      empty++;
    } else if (missing > partial.capacity()) {
      tooLong++;
      part = Part.SKIPPED;
    } else {
      partial.clear();
      part = Part.MESSAGE;
    }
  }

  /** Hands a whole message on; false when it must wait for a place. */
  private boolean finish(PacketBurst into) {
    int octets = partial.position();
    switch (EncapsulatedKind.of(partial, 0, octets)) {
      case KEEPALIVE -> keepalives++;
      case TOO_SHORT -> tooShort++;
      case IKE, ESP, WESP -> {
        if (into.size() == into.capacity()) {
          return false;
        }
        if (into.add(partial.flip()) < 0) {
          tooLong++;
        } else {
          messages++;
        }
      }
    }
    part = Part.LENGTH;
    return true;
  }

  /** Whether the stream is broken and the connection must be closed. */
  public boolean isFailed() {
    return part == Part.BROKEN;
  }

  /** Messages handed on. */
  public long messages() {
    return messages;
  }

  /** NAT-keepalives, ignored (RFC 9329 6.6). */
  public long keepalives() {
    return keepalives;
  }

  /** Empty messages, ignored (RFC 9329 3). */
  public long empty() {
    return empty;
  }

  /** Messages too short for a marker or an SPI, passed over. */
  public long tooShort() {
    return tooShort;
  }

  /** Messages beyond the limit or larger than a slot, passed over. */
  public long tooLong() {
    return tooLong;
  }
}
