package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;

/** Writes octets one behind another into an array whose size was computed before. */
final class WireWriter {
  private final byte[] data;
  private int at;

  WireWriter(byte[] data, int at) {
    this.data = data;
    this.at = at;
  }

  int position() {
    return at;
  }

  WireWriter u8(int value) {
    data[at++] = (byte) value;
    return this;
  }

  WireWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  WireWriter zero(int count) {
    for (int i = 0; i < count; i++) {
      u8(0);
    }
    return this;
  }

  WireWriter raw(byte[] value) {
    System.arraycopy(value, 0, data, at, value.length);
    at += value.length;
    return this;
  }

  WireWriter bytes(Bytes value) {
    value.copyTo(data, at);
    at += value.length();
    return this;
  }
}
