package org.ipsec4j.esp;

import java.nio.ByteBuffer;
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
  private static final int NONE = -1;

  private final String[] providers;
  private final String[] prefixes;
  private final PacketWorker[] workers;
  private final CryptoBurst[] bursts;
  private final boolean[] under;
  private int underWay;

  /** The name that the last key bore, and whose it is: keys of one provider share the string. */
  private String lastName = "";

  private int lastIndex = NONE;

  PacketWorkers(List<CryptoProvider> sources, int capacity) {
    int count = sources.size();
    if (count == 0) {
      throw new IllegalArgumentException("no crypto provider");
    }
    providers = new String[count];
    prefixes = new String[count];
    workers = new PacketWorker[count];
    bursts = new CryptoBurst[count];
    under = new boolean[count];
    for (int i = 0; i < count; i++) {
      providers[i] = sources.get(i).name();
      prefixes[i] = providers[i] + ":";
      workers[i] = sources.get(i).packetWorker();
      bursts[i] = new CryptoBurst(capacity);
    }
  }

  /**
   * A free descriptor of the provider that made the key; see {@link #of}. Null when it is none of
   * ours.
   */
  @SuppressWarnings("ReferenceEquality") // the same key needs no store
  @Nullable CryptoOp next(PacketKey key) {
    CryptoBurst burst = of(key);
    if (burst == null) {
      return null;
    }
    CryptoOp op = burst.next();
    if (op.key != key) {
      op.key = key;
    }
    return op;
  }

  /**
   * The descriptors for a key: those of the provider that the key names, alone or before a colon
   * and a detail ({@code jca:BC} is of {@code jca}). Null when it is none of ours.
   */
  @SuppressWarnings("ReferenceEquality") // the cheap question first
  @Nullable CryptoBurst of(PacketKey key) {
    String wanted = key.provider();
    int index = wanted == lastName ? lastIndex : find(wanted);
    return index == NONE ? null : bursts[index];
  }

  /**
   * A free descriptor. Writes references that have changed only: each costs some collectors a
   * memory barrier.
   */
  @SuppressWarnings("ReferenceEquality") // the same object needs no store
  static CryptoOp next(CryptoBurst descriptors, PacketKey key, ByteBuffer slab, int tag) {
    CryptoOp op = descriptors.next();
    if (op.key != key) {
      op.key = key;
    }
    if (op.slab != slab) {
      op.slab = slab;
    }
    op.tag = tag;
    return op;
  }

  private int find(String wanted) {
    for (int i = 0; i < providers.length; i++) {
      if (wanted.equals(providers[i]) || wanted.startsWith(prefixes[i])) {
        lastName = wanted;
        lastIndex = i;
        return i;
      }
    }
    return NONE;
  }

  /** Has every descriptor worked on and comes back when all are complete. */
  void run() {
    submit();
    while (!poll()) {
      // the bursts are the providers' until they come back
      Thread.onSpinWait();
    }
  }

  /** Gives every descriptor to its worker. The bursts are the workers' until {@link #poll}. */
  void submit() {
    for (int i = 0; i < workers.length; i++) {
      if (bursts[i].size() > 0 && !submitted(workers[i], bursts[i])) {
        under[i] = true;
        underWay++;
      }
    }
  }

  private static boolean submitted(PacketWorker worker, CryptoBurst burst) {
    try {
      return worker.submit(burst);
    } catch (RuntimeException e) {
      // a worker must not throw; what it left undone stays PENDING, which counts as failed
      return true;
    }
  }

  /** Whether all that was submitted is complete. */
  boolean poll() {
    for (int i = 0; underWay > 0 && i < workers.length; i++) {
      if (under[i] && cameBack(workers[i])) {
        under[i] = false;
        underWay--;
      }
    }
    return underWay == 0;
  }

  /** Each worker has one burst of ours at most, so that it can be no other. */
  private static boolean cameBack(PacketWorker worker) {
    try {
      return worker.poll() != null;
    } catch (RuntimeException e) {
      return true;
    }
  }

  /** Bursts to look through after {@link #run}. */
  int bursts() {
    return bursts.length;
  }

  CryptoBurst burst(int index) {
    return bursts[index];
  }

  /**
   * Makes the descriptors free again. They go on naming the keys of the burst that was, which
   * whoever destroys them does by call and not by leaving them to the collector: a store of a
   * reference for each packet is dear with some collectors.
   */
  void clear() {
    for (CryptoBurst burst : bursts) {
      burst.clear();
    }
  }

  void close() {
    for (PacketWorker worker : workers) {
      worker.close();
    }
  }
}
