package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Vendor ID payload (RFC 7296 3.12).
 *
 * @param id opaque, of any length
 */
public record VendorIdPayload(Bytes id) implements Payload {
  static @Nullable VendorIdPayload parse(WireReader in) {
    Bytes id = in.rest();
    return in.failed() ? null : new VendorIdPayload(id);
  }

  @Override
  public int type() {
    return PayloadType.VENDOR_ID;
  }

  @Override
  public int length() {
    return id.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    id.copyTo(target, offset);
  }
}
