package org.ipsec4j.crypto.openssl.lib;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.ipsec4j.ffm.NativeMemory;

/**
 * Native memory by address, without any check: the caller knows that what it names is there. One
 * segment over everything is a constant to the compiler, so an access costs what it costs in C.
 */
public final class Raw {
  private static final MemorySegment ALL = NativeMemory.at(0, Long.MAX_VALUE);
  private static final ValueLayout.OfInt BIG =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private Raw() {}

  /** Copies 16 octets of an array to an address. */
  public static void put16(byte[] from, long to) {
    ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, to, (long) LONGS.get(from, 0));
    ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, to + 8, (long) LONGS.get(from, 8));
  }

  /** Writes 64 bits in the machine's order. */
  public static void putLong(long to, long value) {
    ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, to, value);
  }

  /** Reads 64 bits in the machine's order. */
  public static long getLong(long from) {
    return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, from);
  }

  /** Writes 32 bits in the machine's order. */
  public static void putInt(long to, int value) {
    ALL.set(ValueLayout.JAVA_INT_UNALIGNED, to, value);
  }

  /** Reads 32 bits in the machine's order. */
  public static int getInt(long from) {
    return ALL.get(ValueLayout.JAVA_INT_UNALIGNED, from);
  }

  /** Writes 32 bits in network order. */
  public static void putNetworkInt(long to, int value) {
    ALL.set(BIG, to, value);
  }

  /** Writes an octet. */
  public static void putByte(long to, byte value) {
    ALL.set(ValueLayout.JAVA_BYTE, to, value);
  }

  /** Reads an octet. */
  public static byte getByte(long from) {
    return ALL.get(ValueLayout.JAVA_BYTE, from);
  }

  /** Copies octets between addresses. */
  public static void copy(long from, long to, long length) {
    MemorySegment.copy(ALL, from, ALL, to, length);
  }

  /** Copies octets of an array to an address. */
  public static void copyIn(byte[] from, int offset, long to, int length) {
    MemorySegment.copy(from, offset, ALL, ValueLayout.JAVA_BYTE, to, length);
  }

  /** Copies octets from an address to an array. */
  public static void copyOut(long from, byte[] to, int offset, int length) {
    MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, from, to, offset, length);
  }

  /** Writes zeros. */
  public static void wipe(long at, long length) {
    ALL.asSlice(at, length).fill((byte) 0);
  }

  /**
   * Whether two strings are equal, in a time that depends on the length alone.
   *
   * @param length a multiple of 4, as all lengths of ICVs are
   */
  public static boolean sameIcv(long one, long other, int length) {
    int difference = 0;
    for (int at = 0; at < length; at += 4) {
      difference |= getInt(one + at) ^ getInt(other + at);
    }
    return difference == 0;
  }
}
