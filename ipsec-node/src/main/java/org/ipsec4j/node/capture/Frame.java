package org.ipsec4j.node.capture;

import java.nio.ByteBuffer;

/** The captured bytes of a frame with checked-by-the-caller big-endian access. */
record Frame(ByteBuffer bytes, boolean cut) {
  Frame(byte[] bytes, boolean cut) {
    this(ByteBuffer.wrap(bytes), cut);
  }

  static IpOutcome none(NoIpReason reason) {
    return new IpOutcome.None(reason);
  }

  /** Whether {@code count} bytes are there from {@code at}. */
  boolean has(int at, int count) {
    return at >= 0 && count <= bytes.limit() - at;
  }

  int length() {
    return bytes.limit();
  }

  int u8(int at) {
    return bytes.get(at) & 0xff;
  }

  int u16(int at) {
    return bytes.getShort(at) & 0xffff;
  }

  int u24(int at) {
    return (u8(at) << 16) | u16(at + 1);
  }

  int i32(int at) {
    return bytes.getInt(at);
  }
}
