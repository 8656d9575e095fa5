package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Nonce payload (RFC 7296 3.9).
 *
 * @param nonce 16 to 256 octets
 */
public record NoncePayload(Bytes nonce) implements Payload {
  /** Fewest octets. */
  public static final int MIN_LENGTH = 16;

  /** Most octets. */
  public static final int MAX_LENGTH = 256;

  /**
   * @throws IllegalArgumentException when the length is out of range
   */
  public NoncePayload {
    if (!fits(nonce.length())) {
      throw new IllegalArgumentException("a nonce of " + nonce.length() + " octets");
    }
  }

  private static boolean fits(int length) {
    return MIN_LENGTH <= length && length <= MAX_LENGTH;
  }

  static @Nullable NoncePayload parse(WireReader in) {
    Bytes nonce = in.rest();
    if (!fits(nonce.length())) {
      in.fail(MalformedReason.BAD_NONCE_LENGTH);
    }
    return in.failed() ? null : new NoncePayload(nonce);
  }

  @Override
  public int type() {
    return PayloadType.NONCE;
  }

  @Override
  public int length() {
    return nonce.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    nonce.copyTo(target, offset);
  }
}
