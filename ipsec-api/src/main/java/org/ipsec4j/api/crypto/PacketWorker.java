package org.ipsec4j.api.crypto;

import org.jspecify.annotations.Nullable;

/**
 * A thread's own access to a provider's packet transforms: the state that must not be shared
 * (cipher contexts, scratch). Thread-confined, allocates nothing per packet where the provider can,
 * never throws: a failure is the status of the packet.
 *
 * <p>A worker of a device takes a burst and gives it back later, in any order among bursts. It
 * holds at most {@link #depth} bursts, so its queue is bounded; a burst that the device has no room
 * for now waits in the worker, which tries again at each {@link #poll}.
 */
public interface PacketWorker {
  /**
   * Takes a burst. The caller has at most {@link #depth} bursts with the worker at a time.
   *
   * @return true when every packet is complete now; false when it comes back by {@link #poll()}
   */
  boolean submit(CryptoBurst burst);

  /** A completed burst, or null when none is ready. */
  default @Nullable CryptoBurst poll() {
    return null;
  }

  /** Burst size that suits the provider best: 1 when bursts bring nothing. */
  default int preferredBurst() {
    return 1;
  }

  /** Bursts that may be with the worker at once; 1 for those that complete within submit. */
  default int depth() {
    return 1;
  }

  /**
   * Wipes and frees what the worker holds; idempotent. Comes back only when nobody touches the
   * memory of any burst any more: what was with the device stays undone.
   */
  void close();
}
