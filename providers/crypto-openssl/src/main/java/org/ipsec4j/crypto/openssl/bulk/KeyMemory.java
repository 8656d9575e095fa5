package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.crypto.openssl.lib.Raw;
import org.ipsec4j.ffm.NativeMemory;
import org.jspecify.annotations.Nullable;

/**
 * Keys of one direction in native memory, and the sessions of workers that were set up with them.
 * When it is released, everything that was made of the keys is wiped and freed, whichever worker
 * made it.
 *
 * <p>Thread-safe. Whoever reads {@link #address} makes sure that it is not released meanwhile.
 */
class KeyMemory {
  /** Octets in front for the key of the cipher; behind them lies what the MAC needs. */
  static final int CIPHER_ROOM = 64;

  private final Suite suite;
  private final long address;
  private final int length;
  private volatile boolean dead;
  private boolean released;
  private @Nullable Session sessions;

  /**
   * Copies the keys; the lengths have been checked.
   *
   * @param cipherKey without salt; the caller's to wipe
   * @param macKey empty when there is no MAC; the caller's to wipe
   */
  KeyMemory(Suite suite, byte[] cipherKey, byte[] macKey) {
    this.suite = suite;
    MacRecipe recipe = suite.mac();
    length = CIPHER_ROOM + (recipe == null ? 0 : recipe.materialLength());
    address = NativeMemory.allocate(length);
    Raw.copyIn(cipherKey, 0, address, cipherKey.length);
    if (recipe != null) {
      recipe.derive(macKey, address + CIPHER_ROOM);
    }
  }

  /** What the keys are for. */
  final Suite suite() {
    return suite;
  }

  /** Where the key of the cipher lies. */
  final long cipherKey() {
    return address;
  }

  /** Where lies what the MAC needs. */
  final long macMaterial() {
    return address + CIPHER_ROOM;
  }

  /** Whether nobody may begin to use it any more. */
  final boolean isDead() {
    return dead;
  }

  /** From now on nobody begins to use it; true for the first call. */
  final synchronized boolean die() {
    boolean first = !dead;
    dead = true;
    return first;
  }

  /** Remembers that the session holds contexts of these keys. */
  final synchronized void attach(Session session) {
    session.nextOfKey = sessions;
    sessions = session;
  }

  /**
   * Forgets the session: its contexts are the caller's to free or to use for other keys. When this
   * was released before, they are freed already and the session has none.
   */
  @SuppressWarnings("ReferenceEquality") // a session equals itself alone
  final synchronized void detach(Session session) {
    Session before = null;
    for (Session each = sessions; each != null; each = each.nextOfKey) {
      if (each == session) {
        if (before == null) {
          sessions = each.nextOfKey;
        } else {
          before.nextOfKey = each.nextOfKey;
        }
        each.nextOfKey = null;
        return;
      }
      before = each;
    }
  }

  /** Wipes and frees; nobody uses it any more. Idempotent. */
  final synchronized void release() {
    dead = true;
    if (released) {
      return;
    }
    released = true;
    for (Session each = sessions; each != null; each = each.nextOfKey) {
      each.freeContexts();
    }
    sessions = null;
    NativeMemory.free(address, length);
  }
}
