package org.ipsec4j.ike.wire;

import org.jspecify.annotations.Nullable;

/**
 * Encrypted fragment as found in a datagram (RFC 7383 2.5): a window of it, still sealed. {@link
 * Reassembler} opens it and {@link FragmentCodec} makes it; it is never emitted as a payload of its
 * own.
 *
 * @param innerType type of the first payload of the whole message in fragment 1, 0 in the others
 * @param number 1 to {@code total}
 * @param total number of fragments
 * @param offset where the IV begins in the message
 * @param bodyLength octets of IV, text and ICV
 */
public record SkfPayload(int innerType, int number, int total, int offset, int bodyLength)
    implements Payload {
  /** Octets of Fragment Number and Total Fragments. */
  static final int NUMBERS = 4;

  static @Nullable SkfPayload parse(WireReader in, int innerType) {
    int number = in.u16();
    int total = in.u16();
    if (number == 0 || number > total) {
      in.fail(MalformedReason.BAD_FRAGMENT_NUMBER);
    }
    int offset = in.position();
    int length = in.remaining();
    in.skip(length);
    return in.failed() ? null : new SkfPayload(innerType, number, total, offset, length);
  }

  @Override
  public int type() {
    return PayloadType.SKF;
  }

  @Override
  public int length() {
    return NUMBERS + bodyLength;
  }

  /**
   * @throws UnsupportedOperationException always: the octets are not here
   */
  @Override
  public void emit(byte[] target, int at) {
    throw new UnsupportedOperationException("a window cannot be emitted");
  }
}
