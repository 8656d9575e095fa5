package org.ipsec4j.io.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An array of {@code struct iovec}: pieces of memory that one call writes or reads. */
final class Vectors {
  /** Octets of one. */
  static final int SIZE = 16;

  private final MemorySegment array;

  Vectors(int most) {
    array = Arena.ofAuto().allocate((long) SIZE * most, 8);
  }

  void set(int i, MemorySegment memory, long offset, long octets) {
    array.set(ValueLayout.JAVA_LONG, (long) SIZE * i, memory.address() + offset);
    array.set(ValueLayout.JAVA_LONG, (long) SIZE * i + 8, octets);
  }

  MemorySegment array() {
    return array;
  }

  long address(int i) {
    return array.address() + (long) SIZE * i;
  }
}
