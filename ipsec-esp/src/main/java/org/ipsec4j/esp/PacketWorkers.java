package org.ipsec4j.esp;

import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.Nullable;

/**
 * One thread's workers, one for each provider, and a burst of descriptors for each: a burst of
 * packets may belong to SAs of several providers. Thread-confined.
 */
final class PacketWorkers {
  private final String[] providers;
  private final String[] prefixes;
  private final PacketWorker[] workers;
  private final CryptoBurst[] bursts;

  PacketWorkers(List<CryptoProvider> sources, int capacity) {
    int count = sources.size();
    if (count == 0) {
      throw new IllegalArgumentException("no crypto provider");
    }
    providers = new String[count];
    prefixes = new String[count];
    workers = new PacketWorker[count];
    bursts = new CryptoBurst[count];
    for (int i = 0; i < count; i++) {
      providers[i] = sources.get(i).name();
      prefixes[i] = providers[i] + ":";
      workers[i] = sources.get(i).packetWorker();
      bursts[i] = new CryptoBurst(capacity);
    }
  }

  /**
   * A free descriptor of the provider that made the key: the one that the key names, alone or
   * before a colon and a detail ({@code jca:BC} is of {@code jca}). Null when it is none of ours.
   */
  @Nullable CryptoOp next(PacketKey key) {
    String wanted = key.provider();
    for (int i = 0; i < providers.length; i++) {
      if (wanted.equals(providers[i]) || wanted.startsWith(prefixes[i])) {
        CryptoOp op = bursts[i].next();
        op.key = key;
        return op;
      }
    }
    return null;
  }

  /** Has every descriptor worked on and comes back when all are complete. */
  void run() {
    for (int i = 0; i < workers.length; i++) {
      if (bursts[i].size() > 0) {
        complete(workers[i], bursts[i]);
      }
    }
  }

  @SuppressWarnings("EmptyBlock")
  private static void complete(PacketWorker worker, CryptoBurst burst) {
    try {
      if (!worker.submit(burst)) {
        // the burst is the provider's until it comes back; nothing else is under way here
        while (worker.poll() == null) {}
      }
    } catch (RuntimeException e) {
      // a worker must not throw; what it left undone stays PENDING, which counts as failed
    }
  }

  /** Bursts to look through after {@link #run}. */
  int bursts() {
    return bursts.length;
  }

  CryptoBurst burst(int index) {
    return bursts[index];
  }

  /** Forgets all descriptors, so that they hold no key longer than their burst lasts. */
  void clear() {
    for (CryptoBurst burst : bursts) {
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        op.key = null;
        op.slab = null;
      }
      burst.clear();
    }
  }

  void close() {
    for (PacketWorker worker : workers) {
      worker.close();
    }
  }
}
