package org.ipsec4j.ike.wire;

import java.util.List;

/** Messages to octets (RFC 7296 3). Stateless, thread-safe. */
public final class MessageEncoder {
  private MessageEncoder() {}

  /** The message in clear, as in IKE_SA_INIT; next payload and length are filled in. */
  public static byte[] encode(IkeMessage message) {
    return encode(message.header(), message.payloads());
  }

  /**
   * A message in clear; next payload and length are filled in.
   *
   * @throws IllegalArgumentException when it would be longer than {@link
   *     MessageDecoder#MAX_MESSAGE}
   */
  public static byte[] encode(IkeHeader header, List<Payload> payloads) {
    int length = IkeHeader.LENGTH + length(payloads);
    checkLength(length);
    byte[] message = new byte[length];
    header.with(firstType(payloads), length).emit(message, 0);
    emit(payloads, message, IkeHeader.LENGTH);
    return message;
  }

  static void checkLength(int length) {
    if (length > MessageDecoder.MAX_MESSAGE) {
      throw new IllegalArgumentException("a message of " + length + " octets");
    }
  }

  /** Type of the first payload, or none. */
  static int firstType(List<Payload> payloads) {
    return payloads.isEmpty() ? PayloadType.NONE : payloads.getFirst().type();
  }

  /** Octets of the chain with generic headers. */
  static int length(List<Payload> payloads) {
    int length = 0;
    for (Payload payload : payloads) {
      length += Payload.GENERIC_HEADER + payload.length();
    }
    return length;
  }

  /** Writes the chain with generic headers. */
  static void emit(List<Payload> payloads, byte[] target, int offset) {
    int at = offset;
    for (int i = 0; i < payloads.size(); i++) {
      Payload payload = payloads.get(i);
      int length = Payload.GENERIC_HEADER + payload.length();
      int next = i + 1 < payloads.size() ? payloads.get(i + 1).type() : PayloadType.NONE;
      new WireWriter(target, at).u8(next).u8(payload.critical() ? 0x80 : 0).u16(length);
      payload.emit(target, at + Payload.GENERIC_HEADER);
      at += length;
    }
  }
}
