package org.ipsec4j.crypto.openssl.lib;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.ffm.NativeLibrary.MissingException;

/**
 * Hash functions whose state lies in memory of the caller, so that the states of an HMAC behind its
 * two pads can be kept with the key: {@code SHA256_Update} and its like. OpenSSL calls them
 * deprecated and builds without them exist, hence {@link #isThere}. Used only after {@link
 * LibCrypto#get()} has answered.
 */
public enum HashFunction {
  /** MD5: MD5_CTX of 92 octets. */
  MD5(64, 16, 92),
  /** SHA-1: SHA_CTX of 96 octets. */
  SHA1(64, 20, 96),
  /** SHA-256: SHA256_CTX of 112 octets. */
  SHA256(64, 32, 112),
  /** SHA-384: SHA512_CTX of 216 octets. */
  SHA384(128, 48, 216),
  /** SHA-512: SHA512_CTX of 216 octets. */
  SHA512(128, 64, 216);

  /** Room for any state; the structures have been the same since OpenSSL 0.9.8. */
  public static final int STATE_ROOM = 256;

  /** Longest digest. */
  public static final int MAX_LENGTH = 64;

  private static final MethodHandle MD5_UPDATE = update("MD5_Update");
  private static final MethodHandle SHA1_UPDATE = update("SHA1_Update");
  private static final MethodHandle SHA256_UPDATE = update("SHA256_Update");
  private static final MethodHandle SHA384_UPDATE = update("SHA384_Update");
  private static final MethodHandle SHA512_UPDATE = update("SHA512_Update");
  private static final MethodHandle MD5_FINAL = end("MD5_Final");
  private static final MethodHandle SHA1_FINAL = end("SHA1_Final");
  private static final MethodHandle SHA256_FINAL = end("SHA256_Final");
  private static final MethodHandle SHA384_FINAL = end("SHA384_Final");
  private static final MethodHandle SHA512_FINAL = end("SHA512_Final");

  private final int blockLength;
  private final int length;
  private final int stateLength;

  HashFunction(int blockLength, int length, int stateLength) {
    this.blockLength = blockLength;
    this.length = length;
    this.stateLength = stateLength;
  }

  private static MethodHandle update(String name) {
    return find(name, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  }

  private static MethodHandle end(String name) {
    return find(name, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  }

  /** A function that is not there answers 0, which is failure. */
  private static MethodHandle find(String name, FunctionDescriptor shape) {
    try {
      return LibCrypto.present().quick(name, shape);
    } catch (MissingException e) {
      return MethodHandles.empty(shape.toMethodType());
    }
  }

  /** Beginning is rare and may go through a table. */
  private static final class Begin {
    static final List<MethodHandle> HANDLES =
        Arrays.stream(values())
            .map(hash -> find(hash.name() + "_Init", FunctionDescriptor.of(JAVA_INT, JAVA_LONG)))
            .toList();

    private Begin() {}
  }

  /** Octets of a block of input. */
  public int blockLength() {
    return blockLength;
  }

  /** Octets of a digest. */
  public int length() {
    return length;
  }

  /** Octets of a state. */
  public int stateLength() {
    return stateLength;
  }

  /** Whether the library has it and it may be used beside the library's providers. */
  public boolean isThere() {
    LibCrypto library = LibCrypto.present();
    return !library.isFips()
        && library.has(name() + "_Init", name() + "_Update", name() + "_Final")
        && library.digest(name()) != 0;
  }

  /**
   * Begins; slow.
   *
   * @param state address of {@link #STATE_ROOM} octets
   */
  public boolean init(long state) {
    try {
      return (int) Begin.HANDLES.get(ordinal()).invokeExact(state) == 1;
    } catch (Throwable e) {
      throw Evp.impossible(e);
    }
  }

  /** Takes octets in. */
  public boolean update(long state, long data, long length) {
    try {
      return switch (this) {
        case MD5 -> (int) MD5_UPDATE.invokeExact(state, data, length) == 1;
        case SHA1 -> (int) SHA1_UPDATE.invokeExact(state, data, length) == 1;
        case SHA256 -> (int) SHA256_UPDATE.invokeExact(state, data, length) == 1;
        case SHA384 -> (int) SHA384_UPDATE.invokeExact(state, data, length) == 1;
        case SHA512 -> (int) SHA512_UPDATE.invokeExact(state, data, length) == 1;
      };
    } catch (Throwable e) {
      throw Evp.impossible(e);
    }
  }

  /**
   * Ends.
   *
   * @param digest address of {@link #length()} octets
   */
  public boolean finish(long digest, long state) {
    try {
      return switch (this) {
        case MD5 -> (int) MD5_FINAL.invokeExact(digest, state) == 1;
        case SHA1 -> (int) SHA1_FINAL.invokeExact(digest, state) == 1;
        case SHA256 -> (int) SHA256_FINAL.invokeExact(digest, state) == 1;
        case SHA384 -> (int) SHA384_FINAL.invokeExact(digest, state) == 1;
        case SHA512 -> (int) SHA512_FINAL.invokeExact(digest, state) == 1;
      };
    } catch (Throwable e) {
      throw Evp.impossible(e);
    }
  }
}
