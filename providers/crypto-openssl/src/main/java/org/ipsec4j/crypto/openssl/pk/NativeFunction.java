package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * A function of libcrypto. Arguments and result are {@code long}, whether C says pointer, {@code
 * size_t}, {@code long} or {@code int}: a handle takes milliseconds to make, and so there is one
 * for each number of arguments instead of one for each function.
 *
 * <p>On the platforms of the FFM API up to eight integer arguments travel in registers of 64 bits.
 * Of an {@code int} the callee reads the low half, or all of it sign-extended, which a {@code long}
 * in the range of {@code int} satisfies. Of a result that is an {@code int} only the low half is
 * defined, see {@link Work#asInt}; one that is nothing is not looked at. Immutable.
 */
final class NativeFunction {
  private static final MethodHandle CALL_0 = handle(0);
  private static final MethodHandle CALL_1 = handle(1);
  private static final MethodHandle CALL_2 = handle(2);
  private static final MethodHandle CALL_3 = handle(3);
  private static final MethodHandle CALL_4 = handle(4);
  private static final MethodHandle CALL_5 = handle(5);
  private static final MethodHandle CALL_6 = handle(6);

  private final String name;
  private final int arguments;
  private final MemorySegment address;

  /**
   * @param arguments how many the function takes, 0 to 6
   */
  NativeFunction(String name, int arguments, MemorySegment address) {
    this.name = name;
    this.arguments = arguments;
    this.address = address;
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(int arguments) {
    MemoryLayout[] longs = new MemoryLayout[arguments];
    Arrays.fill(longs, ValueLayout.JAVA_LONG);
    return Linker.nativeLinker()
        .downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_LONG, longs));
  }

  String name() {
    return name;
  }

  /** The address, when the function takes so many: a wrong call would end the process. */
  private MemorySegment of(int given) {
    if (given != arguments) {
      throw new IllegalStateException(name + " takes " + arguments + " arguments, not " + given);
    }
    return address;
  }

  private static AssertionError impossible(Throwable thrown) {
    return new AssertionError("native code does not throw", thrown);
  }

  long call() {
    MemorySegment function = of(0);
    try {
      return (long) CALL_0.invokeExact(function);
    } catch (Throwable thrown) {
      throw impossible(thrown);
    }
  }

  long call(long a) {
    MemorySegment function = of(1);
    try {
      return (long) CALL_1.invokeExact(function, a);
    } catch (Throwable thrown) {
      throw impossible(thrown);
    }
  }

  long call(long a, long b) {
    MemorySegment function = of(2);
    try {
      return (long) CALL_2.invokeExact(function, a, b);
    } catch (Throwable thrown) {
      throw impossible(thrown);
    }
  }

  long call(long a, long b, long c) {
    MemorySegment function = of(3);
    try {
      return (long) CALL_3.invokeExact(function, a, b, c);
    } catch (Throwable thrown) {
      throw impossible(thrown);
    }
  }

  long call(long a, long b, long c, long d) {
    MemorySegment function = of(4);
    try {
      return (long) CALL_4.invokeExact(function, a, b, c, d);
    } catch (Throwable thrown) {
      throw impossible(thrown);
    }
  }

  long call(long a, long b, long c, long d, long e) {
    MemorySegment function = of(5);
    try {
      return (long) CALL_5.invokeExact(function, a, b, c, d, e);
    } catch (Throwable thrown) {
      throw impossible(thrown);
    }
  }

  long call(long a, long b, long c, long d, long e, long f) {
    MemorySegment function = of(6);
    try {
      return (long) CALL_6.invokeExact(function, a, b, c, d, e, f);
    } catch (Throwable thrown) {
      throw impossible(thrown);
    }
  }
}
