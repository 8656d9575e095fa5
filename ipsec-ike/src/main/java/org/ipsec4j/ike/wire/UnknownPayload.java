package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A payload of a type that is not known, kept as it came. The decoder lets it through only when its
 * critical bit is clear (RFC 7296 2.5).
 *
 * @param type payload type number
 * @param critical the critical bit
 * @param body octets behind the generic header
 */
public record UnknownPayload(int type, boolean critical, Bytes body) implements Payload {
  static @Nullable UnknownPayload parse(WireReader in, int type, boolean critical) {
    Bytes body = in.rest();
    return in.failed() ? null : new UnknownPayload(type, critical, body);
  }

  @Override
  public int length() {
    return body.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    body.copyTo(target, offset);
  }
}
