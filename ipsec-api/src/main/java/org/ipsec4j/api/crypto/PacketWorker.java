package org.ipsec4j.api.crypto;

import org.jspecify.annotations.Nullable;

/**
 * A thread's own access to a provider's packet transforms: the state that must not be shared
 * (cipher contexts, scratch). Thread-confined, allocates nothing per packet where the provider can,
 * never throws: a failure is the status of the packet.
 */
public interface PacketWorker {
  /**
   * Takes a burst.
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

  /** Wipes and frees what the worker holds; idempotent. */
  void close();
}
