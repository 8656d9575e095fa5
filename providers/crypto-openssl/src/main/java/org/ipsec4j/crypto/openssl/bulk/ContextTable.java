package org.ipsec4j.crypto.openssl.bulk;

import org.jspecify.annotations.Nullable;

/**
 * The sessions that a worker keeps, found by key in one or two steps. There is a bound: a key
 * beyond takes the place, and where it fits the contexts, of one that was not used since the clock
 * last came by. Thread-confined.
 */
final class ContextTable {
  private final int capacity;
  private final int mask;

  /** By hash of the key, with linear probing. */
  private final @Nullable Session[] byKey;

  /** In the order in which the clock goes round. */
  private final @Nullable Session[] clock;

  private int size;
  private int hand;
  private @Nullable Session last;

  /**
   * @param capacity most sessions
   */
  ContextTable(int capacity) {
    this.capacity = capacity;
    int slots = Integer.highestOneBit(2 * capacity - 1) * 2;
    mask = slots - 1;
    byKey = new @Nullable Session[slots];
    clock = new @Nullable Session[capacity];
  }

  /** The session of a key, which is alive and stays so meanwhile. */
  Session of(OpenSslPacketKey key) {
    Session recent = last;
    if (recent != null && recent.key() == key) {
      return recent;
    }
    Session found = find(key);
    if (found == null) {
      found = admit(key);
    }
    if (!found.used) {
      found.used = true;
    }
    last = found;
    return found;
  }

  /** Sessions that are kept. */
  int size() {
    return size;
  }

  /** Wipes and frees all. */
  void close() {
    for (int i = 0; i < size; i++) {
      Session session = clock[i];
      if (session != null) {
        session.close();
      }
      clock[i] = null;
    }
    java.util.Arrays.fill(byKey, null);
    size = 0;
    last = null;
  }

  private int home(OpenSslPacketKey key) {
    return (key.hash >>> 7) & mask;
  }

  private @Nullable Session find(OpenSslPacketKey key) {
    int at = home(key);
    for (Session each = byKey[at]; each != null; each = byKey[at]) {
      if (each.key() == key) {
        return each;
      }
      at = (at + 1) & mask;
    }
    return null;
  }

  private Session admit(OpenSslPacketKey key) {
    Session session;
    if (size < capacity) {
      session = key.suite().session();
      clock[size++] = session;
    } else {
      session = replaced(key);
    }
    session.take(key);
    int at = home(key);
    while (byKey[at] != null) {
      at = (at + 1) & mask;
    }
    byKey[at] = session;
    return session;
  }

  /** A session without a key in the place of one that is not used. */
  @SuppressWarnings("ReferenceEquality") // there is one suite per transform
  private Session replaced(OpenSslPacketKey key) {
    int place = victim();
    Session victim = clock[place];
    if (victim == null) {
      throw new IllegalStateException("the clock is full");
    }
    remove(victim);
    victim.leave();
    if (victim.suite == key.suite()) {
      return victim;
    }
    victim.freeContexts();
    Session fresh = key.suite().session();
    clock[place] = fresh;
    return fresh;
  }

  private int victim() {
    while (true) {
      int place = hand;
      hand = hand + 1 == capacity ? 0 : hand + 1;
      Session session = clock[place];
      if (session == null || !session.used || isDead(session)) {
        return place;
      }
      session.used = false;
    }
  }

  private static boolean isDead(Session session) {
    KeyMemory key = session.key();
    return key == null || key.isDead();
  }

  /** Takes a session out and closes the gap, so that no search ends early. */
  @SuppressWarnings("ReferenceEquality") // a session equals itself alone
  private void remove(Session session) {
    if (!(session.key() instanceof OpenSslPacketKey key)) {
      return;
    }
    int gap = home(key);
    while (byKey[gap] != session) {
      gap = (gap + 1) & mask;
    }
    byKey[gap] = null;
    int at = (gap + 1) & mask;
    for (Session each = byKey[at]; each != null; each = byKey[at]) {
      if (each.key() instanceof OpenSslPacketKey other
          && ((at - home(other)) & mask) >= ((at - gap) & mask)) {
        byKey[gap] = each;
        byKey[at] = null;
        gap = at;
      }
      at = (at + 1) & mask;
    }
  }
}
