package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Builds an array of {@code OSSL_PARAM}, by which keys and settings are handed over. */
final class Params {
  private static final int MOST = 5;
  private static final long SIZE = 40;
  private static final int UNSIGNED_INTEGER = 2;
  private static final int UTF8_STRING = 4;
  private static final int OCTET_STRING = 5;

  private final Work work;
  private final MemorySegment array;
  private int count;

  /** An array that is freed with the work. */
  Params(Work work) {
    this.work = work;
    this.array = work.memory((MOST + 1) * SIZE);
  }

  Params octets(String key, byte[] value) {
    return add(key, OCTET_STRING, work.copyOf(value), value.length);
  }

  Params text(String key, String value) {
    return add(key, UTF8_STRING, work.text(value), value.length());
  }

  /** A number in network order; handed over in the order of the machine. */
  Params number(String key, byte[] value) {
    byte[] ordered = value.clone();
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      for (int i = 0; i < value.length; i++) {
        ordered[i] = value[value.length - 1 - i];
      }
    }
    return add(key, UNSIGNED_INTEGER, work.copyOf(ordered), value.length);
  }

  private Params add(String key, int type, long data, long length) {
    long at = count++ * SIZE;
    array.set(ValueLayout.JAVA_LONG, at, work.text(key));
    array.set(ValueLayout.JAVA_INT, at + 8, type);
    array.set(ValueLayout.JAVA_LONG, at + 16, data);
    array.set(ValueLayout.JAVA_LONG, at + 24, length);
    // "Not modified", as the macros of the library fill it.
    array.set(ValueLayout.JAVA_LONG, at + 32, -1);
    return this;
  }

  /** The address; a zeroed element ends the array. */
  long address() {
    return array.address();
  }
}
