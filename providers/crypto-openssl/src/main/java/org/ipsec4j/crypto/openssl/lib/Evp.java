package org.ipsec4j.crypto.openssl.lib;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.jspecify.annotations.Nullable;

/**
 * The cipher and MAC functions of libcrypto that packets go through, named as there. Nothing is
 * checked: an address that is wrong ends the process. Used only after {@link LibCrypto#get()} has
 * answered. Contexts are for one thread at a time.
 */
public final class Evp {
  /** EVP_CTRL_AEAD_SET_IVLEN. */
  public static final int SET_IV_LENGTH = 0x9;

  /** EVP_CTRL_AEAD_SET_TAG. */
  public static final int SET_TAG = 0x11;

  /** For {@link #init}: to encrypt. */
  public static final int SEAL = 1;

  /** For {@link #init}: to decrypt. */
  public static final int OPEN = 0;

  /** For {@link #init}: as before. */
  public static final int SAME = -1;

  /** A function that this library lacks; must stand before the functions. */
  private static final AtomicReference<@Nullable String> MISSING = new AtomicReference<>();

  private static final LongAdder IN_USE = new LongAdder();

  private static final MethodHandle NEW =
      slow("EVP_CIPHER_CTX_new", FunctionDescriptor.of(JAVA_LONG));
  private static final MethodHandle FREE =
      slow("EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(JAVA_LONG));
  private static final MethodHandle INIT =
      quick(
          "EVP_CipherInit_ex",
          FunctionDescriptor.of(
              JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle UPDATE =
      quick(
          "EVP_CipherUpdate",
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle CIPHER =
      quick(
          "EVP_Cipher", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle FINAL =
      quick("EVP_CipherFinal_ex", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle CTRL =
      quick(
          "EVP_CIPHER_CTX_ctrl",
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle GET =
      quick("EVP_CIPHER_CTX_get_params", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle SET =
      quick("EVP_CIPHER_CTX_set_params", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle MAC_NEW =
      slow("EVP_MAC_CTX_new", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
  private static final MethodHandle MAC_FREE =
      slow("EVP_MAC_CTX_free", FunctionDescriptor.ofVoid(JAVA_LONG));
  private static final MethodHandle MAC_INIT =
      quick(
          "EVP_MAC_init",
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle MAC_UPDATE =
      quick("EVP_MAC_update", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle MAC_FINAL =
      quick(
          "EVP_MAC_final",
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle DIGEST =
      slow(
          "EVP_Digest",
          FunctionDescriptor.of(
              JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle RANDOM =
      slow("RAND_bytes", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));

  private Evp() {}

  /**
   * Whether all functions are there, before one of them is called.
   *
   * @throws MissingException when this library lacks one; names it
   */
  public static void check(LibCrypto library) throws MissingException {
    if (MISSING.get() != null) {
      throw new MissingException(library.version() + " has no function " + MISSING.get());
    }
  }

  private static MethodHandle slow(String name, FunctionDescriptor shape) {
    try {
      return LibCrypto.present().function(name, shape);
    } catch (MissingException e) {
      return missing(name, shape);
    }
  }

  private static MethodHandle quick(String name, FunctionDescriptor shape) {
    try {
      return LibCrypto.present().quick(name, shape);
    } catch (MissingException e) {
      return missing(name, shape);
    }
  }

  /** Remembers the name; what stands in for the function answers 0, which is failure. */
  private static MethodHandle missing(String name, FunctionDescriptor shape) {
    MISSING.set(name);
    return MethodHandles.empty(shape.toMethodType());
  }

  /** The functions are called with what they take, so nothing can be thrown. */
  static AssertionError impossible(Throwable thrown) {
    return new AssertionError("a function of libcrypto does not throw", thrown);
  }

  /** EVP_CIPHER_CTX_new; 0 without memory. */
  public static long newContext() {
    try {
      return counted((long) NEW.invokeExact());
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static long counted(long context) {
    if (context != 0) {
      IN_USE.increment();
    }
    return context;
  }

  /** Contexts of ciphers and MACs that were made and not freed; for monitors and tests. */
  public static long contextsInUse() {
    return IN_USE.sum();
  }

  /** EVP_CIPHER_CTX_free: wipes; nothing for 0. */
  public static void free(long context) {
    if (context == 0) {
      return;
    }
    IN_USE.decrement();
    try {
      FREE.invokeExact(context);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * EVP_CipherInit_ex.
   *
   * @param cipher 0 for the same as before
   * @param key address; 0 for the same as before
   * @param iv address; 0 for none yet
   * @param direction {@link #SEAL}, {@link #OPEN} or {@link #SAME}
   */
  public static boolean init(long context, long cipher, long key, long iv, int direction) {
    try {
      return (int) INIT.invokeExact(context, cipher, 0L, key, iv, direction) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * EVP_CipherUpdate.
   *
   * @param out where to; 0 for additional data
   * @param written address of 4 octets that are overwritten
   */
  public static boolean update(long context, long out, long written, long in, int length) {
    try {
      return (int) UPDATE.invokeExact(context, out, written, in, length) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * EVP_Cipher: whole blocks of a CBC mode or any octets of a counter mode, without the buffer and
   * the padding of {@link #update}, which cost as much as a short packet.
   */
  public static boolean blocks(long context, long out, long in, int length) {
    try {
      return (int) CIPHER.invokeExact(context, out, in, length) > 0;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** EVP_CipherFinal_ex: false also for a wrong tag. */
  public static boolean finish(long context, long out, long written) {
    try {
      return (int) FINAL.invokeExact(context, out, written) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** EVP_CIPHER_CTX_ctrl. */
  public static boolean control(long context, int type, int argument, long pointer) {
    try {
      return (int) CTRL.invokeExact(context, type, argument, pointer) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** EVP_CIPHER_CTX_get_params. */
  public static boolean get(long context, Parameter parameter) {
    try {
      return (int) GET.invokeExact(context, parameter.address()) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** EVP_CIPHER_CTX_set_params. */
  public static boolean set(long context, Parameter parameter) {
    try {
      return (int) SET.invokeExact(context, parameter.address()) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** EVP_MAC_CTX_new; 0 without memory. */
  public static long newMac(long mac) {
    try {
      return counted((long) MAC_NEW.invokeExact(mac));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** EVP_MAC_CTX_free: wipes; nothing for 0. */
  public static void freeMac(long context) {
    if (context == 0) {
      return;
    }
    IN_USE.decrement();
    try {
      MAC_FREE.invokeExact(context);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * EVP_MAC_init.
   *
   * @param key address; 0 for the same as before
   * @param parameters an OSSL_PARAM array; 0 for none
   */
  public static boolean initMac(long context, long key, long keyLength, long parameters) {
    try {
      return (int) MAC_INIT.invokeExact(context, key, keyLength, parameters) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** EVP_MAC_update. */
  public static boolean updateMac(long context, long in, long length) {
    try {
      return (int) MAC_UPDATE.invokeExact(context, in, length) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * EVP_MAC_final.
   *
   * @param written address of 8 octets that are overwritten
   */
  public static boolean finishMac(long context, long out, long written, long room) {
    try {
      return (int) MAC_FINAL.invokeExact(context, out, written, room) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** EVP_Digest of an {@code EVP_MD *}. */
  public static boolean digest(long data, long length, long out, long digest) {
    try {
      return (int) DIGEST.invokeExact(data, length, out, 0L, digest, 0L) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** RAND_bytes. */
  public static boolean random(long out, int length) {
    try {
      return (int) RANDOM.invokeExact(out, length) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }
}
