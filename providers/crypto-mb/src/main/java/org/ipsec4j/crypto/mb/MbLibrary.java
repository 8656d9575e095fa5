package org.ipsec4j.crypto.mb;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.ipsec4j.ffm.NativeLibrary;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.ipsec4j.ffm.NativeMemory;
import org.ipsec4j.ffm.Quiescence;

/**
 * The library as it was found: of a version whose layout is known, with function pointers that lead
 * into its code. Immutable, thread-safe.
 */
final class MbLibrary {
  /** Absolute path of the library, where the system's loader does not find it. */
  static final String PATH_PROPERTY = "ipsec4j.mb.library";

  private static final List<String> NAMES = List.of("libIPSec_MB.so.1", "libIPSec_MB.so.2");
  private static final String ADVICE =
      "install libIPSec_MB 1.3 (Debian: apt install libipsec-mb1), or say where it is with -D"
          + PATH_PROPERTY
          + "=/path/to/libIPSec_MB.so.1";
  private static final String FIRST_SYMBOL = "imb_get_version";
  private static final long SELF_TEST = 1L << 20;
  private static final long SELF_TEST_PASSED = 1L << 21;
  private static final long LARGEST_MANAGER = 1L << 24;

  private final MbLayout layout;
  private final long managerSize;
  private final MethodHandle prepareManager;
  private final MethodHandle initManager;
  private final Quiescence keys = new Quiescence();
  private final String architecture;

  private MbLibrary(NativeLibrary library, MbLayout layout) throws MissingException {
    this.layout = layout;
    managerSize = size(library);
    prepareManager =
        library.function(
            "imb_set_pointers_mb_mgr",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    initManager =
        library.function(
            "init_mb_mgr_auto",
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    architecture = check(library);
  }

  /** The one of this process, found where the property or the system's loader says. */
  static MbLibrary find() throws MissingException {
    return load(names(System.getProperty(PATH_PROPERTY)), MbLayout::of);
  }

  private static List<String> names(@org.jspecify.annotations.Nullable String path) {
    return path == null ? NAMES : List.of(path);
  }

  /**
   * Loads a library and checks it.
   *
   * @param names tried in this order
   * @param layouts the layout of a version, if it is known; tests lie here
   * @throws MissingException when there is none that can be used; the message says why
   */
  static MbLibrary load(List<String> names, IntFunction<Optional<MbLayout>> layouts)
      throws MissingException {
    String machine = System.getProperty("os.arch", "");
    if (!machine.equals("amd64") && !machine.equals("x86_64")) {
      throw new MissingException("libIPSec_MB is for x86-64 and not for " + machine);
    }
    NativeLibrary library = NativeLibrary.load(names, ADVICE);
    int found = number(library, FIRST_SYMBOL);
    Optional<MbLayout> layout = layouts.apply(found);
    if (layout.isEmpty()) {
      throw new MissingException(
          "libIPSec_MB "
              + MbLayout.text(found)
              + " is not a version whose layout is known ("
              + MbLayout.known()
              + "): "
              + ADVICE);
    }
    return new MbLibrary(library, layout.get());
  }

  private static int number(NativeLibrary library, String symbol) throws MissingException {
    MethodHandle function = library.function(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      return (int) function.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(symbol + " does not throw", e);
    }
  }

  private static long size(NativeLibrary library) throws MissingException {
    MethodHandle function =
        library.function("imb_get_mb_mgr_size", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    long size;
    try {
      size = (long) function.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError("imb_get_mb_mgr_size does not throw", e);
    }
    if (size <= 0 || size > LARGEST_MANAGER) {
      throw new MissingException("libIPSec_MB wants a manager of " + size + " octets");
    }
    return size;
  }

  /** Looks at a manager before anything of it is called; says what it uses of the processor. */
  private String check(NativeLibrary library) throws MissingException {
    long manager = newManager();
    try {
      MbLayout.Manager at = layout.manager();
      checkFunctions(library, manager);
      int error = Raw.getInt(manager + at.error());
      long features = Raw.getLong(manager + at.features());
      int used = Raw.getInt(manager + at.architecture());
      if (error != 0 || used <= 0 || used >= MbLayout.ARCHITECTURES.size()) {
        throw new MissingException(
            "libIPSec_MB cannot use this processor (error "
                + error
                + ", architecture "
                + used
                + ")");
      }
      if ((features & SELF_TEST) != 0 && (features & SELF_TEST_PASSED) == 0) {
        throw new MissingException("libIPSec_MB fails its own self-test");
      }
      return MbLayout.ARCHITECTURES.get(used);
    } finally {
      freeManager(manager);
    }
  }

  private void checkFunctions(NativeLibrary library, long manager) throws MissingException {
    long known = library.find(FIRST_SYMBOL).map(MemorySegment::address).orElse(0L);
    CodeMappings code;
    try {
      code = CodeMappings.ofThisProcess();
    } catch (IOException e) {
      throw new MissingException("the function pointers of libIPSec_MB cannot be checked: " + e);
    }
    for (long offset : layout.manager().functions()) {
      if (!code.sameFile(known, Raw.getLong(manager + offset))) {
        throw new MissingException(
            "libIPSec_MB "
                + MbLayout.text(layout.version())
                + " keeps no function of its own at "
                + offset
                + " of its manager, where that version has one");
      }
    }
  }

  /**
   * A manager, ready for use; 200 kB.
   *
   * @return its address, for {@link #freeManager}
   */
  long newManager() {
    long manager = NativeMemory.allocate(managerSize);
    initManager(manager);
    return manager;
  }

  /** Sets a manager back to how it began: nothing is under way, nothing is remembered. */
  void initManager(long manager) {
    try {
      long same = (long) prepareManager.invokeExact(manager, 0L, 1);
      if (same != manager) {
        throw new IllegalStateException("libIPSec_MB did not take the memory of a manager");
      }
      initManager.invokeExact(manager, 0L);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("libIPSec_MB does not throw", e);
    }
  }

  /** Wipes and frees. */
  void freeManager(long manager) {
    NativeMemory.free(manager, managerSize);
  }

  /** Where it keeps what. */
  MbLayout layout() {
    return layout;
  }

  /** Frees the keys that are destroyed while workers may read them. */
  Quiescence keys() {
    return keys;
  }

  /** Version and processor extension, for monitors. */
  String text() {
    return "libIPSec_MB " + MbLayout.text(layout.version()) + " " + architecture;
  }
}
