package org.ipsec4j.testkit.crypto;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.Nullable;

/**
 * Sets keys up and destroys them, without waiting for anybody, while threads seal and open packets
 * with them. What comes out must be right or {@link CryptoOp.Status#FAILED}: memory of a key that
 * was freed too early shows as a wrong packet, or ends the process.
 */
public final class KeyChurn {
  private static final int BURST = 32;
  private static final int TEXT = 256;
  private static final int STRIDE = 512;
  private static final int SLOTS = 16;

  private final CryptoProvider provider;
  private final PacketTransform transform;
  private final AtomicReferenceArray<Pair> slots = new AtomicReferenceArray<>(SLOTS);
  private final AtomicLong passed = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong made = new AtomicLong();
  private final List<String> violations = new ArrayList<>();
  private volatile boolean stopping;

  /** Keys of one SA for both of its ends. */
  private record Pair(PacketKey seal, PacketKey open) {}

  /**
   * What came of it.
   *
   * @param passed packets that were sealed and opened again
   * @param failed packets whose key was gone
   * @param keys keys that were set up
   * @param violations packets that were wrong; at most ten are told
   */
  public record Outcome(long passed, long failed, long keys, List<String> violations) {}

  /**
   * @param transform one that the provider supports
   */
  public KeyChurn(CryptoProvider provider, PacketTransform transform) {
    this.provider = provider;
    this.transform = transform;
  }

  /**
   * Runs for a while.
   *
   * @param threads that seal and open; one more destroys
   */
  public Outcome run(int threads, long millis) throws CryptoException, InterruptedException {
    Random random = new Random(7);
    for (int i = 0; i < SLOTS; i++) {
      slots.set(i, make(random));
    }
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int seed = i;
      Thread thread = new Thread(() -> guarded(() -> traffic(seed)), "churn-traffic-" + i);
      thread.start();
      running.add(thread);
    }
    long end = System.nanoTime() + millis * 1_000_000;
    while (System.nanoTime() < end) {
      Pair fresh = make(random);
      Pair former = Objects.requireNonNull(slots.getAndSet(random.nextInt(SLOTS), fresh));
      former.seal().destroy();
      former.open().destroy();
      if (made.get() % 64 == 0) {
        Thread.sleep(1);
      }
    }
    stopping = true;
    for (Thread thread : running) {
      thread.join();
    }
    for (int i = 0; i < SLOTS; i++) {
      Pair last = Objects.requireNonNull(slots.get(i));
      last.seal().destroy();
      last.open().destroy();
    }
    synchronized (violations) {
      return new Outcome(passed.get(), failed.get(), made.get(), List.copyOf(violations));
    }
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      violation("a worker threw " + e);
    }
  }

  private void violation(String what) {
    synchronized (violations) {
      if (violations.size() < 10) {
        violations.add(what);
      }
    }
  }

  private Pair make(Random random) throws CryptoException {
    byte[] encryption = new byte[transform.encryption().keyingMaterialLength()];
    byte[] integrity = new byte[transform.integrity().keyLength()];
    random.nextBytes(encryption);
    random.nextBytes(integrity);
    Secret key = Secret.adopt(encryption);
    Secret mac = Secret.adopt(integrity);
    Pair pair =
        new Pair(provider.packetKey(transform, key, mac), provider.packetKey(transform, key, mac));
    key.destroy();
    mac.destroy();
    made.addAndGet(2);
    return pair;
  }

  private void traffic(int seed) {
    Random random = new Random(seed);
    PacketWorker worker = provider.packetWorker();
    CryptoBurst burst = new CryptoBurst(BURST);
    ByteBuffer slab = ByteBuffer.allocateDirect(BURST * STRIDE);
    Pair[] pairs = new Pair[BURST];
    boolean[] sealed = new boolean[BURST];
    long number = (long) seed << 40;
    while (!stopping) {
      for (int i = 0; i < BURST; i++) {
        pairs[i] = Objects.requireNonNull(slots.get(random.nextInt(SLOTS)));
        fillText(slab, i, number + i);
      }
      work(worker, burst, slab, pairs, null, number);
      for (int i = 0; i < BURST; i++) {
        sealed[i] = burst.op(i).status == CryptoOp.Status.OK;
        if (burst.op(i).status == CryptoOp.Status.ICV_MISMATCH) {
          violation("a packet that was sealed has a wrong ICV");
        }
      }
      work(worker, burst, slab, pairs, sealed, number);
      for (int i = 0; i < burst.size(); i++) {
        judge(burst.op(i), slab, number);
      }
      failed.addAndGet(BURST - burst.size());
      number += BURST;
    }
    worker.close();
  }

  private void judge(CryptoOp op, ByteBuffer slab, long number) {
    if (op.status == CryptoOp.Status.FAILED) {
      failed.incrementAndGet();
    } else if (op.status != CryptoOp.Status.OK || !isText(slab, op.tag, number + op.tag)) {
      violation("a packet came out wrong: " + op.status);
    } else {
      passed.incrementAndGet();
    }
  }

  /** Seals all, or opens those that were sealed. */
  private void work(
      PacketWorker worker,
      CryptoBurst burst,
      ByteBuffer slab,
      Pair[] pairs,
      boolean @Nullable [] sealed,
      long number) {
    burst.clear();
    for (int i = 0; i < BURST; i++) {
      if (sealed == null || sealed[i]) {
        describe(burst.next(), slab, i, pairs[i], sealed == null, number + i);
      }
    }
    boolean done = worker.submit(burst);
    while (!done) {
      done = worker.poll() != null;
    }
  }

  private void describe(
      CryptoOp op, ByteBuffer slab, int index, Pair pair, boolean seal, long number) {
    op.key = seal ? pair.seal() : pair.open();
    op.slab = slab;
    op.seal = seal;
    op.aadOffset = index * STRIDE;
    op.aadLength = 8;
    op.textOffset = op.aadOffset + 8 + CryptoOp.MAX_NONCE;
    op.textLength = TEXT;
    op.icvOffset = op.textOffset + TEXT;
    op.highSequencePresent = transform.extendedSequenceNumbers();
    op.highSequence = (int) (number >>> 32);
    op.nonceLength = nonceLength();
    if (op.nonceLength > 0) {
      ByteBuffer.wrap(op.nonce).putLong(op.nonceLength - 8, number);
    }
    op.tag = index;
    if (transform.integrity() != IntegrityAlgorithm.NONE) {
      // a MAC covers header, IV and text as they lie: no gap between them
      op.aadLength = op.textOffset - op.aadOffset;
    }
  }

  /** Salt and eight octets for what has a salt, else the IV. */
  private int nonceLength() {
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    return cipher.saltLength() > 0 ? cipher.saltLength() + 8 : cipher.ivLength();
  }

  private static void fillText(ByteBuffer slab, int index, long number) {
    int at = index * STRIDE;
    for (int i = 0; i < 8 + CryptoOp.MAX_NONCE + TEXT; i += 8) {
      slab.putLong(at + i, number * 0x9e3779b97f4a7c15L + i);
    }
  }

  private static boolean isText(ByteBuffer slab, int index, long number) {
    int at = index * STRIDE;
    for (int i = 8 + CryptoOp.MAX_NONCE; i < 8 + CryptoOp.MAX_NONCE + TEXT; i += 8) {
      if (slab.getLong(at + i) != number * 0x9e3779b97f4a7c15L + i) {
        return false;
      }
    }
    return true;
  }
}
