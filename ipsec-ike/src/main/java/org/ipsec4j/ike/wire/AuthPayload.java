package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Authentication payload (RFC 7296 3.8).
 *
 * @param method authentication method number
 * @param data Authentication Data
 */
public record AuthPayload(int method, Bytes data) implements Payload {
  static @Nullable AuthPayload parse(WireReader in) {
    int method = in.u8();
    in.skip(3);
    Bytes data = in.rest();
    return in.failed() ? null : new AuthPayload(method, data);
  }

  @Override
  public int type() {
    return PayloadType.AUTH;
  }

  @Override
  public int length() {
    return 4 + data.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    new WireWriter(target, offset).u8(method).zero(3).bytes(data);
  }
}
