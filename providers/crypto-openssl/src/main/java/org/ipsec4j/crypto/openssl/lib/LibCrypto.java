package org.ipsec4j.crypto.openssl.lib;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ipsec4j.ffm.NativeLibrary;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.ipsec4j.ffm.NativeMemory;
import org.jspecify.annotations.Nullable;

/**
 * The libcrypto of this machine: found once, checked to be of version 3.0 or later, and asked for
 * functions and algorithms by name. Thread-safe.
 *
 * <p>Looked for as {@code libcrypto.so.3} and later, or where the system property {@value
 * #PROPERTY} says. The library's own handler at the end of the process is switched off, since it
 * would free what other threads still use.
 */
public final class LibCrypto {
  /** System property: absolute path of the library to use instead of the machine's. */
  public static final String PROPERTY = "ipsec4j.openssl.library";

  /** What to do when there is none. */
  static final String ADVICE =
      "install OpenSSL 3.0 or later (package libssl3), or set -D"
          + PROPERTY
          + " to the absolute path of its libcrypto";

  private static final List<String> NAMES =
      List.of("libcrypto.so.3", "libcrypto.so.4", "libcrypto.so.5", "libcrypto.so");
  private static final long NO_ATEXIT = 0x0008_0000L;
  private static final int OLDEST_MAJOR = 3;
  private static final int VERSION_TEXT = 0;
  private static final int ERROR_TEXT = 256;
  private static final int MAX_ERRORS = 16;

  private static final FunctionDescriptor FETCH =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private final NativeLibrary library;
  private final long versionNumber;
  private final String version;
  private final boolean fips;
  private final MethodHandle getError;
  private final MethodHandle errorString;
  private final MethodHandle clearErrors;
  private final MethodHandle fetchCipher;
  private final MethodHandle fetchDigest;
  private final MethodHandle fetchMac;
  private final Map<String, Long> fetched = new ConcurrentHashMap<>();

  private LibCrypto(NativeLibrary library) throws MissingException {
    this.library = library;
    versionNumber = checkedVersion(library);
    version = text(library);
    initialize(library);
    getError = library.function("ERR_get_error", FunctionDescriptor.of(JAVA_LONG));
    errorString =
        library.function(
            "ERR_error_string_n", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    clearErrors = library.quick("ERR_clear_error", FunctionDescriptor.ofVoid());
    fetchCipher = library.function("EVP_CIPHER_fetch", FETCH);
    fetchDigest = library.function("EVP_MD_fetch", FETCH);
    fetchMac = library.function("EVP_MAC_fetch", FETCH);
    fips = fips(library);
  }

  /** The outcome of the one search; made when it is first asked for. */
  private static final class Found {
    static final @Nullable LibCrypto LIBRARY;
    static final String REASON;

    static {
      LibCrypto library = null;
      String reason = "";
      try {
        library = load(System.getProperty(PROPERTY));
      } catch (MissingException e) {
        reason = String.valueOf(e.getMessage());
      }
      LIBRARY = library;
      REASON = reason;
    }

    private Found() {}
  }

  /**
   * The library; the same for the life of the process.
   *
   * @throws MissingException when there is none, or it is too old; says what to install
   */
  public static LibCrypto get() throws MissingException {
    LibCrypto library = Found.LIBRARY;
    if (library == null) {
      throw new MissingException(Found.REASON);
    }
    return library;
  }

  /**
   * The library, for classes that are used only after {@link #get()} has answered once.
   *
   * @throws IllegalStateException when there is none
   */
  public static LibCrypto present() {
    LibCrypto library = Found.LIBRARY;
    if (library == null) {
      throw new IllegalStateException(Found.REASON);
    }
    return library;
  }

  /**
   * Loads and checks a library, for tests and {@link #get()}.
   *
   * @param path absolute path; null or blank for the machine's own
   */
  static LibCrypto load(@Nullable String path) throws MissingException {
    if (path == null || path.isBlank()) {
      return load(NativeLibrary.load(NAMES, ADVICE));
    }
    if (!path.startsWith("/")) {
      throw new MissingException("-D" + PROPERTY + " is no absolute path: " + path);
    }
    return load(NativeLibrary.load(List.of(path), ADVICE));
  }

  /** Checks a library that was found. */
  static LibCrypto load(NativeLibrary library) throws MissingException {
    return new LibCrypto(library);
  }

  private static long checkedVersion(NativeLibrary library) throws MissingException {
    if (!library.has("OpenSSL_version_num", "OpenSSL_version")) {
      throw new MissingException(library.name() + " is no libcrypto of OpenSSL: " + ADVICE);
    }
    MethodHandle number = library.function("OpenSSL_version_num", FunctionDescriptor.of(JAVA_LONG));
    long version;
    try {
      version = (long) number.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError("OpenSSL_version_num does not throw", e);
    }
    checkVersion(library.name(), version);
    return version;
  }

  /**
   * @param version as OPENSSL_VERSION_NUMBER says it: 0xMNN00PP0L since 3.0
   */
  static void checkVersion(String name, long version) throws MissingException {
    if (major(version) < OLDEST_MAJOR) {
      throw new MissingException(
          name
              + " is OpenSSL "
              + major(version)
              + "."
              + minor(version)
              + ", which is older than 3.0: "
              + ADVICE);
    }
  }

  private static int major(long version) {
    return (int) (version >>> 28) & 0xf;
  }

  private static int minor(long version) {
    return (int) (version >>> 20) & 0xff;
  }

  private static String text(NativeLibrary library) throws MissingException {
    MethodHandle handle =
        library.function("OpenSSL_version", FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
    try {
      return string((long) handle.invokeExact(VERSION_TEXT), ERROR_TEXT);
    } catch (Throwable e) {
      throw new AssertionError("OpenSSL_version does not throw", e);
    }
  }

  private static void initialize(NativeLibrary library) throws MissingException {
    MethodHandle init =
        library.function(
            "OPENSSL_init_crypto", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    int done;
    try {
      done = (int) init.invokeExact(NO_ATEXIT, 0L);
    } catch (Throwable e) {
      throw new AssertionError("OPENSSL_init_crypto does not throw", e);
    }
    if (done != 1) {
      throw new MissingException(
          library.name() + " does not start: look at its configuration file openssl.cnf");
    }
  }

  private static boolean fips(NativeLibrary library) throws MissingException {
    String name = "EVP_default_properties_is_fips_enabled";
    if (!library.has(name)) {
      return false;
    }
    MethodHandle asked = library.function(name, FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    try {
      return (int) asked.invokeExact(0L) == 1;
    } catch (Throwable e) {
      throw new AssertionError(name + " does not throw", e);
    }
  }

  /** What the library calls itself, such as {@code OpenSSL 3.0.19 27 Jan 2026}. */
  public String version() {
    return version;
  }

  /** Whether the library's version is this one or later. */
  public boolean isAtLeast(int wantedMajor, int wantedMinor) {
    int major = major(versionNumber);
    return major > wantedMajor || (major == wantedMajor && minor(versionNumber) >= wantedMinor);
  }

  /**
   * Whether the machine's configuration allows approved algorithms only: then nothing may be done
   * around the library's providers.
   */
  public boolean isFips() {
    return fips;
  }

  /** Whether this version of the library has all of these functions. */
  public boolean has(String... names) {
    return library.has(names);
  }

  /**
   * Where a function lies, for callers that share a handle between functions of one shape.
   *
   * @throws MissingException when this version does not have it
   */
  public MemorySegment address(String name) throws MissingException {
    return library
        .find(name)
        .orElseThrow(() -> new MissingException(library.name() + " has no function " + name));
  }

  /**
   * A function that may take long; see {@link NativeLibrary#function}. Pointers and {@code size_t}
   * are best passed as {@code JAVA_LONG}.
   *
   * @throws MissingException when this version does not have it
   */
  public MethodHandle function(String name, FunctionDescriptor shape) throws MissingException {
    return library.function(name, shape);
  }

  /**
   * A function of at most a few microseconds; see {@link NativeLibrary#quick}.
   *
   * @throws MissingException when this version does not have it
   */
  public MethodHandle quick(String name, FunctionDescriptor shape) throws MissingException {
    return library.quick(name, shape);
  }

  /** {@code EVP_CIPHER *} of a name, fetched once and kept; 0 when the library has none. */
  public long cipher(String name) {
    return fetched.computeIfAbsent("cipher " + name, key -> fetch(fetchCipher, name));
  }

  /** {@code EVP_MD *} of a name, fetched once and kept; 0 when the library has none. */
  public long digest(String name) {
    return fetched.computeIfAbsent("digest " + name, key -> fetch(fetchDigest, name));
  }

  /** {@code EVP_MAC *} of a name, fetched once and kept; 0 when the library has none. */
  public long mac(String name) {
    return fetched.computeIfAbsent("mac " + name, key -> fetch(fetchMac, name));
  }

  private long fetch(MethodHandle function, String name) {
    byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
    long address = NativeMemory.allocate(octets.length + 1L);
    try {
      MemorySegment.copy(
          octets,
          0,
          NativeMemory.at(address, octets.length),
          ValueLayout.JAVA_BYTE,
          0,
          octets.length);
      long method = (long) function.invokeExact(0L, address, 0L);
      clearErrors();
      return method;
    } catch (Throwable e) {
      throw new AssertionError("fetching " + name + " does not throw", e);
    } finally {
      NativeMemory.free(address, octets.length + 1L);
    }
  }

  /**
   * What the library's error queue of this thread says, and empties it. Numbers and the library's
   * own sentences, without the data that callers attach: no secrets.
   *
   * @return sentences with semicolons between; {@code no reason given} for an empty queue
   */
  public String errors() {
    StringBuilder all = new StringBuilder();
    long buffer = NativeMemory.allocate(ERROR_TEXT);
    try {
      for (int i = 0; i < MAX_ERRORS; i++) {
        long code = (long) getError.invokeExact();
        if (code == 0) {
          break;
        }
        errorString.invokeExact(code, buffer, (long) ERROR_TEXT);
        all.append(all.isEmpty() ? "" : "; ").append(string(buffer, ERROR_TEXT));
      }
      clearErrors();
    } catch (Throwable e) {
      throw new AssertionError("the error queue does not throw", e);
    } finally {
      NativeMemory.free(buffer, ERROR_TEXT);
    }
    return all.isEmpty() ? "no reason given" : all.toString();
  }

  /** Empties the library's error queue of this thread. */
  public void clearErrors() {
    try {
      clearErrors.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError("ERR_clear_error does not throw", e);
    }
  }

  /** A text of C that ends before {@code most} octets. */
  private static String string(long address, int most) {
    if (address == 0) {
      return "";
    }
    return NativeMemory.at(address, most).getString(0, StandardCharsets.US_ASCII);
  }
}
