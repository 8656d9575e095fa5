package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.ffm.NativeLibrary;

/** Stands between us and libcrypto and counts which objects were made and not freed. */
final class CountingSymbols implements LibPk.Symbols {
  private static final Map<String, String> MAKES =
      Map.ofEntries(
          Map.entry("BN_new", "BN"),
          Map.entry("BN_bin2bn", "BN"),
          Map.entry("BN_CTX_new", "BN_CTX"),
          Map.entry("EC_POINT_new", "EC_POINT"),
          Map.entry("EVP_PKEY_up_ref", "EVP_PKEY"),
          Map.entry("EVP_PKEY_new_raw_private_key", "EVP_PKEY"),
          Map.entry("EVP_PKEY_new_raw_public_key", "EVP_PKEY"),
          Map.entry("EVP_PKEY_fromdata", "EVP_PKEY"),
          Map.entry("EVP_PKEY_generate", "EVP_PKEY"),
          Map.entry("EVP_PKCS82PKEY", "EVP_PKEY"),
          Map.entry("EVP_PKEY_CTX_new", "EVP_PKEY_CTX"),
          Map.entry("EVP_PKEY_CTX_new_from_name", "EVP_PKEY_CTX"),
          Map.entry("d2i_PKCS8_PRIV_KEY_INFO", "PKCS8"),
          Map.entry("EVP_MD_CTX_new", "EVP_MD_CTX"));
  private static final Map<String, String> FREES =
      Map.of(
          "BN_clear_free", "BN",
          "BN_CTX_free", "BN_CTX",
          "EC_POINT_clear_free", "EC_POINT",
          "EVP_PKEY_free", "EVP_PKEY",
          "EVP_PKEY_CTX_free", "EVP_PKEY_CTX",
          "PKCS8_PRIV_KEY_INFO_free", "PKCS8",
          "EVP_MD_CTX_free", "EVP_MD_CTX");

  private final LibCrypto library;
  private final Map<String, Long> alive = new TreeMap<>();
  private long made;

  CountingSymbols(LibCrypto library) {
    this.library = library;
  }

  /** Objects by kind that were made and not freed. */
  synchronized Map<String, Long> alive() {
    Map<String, Long> copy = new TreeMap<>(alive);
    copy.values().removeIf(count -> count == 0);
    return copy;
  }

  /** Objects that were made. */
  synchronized long made() {
    return made;
  }

  @Override
  public MemorySegment address(String name) throws NativeLibrary.MissingException {
    MemorySegment address = library.address(name);
    String makes = MAKES.get(name);
    String frees = FREES.get(name);
    if (makes != null) {
      return counted(address, makes, 1);
    }
    return frees == null ? address : counted(address, frees, -1);
  }

  @SuppressWarnings("restricted")
  private MemorySegment counted(MemorySegment address, String kind, int step) {
    // More arguments than a function takes do no harm: they stay in their registers.
    MemoryLayout[] longs = new MemoryLayout[4];
    Arrays.fill(longs, ValueLayout.JAVA_LONG);
    FunctionDescriptor shape = FunctionDescriptor.of(ValueLayout.JAVA_LONG, longs);
    MethodHandle target = Linker.nativeLinker().downcallHandle(address, shape);
    try {
      MethodHandle count =
          MethodHandles.lookup()
              .findVirtual(
                  CountingSymbols.class,
                  "count",
                  MethodType.methodType(long.class, MethodHandle.class, String.class, int.class)
                      .appendParameterTypes(Collections.nCopies(4, long.class)));
      MethodHandle bound = MethodHandles.insertArguments(count, 0, this, target, kind, step);
      return Linker.nativeLinker().upcallStub(bound, shape, Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(kind, e);
    }
  }

  @SuppressWarnings("unused") // by counted
  private long count(MethodHandle target, String kind, int step, long a, long b, long c, long d)
      throws Throwable {
    long result = (long) target.invokeExact(a, b, c, d);
    boolean happened = step < 0 ? a != 0 : (int) result != 0;
    if (happened) {
      synchronized (this) {
        alive.merge(kind, (long) step, Long::sum);
        made += step > 0 ? 1 : 0;
      }
    }
    return result;
  }
}
