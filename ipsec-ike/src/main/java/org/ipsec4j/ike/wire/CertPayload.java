package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Certificate payload (RFC 7296 3.6).
 *
 * @param encoding certificate encoding; 4 is an X.509 certificate for signatures
 * @param data Certificate Data, not yet parsed
 */
public record CertPayload(int encoding, Bytes data) implements Payload {
  static @Nullable CertPayload parse(WireReader in) {
    int encoding = in.u8();
    Bytes data = in.rest();
    return in.failed() ? null : new CertPayload(encoding, data);
  }

  @Override
  public int type() {
    return PayloadType.CERT;
  }

  @Override
  public int length() {
    return 1 + data.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    new WireWriter(target, offset).u8(encoding).bytes(data);
  }
}
