package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.Raw;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of libcrypto for one key in one worker. A context is made, or given the next key,
 * when a packet first needs it; a packet then costs a new IV alone. For one thread at a time.
 *
 * <p>What comes in has been checked by {@link Suite#accepts}.
 */
abstract class Session {
  final Suite suite;

  /** The next session of the same key; guarded by the key. */
  @Nullable Session nextOfKey;

  /** Whether a packet came since the clock last looked; the worker's. */
  boolean used;

  private @Nullable KeyMemory key;
  private final Direction sealing = new Direction(Evp.SEAL);
  private final Direction opening = new Direction(Evp.OPEN);

  Session(Suite suite) {
    this.suite = suite;
  }

  /** A cipher context for one direction. */
  private static final class Direction {
    final int direction;
    long context;
    boolean ready;

    Direction(int direction) {
      this.direction = direction;
    }

    void free() {
      ready = false;
      Evp.free(context);
      context = 0;
    }
  }

  /** The keys that it is set up for. */
  final @Nullable KeyMemory key() {
    return key;
  }

  /**
   * Takes the next key of the same suite.
   *
   * @param next which nobody releases before it is detached from
   */
  final void take(KeyMemory next) {
    sealing.ready = false;
    opening.ready = false;
    forgetMac();
    key = next;
    next.attach(this);
  }

  /** Leaves its key; the contexts, if there are still any, stay for {@link #take}. */
  final void leave() {
    KeyMemory left = key;
    if (left != null) {
      left.detach(this);
    }
    key = null;
  }

  /** Leaves its key, wipes and frees. */
  final void close() {
    leave();
    freeContexts();
  }

  /** Wipes and frees; by the key when it is released, or by the worker. Idempotent. */
  final void freeContexts() {
    sealing.free();
    opening.free();
    freeMac();
  }

  /** A MAC must be told its key again. */
  void forgetMac() {}

  /** Wipes and frees the MAC. */
  void freeMac() {}

  /**
   * Seals.
   *
   * @param base address of octet 0 of the slab
   */
  abstract CryptoOp.Status seal(CryptoOp op, long base, Scratch scratch);

  /** Opens. */
  abstract CryptoOp.Status open(CryptoOp op, long base, Scratch scratch);

  /** The context that encrypts; 0 when it cannot be made. */
  final long sealing() {
    return sealing.ready ? sealing.context : prepared(sealing);
  }

  /** The context that decrypts; 0 when it cannot be made. */
  final long opening() {
    return opening.ready ? opening.context : prepared(opening);
  }

  private long prepared(Direction direction) {
    KeyMemory current = key;
    if (current == null) {
      return 0;
    }
    boolean done;
    if (direction.context == 0) {
      direction.context = Evp.newContext();
      done = direction.context != 0 && begin(direction.context, current, direction.direction);
    } else {
      done = Evp.init(direction.context, 0, current.cipherKey(), 0, Evp.SAME);
    }
    if (!done) {
      direction.free();
      return 0;
    }
    direction.ready = true;
    return direction.context;
  }

  /** Gives a fresh context cipher and key. */
  boolean begin(long context, KeyMemory keys, int direction) {
    return Evp.init(context, suite.cipher(), keys.cipherKey(), 0, direction);
  }

  /** Has the context write its tag where the ICV of the packet stands. */
  final boolean writeTag(long context, CryptoOp op, long base, Scratch scratch) {
    scratch.tag.point(base + op.icvOffset, suite.icvLength());
    return Evp.get(context, scratch.tag);
  }

  /** Tells the context which tag the packet has. */
  final boolean takeTag(long context, CryptoOp op, long base, Scratch scratch) {
    scratch.tag.point(base + op.icvOffset, suite.icvLength());
    return Evp.set(context, scratch.tag);
  }

  /** Additional data of a combined mode: the header, with the upper half behind the SPI. */
  static boolean additional(long context, CryptoOp op, long base, Scratch scratch) {
    long at = base + op.aadOffset;
    int length = op.aadLength;
    if (op.highSequencePresent) {
      Raw.putInt(scratch.aad, Raw.getInt(at));
      Raw.putNetworkInt(scratch.aad + Suite.SPI, op.highSequence);
      if (length == 2 * Suite.SPI) {
        Raw.putInt(scratch.aad + 2 * Suite.SPI, Raw.getInt(at + Suite.SPI));
      } else {
        Raw.copy(at + Suite.SPI, scratch.aad + 2 * Suite.SPI, length - Suite.SPI);
      }
      at = scratch.aad;
      length += Integer.BYTES;
    }
    return length == 0 || Evp.update(context, 0, scratch.written, at, length);
  }
}
