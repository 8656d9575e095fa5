package org.ipsec4j.crypto.mb;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.ipsec4j.ffm.NativeMemory;

/**
 * Memory by its address. Whoever calls has made sure that the address lies in memory that is his:
 * in a slab whose bounds were checked, in a key that is alive, in a worker's own scratch.
 */
final class Raw {
  private static final MemorySegment ALL = NativeMemory.at(0, Long.MAX_VALUE);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private Raw() {}

  static long getLong(long address) {
    return ALL.get(LONG, address);
  }

  static void putLong(long address, long value) {
    ALL.set(LONG, address, value);
  }

  static int getInt(long address) {
    return ALL.get(INT, address);
  }

  static void putInt(long address, int value) {
    ALL.set(INT, address, value);
  }

  /** Most significant octet first. */
  static void putBigEndian(long address, int value) {
    putInt(
        address,
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(value) : value);
  }

  static void copy(long from, long to, long octets) {
    MemorySegment.copy(ALL, from, ALL, to, octets);
  }

  /** Without a slice, which the compiler does not always do away with. */
  static void zero(long address, long octets) {
    long at = 0;
    for (; at + Long.BYTES <= octets; at += Long.BYTES) {
      putLong(address + at, 0);
    }
    for (; at < octets; at++) {
      ALL.set(ValueLayout.JAVA_BYTE, address + at, (byte) 0);
    }
  }

  static void put(long address, byte[] octets) {
    MemorySegment.copy(octets, 0, ALL, ValueLayout.JAVA_BYTE, address, octets.length);
  }

  /** The first 12 octets of a nonce. */
  static void putNonce(long address, byte[] nonce) {
    putLong(address, (long) LONGS.get(nonce, 0));
    putInt(address + 8, (int) INTS.get(nonce, 8));
  }

  /** All 16 octets of a nonce or IV. */
  static void putWholeNonce(long address, byte[] nonce) {
    putLong(address, (long) LONGS.get(nonce, 0));
    putLong(address + 8, (long) LONGS.get(nonce, 8));
  }

  /**
   * Copies an ICV.
   *
   * @param octets a multiple of 4
   */
  static void copyTag(long from, long to, int octets) {
    int at = 0;
    for (; at + 8 <= octets; at += 8) {
      putLong(to + at, getLong(from + at));
    }
    if (at < octets) {
      putInt(to + at, getInt(from + at));
    }
  }

  /**
   * Equality in a time that depends on the length alone.
   *
   * @param octets a multiple of 4
   */
  static boolean equal(long one, long other, int octets) {
    long difference = 0;
    int at = 0;
    for (; at + 8 <= octets; at += 8) {
      difference |= getLong(one + at) ^ getLong(other + at);
    }
    if (at < octets) {
      difference |= getInt(one + at) ^ getInt(other + at);
    }
    return difference == 0;
  }
}
