package org.ipsec4j.ike.wire;

import java.nio.ByteBuffer;

/**
 * A flyweight over the fixed header in a datagram, for telling datagrams apart without allocating.
 * Reused, thread-confined; borrows the buffer until the next {@link #wrap}, leaves its position
 * alone and expects its order to be big-endian. Accessors are valid only after {@link #check()}.
 */
public final class HeaderView {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private ByteBuffer buffer = NOTHING;
  private int offset;
  private int available;

  /** Looks at nothing. */
  public HeaderView() {}

  /**
   * Looks at another datagram.
   *
   * @param buffer holds the message
   * @param offset absolute index of the first octet of the header (behind a non-ESP marker)
   * @param length octets of the message
   */
  public HeaderView wrap(ByteBuffer buffer, int offset, int length) {
    this.buffer = buffer;
    this.offset = offset;
    this.available = offset < 0 || length < 0 || offset > buffer.limit() - length ? 0 : length;
    return this;
  }

  /** Whether a whole header is there and its length field is that of the message. */
  public boolean check() {
    return available >= IkeHeader.LENGTH && length() == available;
  }

  /** SPI of the original initiator. */
  public long initiatorSpi() {
    return buffer.getLong(offset);
  }

  /** SPI of the original responder. */
  public long responderSpi() {
    return buffer.getLong(offset + 8);
  }

  /** Type of the first payload. */
  public int nextPayload() {
    return buffer.get(offset + 16) & 0xff;
  }

  /** Major version. */
  public int major() {
    return (buffer.get(offset + 17) & 0xff) >>> 4;
  }

  /** Exchange type. */
  public int exchangeType() {
    return buffer.get(offset + 18) & 0xff;
  }

  /** I flag. */
  public boolean initiator() {
    return (buffer.get(offset + 19) & 0x08) != 0;
  }

  /** R flag. */
  public boolean response() {
    return (buffer.get(offset + 19) & 0x20) != 0;
  }

  /** Message ID. */
  public long messageId() {
    return buffer.getInt(offset + 20) & 0xffffffffL;
  }

  /** Length field. */
  public long length() {
    return buffer.getInt(offset + 24) & 0xffffffffL;
  }
}
