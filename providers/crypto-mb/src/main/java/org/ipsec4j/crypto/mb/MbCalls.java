package org.ipsec4j.crypto.mb;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import org.ipsec4j.ffm.NativeLibrary;
import org.ipsec4j.ffm.NativeLibrary.MissingException;

/**
 * The functions of the library, as constants for the compiler. Loaded only after the library was
 * found and checked; the pointers are the same in each manager of a process.
 *
 * <p>Arguments are addresses and lengths that were checked before: a wrong one ends the process.
 */
final class MbCalls {
  /** The library of this process. */
  static final MbLibrary LIBRARY = library();

  /** Where it keeps what. */
  static final MbLayout LAYOUT = LIBRARY.layout();

  private static final MbLayout.Manager AT = LAYOUT.manager();
  private static final int POINTER = 8;

  private static final FunctionDescriptor THREE =
      FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor TWO = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor FOUR =
      FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor GCM =
      FunctionDescriptor.ofVoid(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
          JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor BURST =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);

  // A manager from which the pointers are read; freed below.
  private static final long TEMPLATE = LIBRARY.newManager();

  private static final MethodHandle GCM_SEAL_128 = quick(AT.gcmSeal(), 0, GCM);
  private static final MethodHandle GCM_SEAL_192 = quick(AT.gcmSeal(), 1, GCM);
  private static final MethodHandle GCM_SEAL_256 = quick(AT.gcmSeal(), 2, GCM);
  private static final MethodHandle GCM_OPEN_128 = quick(AT.gcmOpen(), 0, GCM);
  private static final MethodHandle GCM_OPEN_192 = quick(AT.gcmOpen(), 1, GCM);
  private static final MethodHandle GCM_OPEN_256 = quick(AT.gcmOpen(), 2, GCM);
  private static final MethodHandle[] GMAC_INIT = three(AT.gmacInit(), FOUR);
  private static final MethodHandle[] GMAC_UPDATE = three(AT.gmacUpdate(), FOUR);
  private static final MethodHandle[] GMAC_FINISH = three(AT.gmacFinish(), FOUR);

  private static final MethodHandle NEXT_JOBS = plain(AT.nextJobs(), BURST);
  private static final MethodHandle SUBMIT_JOBS = plain(AT.submitJobs(), BURST);
  private static final MethodHandle FLUSH_JOBS = plain(AT.flushJobs(), BURST);
  private static final MethodHandle CIPHER_JOBS =
      plain(
          AT.cipherJobs(),
          FunctionDescriptor.of(
              JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle HASH_JOBS =
      plain(
          AT.hashJobs(), FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT));

  private static final MethodHandle[] AES_KEYS = three(AT.aesKeys(), THREE);
  private static final MethodHandle[] GCM_KEYS = three(AT.gcmKeys(), TWO);
  private static final MethodHandle CMAC_KEYS = quick(AT.cmacKeys(), 0, THREE);
  private static final MethodHandle XCBC_KEYS = quick(AT.xcbcKeys(), 0, FOUR);
  private static final MethodHandle DES_KEYS =
      quick(AT.desKeys(), 0, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle[] ONE_BLOCK = oneBlock();

  static {
    LIBRARY.freeManager(TEMPLATE);
  }

  private MbCalls() {}

  private static MbLibrary library() {
    try {
      return Discovery.require();
    } catch (MissingException e) {
      throw new IllegalStateException("nobody asks for keys without the library", e);
    }
  }

  private static MethodHandle quick(long offset, int index, FunctionDescriptor shape) {
    return NativeLibrary.quickAt(Raw.getLong(TEMPLATE + offset + (long) POINTER * index), shape);
  }

  private static MethodHandle plain(long offset, FunctionDescriptor shape) {
    return NativeLibrary.functionAt(Raw.getLong(TEMPLATE + offset), shape);
  }

  private static MethodHandle[] three(long offset, FunctionDescriptor shape) {
    return new MethodHandle[] {
      quick(offset, 0, shape), quick(offset, 1, shape), quick(offset, 2, shape)
    };
  }

  private static MethodHandle[] oneBlock() {
    MethodHandle[] all = new MethodHandle[6];
    for (int i = 0; i < all.length; i++) {
      all[i] = quick(AT.oneBlock(), i, TWO);
    }
    return all;
  }

  private static AssertionError impossible(Throwable e) {
    return new AssertionError("native code does not throw", e);
  }

  /**
   * Seals one packet by AES-GCM.
   *
   * @param size 0, 1, 2 for keys of 128, 192, 256 bits
   */
  static void gcmSeal(
      int size,
      long keys,
      long context,
      long text,
      long length,
      long nonce,
      long header,
      long headerLength,
      long tag,
      long tagLength) {
    try {
      switch (size) {
        case 0 ->
            GCM_SEAL_128.invokeExact(
                keys, context, text, text, length, nonce, header, headerLength, tag, tagLength);
        case 1 ->
            GCM_SEAL_192.invokeExact(
                keys, context, text, text, length, nonce, header, headerLength, tag, tagLength);
        default ->
            GCM_SEAL_256.invokeExact(
                keys, context, text, text, length, nonce, header, headerLength, tag, tagLength);
      }
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Decrypts one packet by AES-GCM and writes what the ICV should be; see {@link #gcmSeal}. */
  static void gcmOpen(
      int size,
      long keys,
      long context,
      long text,
      long length,
      long nonce,
      long header,
      long headerLength,
      long tag,
      long tagLength) {
    try {
      switch (size) {
        case 0 ->
            GCM_OPEN_128.invokeExact(
                keys, context, text, text, length, nonce, header, headerLength, tag, tagLength);
        case 1 ->
            GCM_OPEN_192.invokeExact(
                keys, context, text, text, length, nonce, header, headerLength, tag, tagLength);
        default ->
            GCM_OPEN_256.invokeExact(
                keys, context, text, text, length, nonce, header, headerLength, tag, tagLength);
      }
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static void gmacInit(int size, long keys, long context, long nonce, long nonceLength) {
    try {
      GMAC_INIT[size].invokeExact(keys, context, nonce, nonceLength);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static void gmacUpdate(int size, long keys, long context, long data, long length) {
    try {
      GMAC_UPDATE[size].invokeExact(keys, context, data, length);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static void gmacFinish(int size, long keys, long context, long tag, long tagLength) {
    try {
      GMAC_FINISH[size].invokeExact(keys, context, tag, tagLength);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Writes the addresses of free jobs; how many there are. */
  static int nextJobs(long manager, int count, long pointers) {
    try {
      return (int) NEXT_JOBS.invokeExact(manager, count, pointers);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Takes filled jobs; how many are complete now. */
  static int submitJobs(long manager, int count, long pointers) {
    try {
      return (int) SUBMIT_JOBS.invokeExact(manager, count, pointers);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Completes what waits; how many came back. */
  static int flushJobs(long manager, int most, long pointers) {
    try {
      return (int) FLUSH_JOBS.invokeExact(manager, most, pointers);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Works off jobs that lie one behind the other, of one cipher; how many are done. */
  static int cipherJobs(
      long manager, long jobs, int count, int mode, int direction, int keyOctets) {
    try {
      return (int) CIPHER_JOBS.invokeExact(manager, jobs, count, mode, direction, keyOctets);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Works off jobs that lie one behind the other, of one HMAC; how many are done. */
  static int hashJobs(long manager, long jobs, int count, int algorithm) {
    try {
      return (int) HASH_JOBS.invokeExact(manager, jobs, count, algorithm);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Expands a key of AES to encrypt and to decrypt with. */
  static void aesKeys(int size, long key, long encryption, long decryption) {
    try {
      AES_KEYS[size].invokeExact(key, encryption, decryption);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static void gcmKeys(int size, long key, long tables) {
    try {
      GCM_KEYS[size].invokeExact(key, tables);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static void cmacKeys(long expanded, long first, long second) {
    try {
      CMAC_KEYS.invokeExact(expanded, first, second);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static void xcbcKeys(long key, long expanded, long second, long third) {
    try {
      XCBC_KEYS.invokeExact(key, expanded, second, third);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static void desKeys(long schedule, long key) {
    try {
      int _ = (int) DES_KEYS.invokeExact(schedule, key);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** The state of a hash after one block; {@code index} as in {@link MbLayout.Manager#oneBlock}. */
  static void oneBlock(int index, long block, long state) {
    try {
      ONE_BLOCK[index].invokeExact(block, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }
}
