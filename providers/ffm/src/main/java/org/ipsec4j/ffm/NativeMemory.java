package org.ipsec4j.ffm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.LongAdder;

/**
 * Memory of the C library, on cache line boundaries, for keys and contexts: made and freed without
 * the hand-shake between threads that closing a shared arena costs. Thread-safe.
 */
public final class NativeMemory {
  private static final long LINE = 64;

  private static final MethodHandle ALIGNED_ALLOC =
      find(
          "aligned_alloc",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
  private static final MethodHandle FREE =
      find("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));

  private static final LongAdder IN_USE = new LongAdder();

  private NativeMemory() {}

  @SuppressWarnings("restricted")
  private static MethodHandle find(String symbol, FunctionDescriptor shape) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(symbol), shape);
  }

  /**
   * Zeroed memory.
   *
   * @param octets 1 or more; rounded up to whole cache lines
   * @return the address; a multiple of 64
   * @throws OutOfMemoryError when there is none
   */
  public static long allocate(long octets) {
    long rounded = rounded(octets);
    long address;
    try {
      address = (long) ALIGNED_ALLOC.invokeExact(LINE, rounded);
    } catch (Throwable e) {
      throw new AssertionError("aligned_alloc does not throw", e);
    }
    if (address == 0) {
      throw new OutOfMemoryError("no native memory for " + rounded + " octets");
    }
    IN_USE.add(rounded);
    at(address, rounded).fill((byte) 0);
    return address;
  }

  /**
   * Wipes and frees.
   *
   * @param address of {@link #allocate}; never used again
   * @param octets that were asked for
   */
  public static void free(long address, long octets) {
    long rounded = rounded(octets);
    at(address, rounded).fill((byte) 0);
    IN_USE.add(-rounded);
    try {
      FREE.invokeExact(address);
    } catch (Throwable e) {
      throw new AssertionError("free does not throw", e);
    }
  }

  private static long rounded(long octets) {
    if (octets <= 0) {
      throw new IllegalArgumentException(octets + " octets of native memory");
    }
    return (octets + LINE - 1) / LINE * LINE;
  }

  /** A view of raw memory: the caller knows that it is there and how long. */
  @SuppressWarnings("restricted")
  public static MemorySegment at(long address, long octets) {
    return MemorySegment.ofAddress(address).reinterpret(octets);
  }

  /** Octets that were allocated here and not freed; for monitors. */
  public static long inUse() {
    return IN_USE.sum();
  }
}
