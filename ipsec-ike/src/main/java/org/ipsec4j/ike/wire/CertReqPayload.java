package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Certificate Request payload (RFC 7296 3.7).
 *
 * @param encoding certificate encoding that is wanted
 * @param authorities for encoding 4, SHA-1 hashes of 20 octets each of the public keys of trusted
 *     CAs
 */
public record CertReqPayload(int encoding, Bytes authorities) implements Payload {
  static @Nullable CertReqPayload parse(WireReader in) {
    int encoding = in.u8();
    Bytes authorities = in.rest();
    return in.failed() ? null : new CertReqPayload(encoding, authorities);
  }

  @Override
  public int type() {
    return PayloadType.CERTREQ;
  }

  @Override
  public int length() {
    return 1 + authorities.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    new WireWriter(target, offset).u8(encoding).bytes(authorities);
  }
}
