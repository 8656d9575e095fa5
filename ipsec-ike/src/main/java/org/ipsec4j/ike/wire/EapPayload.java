package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * EAP payload (RFC 7296 3.16).
 *
 * @param message one EAP message with its header, not yet parsed
 */
public record EapPayload(Bytes message) implements Payload {
  static @Nullable EapPayload parse(WireReader in) {
    Bytes message = in.rest();
    return in.failed() ? null : new EapPayload(message);
  }

  @Override
  public int type() {
    return PayloadType.EAP;
  }

  @Override
  public int length() {
    return message.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    message.copyTo(target, offset);
  }
}
