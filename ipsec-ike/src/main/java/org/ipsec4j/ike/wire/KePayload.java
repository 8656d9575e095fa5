package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Key Exchange payload (RFC 7296 3.4).
 *
 * @param method key exchange method number, transform type 4
 * @param data Key Exchange Data; its length and value are checked by who knows the method
 */
public record KePayload(int method, Bytes data) implements Payload {
  static @Nullable KePayload parse(WireReader in) {
    int method = in.u16();
    in.skip(2);
    Bytes data = in.rest();
    return in.failed() ? null : new KePayload(method, data);
  }

  @Override
  public int type() {
    return PayloadType.KE;
  }

  @Override
  public int length() {
    return 4 + data.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    new WireWriter(target, offset).u16(method).zero(2).bytes(data);
  }
}
