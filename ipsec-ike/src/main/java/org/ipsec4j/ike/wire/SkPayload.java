package org.ipsec4j.ike.wire;

import org.jspecify.annotations.Nullable;

/**
 * Encrypted payload as found in a datagram (RFC 7296 3.14): a window of it, still sealed. {@link
 * SkCodec} opens it and makes it; it is never emitted as a payload of its own.
 *
 * @param innerType type of the first payload inside
 * @param offset where the IV begins in the message
 * @param length octets of IV, text and ICV
 */
public record SkPayload(int innerType, int offset, int length) implements Payload {
  static @Nullable SkPayload parse(WireReader in, int innerType) {
    int offset = in.position();
    int length = in.remaining();
    in.skip(length);
    return in.failed() ? null : new SkPayload(innerType, offset, length);
  }

  @Override
  public int type() {
    return PayloadType.SK;
  }

  /**
   * @throws UnsupportedOperationException always: the octets are not here
   */
  @Override
  public void emit(byte[] target, int at) {
    throw new UnsupportedOperationException("a window cannot be emitted");
  }
}
