package org.ipsec4j.ike.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The fixed header of an IKE message (RFC 7296 3.1).
 *
 * @param initiatorSpi SPI of the IKE SA's original initiator; 0 is never valid in a message
 * @param responderSpi SPI of the original responder; 0 in the first request
 * @param nextPayload type of the first payload, {@link PayloadType}
 * @param major major version, 0 to 15
 * @param minor minor version, 0 to 15; ignored on receipt
 * @param exchangeType {@link ExchangeType}
 * @param initiator I flag: the sender is the original initiator of the IKE SA
 * @param response R flag: the message is a response
 * @param version V flag: the sender speaks a higher major version
 * @param messageId 0 to 2^32-1
 * @param length octets of the whole message, 0 to 2^32-1
 */
public record IkeHeader(
    long initiatorSpi,
    long responderSpi,
    int nextPayload,
    int major,
    int minor,
    int exchangeType,
    boolean initiator,
    boolean response,
    boolean version,
    long messageId,
    long length) {
  /** Octets of the header. */
  public static final int LENGTH = 28;

  /** Our major version. */
  public static final int MAJOR = 2;

  private static final int FLAG_INITIATOR = 0x08;
  private static final int FLAG_VERSION = 0x10;
  private static final int FLAG_RESPONSE = 0x20;

  /** A version 2.0 header whose next payload and length the encoder fills in. */
  public static IkeHeader of(
      long initiatorSpi,
      long responderSpi,
      int exchangeType,
      boolean initiator,
      boolean response,
      long messageId) {
    return new IkeHeader(
        initiatorSpi,
        responderSpi,
        0,
        MAJOR,
        0,
        exchangeType,
        initiator,
        response,
        false,
        messageId,
        0);
  }

  /**
   * Reads a header.
   *
   * @param message holds the header from {@code offset}
   * @param available octets that may be read from {@code offset} on
   * @return null when fewer than {@link #LENGTH} octets are there; nothing else is checked
   */
  public static @Nullable IkeHeader parse(byte[] message, int offset, int available) {
    if (available < LENGTH || offset < 0 || offset > message.length - LENGTH) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(message);
    int versions = message[offset + 17] & 0xff;
    int flags = message[offset + 19];
    return new IkeHeader(
        in.getLong(offset),
        in.getLong(offset + 8),
        message[offset + 16] & 0xff,
        versions >>> 4,
        versions & 0x0f,
        message[offset + 18] & 0xff,
        (flags & FLAG_INITIATOR) != 0,
        (flags & FLAG_RESPONSE) != 0,
        (flags & FLAG_VERSION) != 0,
        in.getInt(offset + 20) & 0xffffffffL,
        in.getInt(offset + 24) & 0xffffffffL);
  }

  /** Writes {@link #LENGTH} octets. */
  public void emit(byte[] target, int offset) {
    ByteBuffer out = ByteBuffer.wrap(target);
    out.putLong(offset, initiatorSpi);
    out.putLong(offset + 8, responderSpi);
    target[offset + 16] = (byte) nextPayload;
    target[offset + 17] = (byte) (major << 4 | minor);
    target[offset + 18] = (byte) exchangeType;
    target[offset + 19] =
        (byte)
            ((initiator ? FLAG_INITIATOR : 0)
                | (version ? FLAG_VERSION : 0)
                | (response ? FLAG_RESPONSE : 0));
    out.putInt(offset + 20, (int) messageId);
    out.putInt(offset + 24, (int) length);
  }

  /** The same header in front of other payloads. */
  public IkeHeader with(int newNextPayload, long newLength) {
    return new IkeHeader(
        initiatorSpi,
        responderSpi,
        newNextPayload,
        major,
        minor,
        exchangeType,
        initiator,
        response,
        version,
        messageId,
        newLength);
  }

  /** Whether the message is a request. */
  public boolean request() {
    return !response;
  }

  /** For people: exchange, direction, Message ID, SPIs. */
  @Override
  public String toString() {
    return String.format(
        "%s %s #%d %016x_i-%016x_r",
        ExchangeType.name(exchangeType),
        response ? "response" : "request",
        messageId,
        initiatorSpi,
        responderSpi);
  }
}
