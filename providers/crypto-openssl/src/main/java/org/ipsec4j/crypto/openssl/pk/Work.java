package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;

/**
 * One step in native code and all that it holds meanwhile: closing it frees every native object and
 * wipes every octet that was handed over, whatever happened. For one thread.
 */
final class Work implements AutoCloseable {
  private final LibPk lib;
  private final Arena arena = Arena.ofConfined();
  private final List<MemorySegment> memory = new ArrayList<>();
  private final List<NativeFunction> freeing = new ArrayList<>();
  private long[] objects = new long[8];
  private boolean failed;

  Work(LibPk lib) {
    this.lib = lib;
  }

  /** Zeroed memory for the step, on a boundary of 16. */
  MemorySegment memory(long octets) {
    MemorySegment segment = arena.allocate(Math.max(octets, 1), 16);
    memory.add(segment);
    return segment;
  }

  /** The address of a copy. */
  long copyOf(byte[] octets) {
    MemorySegment segment = memory(octets.length);
    MemorySegment.copy(octets, 0, segment, ValueLayout.JAVA_BYTE, 0, octets.length);
    return segment.address();
  }

  /** The address of a copy of what is no secret. */
  long copyOf(Bytes octets) {
    return copyOf(octets.toArray());
  }

  /** The address of a copy with a zero behind it. */
  long text(String ascii) {
    MemorySegment segment = memory(ascii.length() + 1L);
    segment.setString(0, ascii);
    return segment.address();
  }

  /**
   * Takes an object over, to free it when the step ends.
   *
   * @param address what {@code made} gave
   * @return the address, never 0
   * @throws CryptoException with PROVIDER when it gave none
   */
  long own(long address, NativeFunction made, NativeFunction free) throws CryptoException {
    if (address == 0) {
      throw failure(made);
    }
    if (freeing.size() == objects.length) {
      objects = java.util.Arrays.copyOf(objects, 2 * objects.length);
    }
    objects[freeing.size()] = address;
    freeing.add(free);
    return address;
  }

  /** A number of libcrypto with these octets, wiped at the end. */
  long number(byte[] octets) throws CryptoException {
    return own(lib.bnBin2bn.call(copyOf(octets), octets.length, 0), lib.bnBin2bn, lib.bnClearFree);
  }

  /** A number of libcrypto, still 0. */
  long number() throws CryptoException {
    return own(lib.bnNew.call(), lib.bnNew, lib.bnClearFree);
  }

  /** What numbers are reckoned with. */
  long numberContext() throws CryptoException {
    return own(lib.bnCtxNew.call(), lib.bnCtxNew, lib.bnCtxFree);
  }

  /** The octets of a number, with leading zeros. */
  byte[] octets(long number, int length) throws CryptoException {
    MemorySegment out = memory(length);
    if (asInt(lib.bnBn2binpad.call(number, out.address(), length)) != length) {
      throw failure(lib.bnBn2binpad);
    }
    return out.toArray(ValueLayout.JAVA_BYTE);
  }

  /**
   * Takes note of a result.
   *
   * @throws CryptoException with PROVIDER when it is not 1
   */
  void must(long result, NativeFunction called) throws CryptoException {
    if (asInt(result) != 1) {
      throw failure(called);
    }
  }

  /** Whether a result is 1; if not, libcrypto may have left errors. */
  boolean succeeded(long result) {
    boolean one = asInt(result) == 1;
    failed |= !one;
    return one;
  }

  static int asInt(long result) {
    return (int) result;
  }

  CryptoException failure(NativeFunction called) {
    failed = true;
    return new CryptoException(Culprit.PROVIDER, called.name() + " failed");
  }

  @Override
  public void close() {
    for (int i = freeing.size() - 1; i >= 0; i--) {
      freeing.get(i).call(objects[i]);
    }
    for (MemorySegment segment : memory) {
      segment.fill((byte) 0);
    }
    arena.close();
    if (failed) {
      // The queue of the thread would be blamed on the next who asks.
      lib.errClearError.call();
    }
  }
}
