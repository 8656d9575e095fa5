package org.ipsec4j.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A shared library that was found on this machine, loaded for the life of the process. Immutable,
 * thread-safe.
 *
 * <p>A call into it with wrong arguments ends the process, so callers check every length before.
 */
public final class NativeLibrary {
  private static final Linker LINKER = Linker.nativeLinker();

  private final String name;
  private final SymbolLookup symbols;

  private NativeLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /** Why no library was loaded. */
  public static final class MissingException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param message one sentence that says what to install
     */
    public MissingException(String message) {
      super(message);
    }
  }

  /**
   * Loads the first that is there.
   *
   * @param names file names that the system's loader knows, such as {@code libcrypto.so.3}, or
   *     absolute paths
   * @param advice what to install when there is none
   * @throws MissingException when there is none, or none that can be loaded
   */
  public static NativeLibrary load(List<String> names, String advice) throws MissingException {
    List<String> tried = new ArrayList<>();
    for (String name : names) {
      try {
        return new NativeLibrary(name, lookup(name));
      } catch (IllegalArgumentException e) {
        tried.add(name);
      }
    }
    throw new MissingException(
        "none of " + String.join(", ", tried) + " could be loaded: " + advice);
  }

  @SuppressWarnings("restricted")
  private static SymbolLookup lookup(String name) {
    return name.startsWith("/")
        ? SymbolLookup.libraryLookup(Path.of(name), Arena.global())
        : SymbolLookup.libraryLookup(name, Arena.global());
  }

  /** The name that it was found by. */
  public String name() {
    return name;
  }

  /** The address of a symbol; empty when this version of the library does not have it. */
  public Optional<MemorySegment> find(String symbol) {
    return symbols.find(symbol);
  }

  /** Whether this version of the library has all of these. */
  public boolean has(String... names) {
    for (String symbol : names) {
      if (symbols.find(symbol).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /**
   * A function that may take long or call back.
   *
   * @throws MissingException when this version of the library does not have it
   */
  @SuppressWarnings("restricted")
  public MethodHandle function(String symbol, FunctionDescriptor shape) throws MissingException {
    return LINKER.downcallHandle(address(symbol), shape);
  }

  /**
   * A function of at most a few microseconds that never calls back: a call costs a few nanoseconds
   * less, and holds up the garbage collector meanwhile. Pointers are best passed as {@code
   * JAVA_LONG}.
   *
   * @throws MissingException when this version of the library does not have it
   */
  @SuppressWarnings("restricted")
  public MethodHandle quick(String symbol, FunctionDescriptor shape) throws MissingException {
    return LINKER.downcallHandle(address(symbol), shape, Linker.Option.critical(false));
  }

  /**
   * A function at an address, such as one from a table of function pointers; see {@link #quick}.
   */
  @SuppressWarnings("restricted")
  public static MethodHandle quickAt(long address, FunctionDescriptor shape) {
    return LINKER.downcallHandle(
        MemorySegment.ofAddress(address), shape, Linker.Option.critical(false));
  }

  /** A function at an address; see {@link #function}. */
  @SuppressWarnings("restricted")
  public static MethodHandle functionAt(long address, FunctionDescriptor shape) {
    return LINKER.downcallHandle(MemorySegment.ofAddress(address), shape);
  }

  private MemorySegment address(String symbol) throws MissingException {
    return symbols
        .find(symbol)
        .orElseThrow(() -> new MissingException(name + " has no function " + symbol));
  }
}
