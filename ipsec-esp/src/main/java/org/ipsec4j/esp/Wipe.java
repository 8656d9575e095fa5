package org.ipsec4j.esp;

import java.nio.ByteBuffer;

/** Overwrites what nobody may read. */
final class Wipe {
  private Wipe() {}

  /** Zeros from {@code from} up to {@code to}. */
  static void zero(ByteBuffer memory, int from, int to) {
    int at = from;
    for (; to - at >= 8; at += 8) {
      memory.putLong(at, 0);
    }
    for (; at < to; at++) {
      memory.put(at, (byte) 0);
    }
  }
}
