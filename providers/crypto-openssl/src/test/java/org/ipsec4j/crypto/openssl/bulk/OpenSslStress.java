package org.ipsec4j.crypto.openssl.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.crypto.openssl.WithLibrary;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.ffm.NativeMemory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Keys come and go under traffic; the system property {@code ipsec4j.stress.seconds} says for how
 * long.
 */
class OpenSslStress {
  private static final int KEYS = 64;
  private static final int THREADS = 3;
  private static final int BURST = 16;
  private static final int LENGTH = 256;

  @BeforeAll
  static void libraryIsThere() {
    WithLibrary.assume();
  }

  private final CryptoProvider provider = BulkProvider.of(true, 40);
  private final AtomicReferenceArray<PacketKey> keys = new AtomicReferenceArray<>(KEYS);
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong packets = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicInteger wrong = new AtomicInteger();

  /** A packet is right or refused as its key is gone; no memory is used after it was freed. */
  @Test
  void keysAreDestroyedUnderTraffic() throws CryptoException, InterruptedException {
    long seconds = Long.getLong("ipsec4j.stress.seconds", 3);
    long before = NativeMemory.inUse();
    long contexts = Evp.contextsInUse();
    for (int i = 0; i < KEYS; i++) {
      keys.set(i, fresh(i));
    }
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int seed = i;
      threads.add(Thread.ofPlatform().start(() -> traffic(seed)));
    }
    Random random = new Random(1);
    long until = System.nanoTime() + seconds * 1_000_000_000L;
    int replaced = 0;
    while (System.nanoTime() < until || packets.get() < 10_000) {
      int at = random.nextInt(KEYS);
      PacketKey former = keys.getAndSet(at, fresh(replaced++));
      former.destroy();
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < KEYS; i++) {
      keys.get(i).destroy();
    }
    OpenSslPacketKey.QUIESCENCE.reclaim();
    assertEquals(0, wrong.get(), "packets that came out wrong");
    assertTrue(packets.get() > refused.get(), refused + " of " + packets + " refused");
    assertTrue(replaced > 100, replaced + " keys replaced");
    assertEquals(0, OpenSslPacketKey.QUIESCENCE.waiting());
    assertEquals(before, NativeMemory.inUse(), "native memory");
    assertEquals(contexts, Evp.contextsInUse(), "contexts of libcrypto");
  }

  private PacketKey fresh(int number) throws CryptoException {
    PacketTransform transform = number % 2 == 0 ? PacketRing.gcm() : PacketRing.cbc();
    return PacketRing.key(provider, transform, "stress" + number % 500);
  }

  private void traffic(int seed) {
    Random random = new Random(seed);
    PacketWorker worker = provider.packetWorker();
    PacketRing ring = new PacketRing(BURST, 512);
    long number = (long) seed << 40;
    while (!stop.get()) {
      PacketKey[] used = new PacketKey[BURST];
      ring.burst.clear();
      number += BURST;
      for (int slot = 0; slot < BURST; slot++) {
        used[slot] = keys.get(random.nextInt(KEYS));
        ring.write(used[slot], slot, LENGTH, number + slot);
        ring.describe(used[slot], slot, LENGTH, number + slot, true);
      }
      worker.submit(ring.burst);
      boolean[] sealed = new boolean[BURST];
      for (int slot = 0; slot < BURST; slot++) {
        CryptoOp op = ring.burst.op(slot);
        sealed[slot] = judge(op.status, Status.OK);
        op.seal = false;
        if (slot % 5 == 4) {
          ring.slab.put(op.icvOffset, (byte) (ring.slab.get(op.icvOffset) ^ 1));
        }
      }
      worker.submit(ring.burst);
      for (int slot = 0; slot < BURST; slot++) {
        boolean forged = slot % 5 == 4;
        boolean opened =
            sealed[slot]
                && judge(ring.burst.op(slot).status, forged ? Status.ICV_MISMATCH : Status.OK);
        if (opened && !forged && !ring.holds(used[slot], slot, LENGTH, number + slot)) {
          wrong.incrementAndGet();
        }
      }
      packets.addAndGet(BURST);
    }
    worker.close();
  }

  /** Whether it is as expected; a packet whose key is gone is refused. */
  private boolean judge(Status status, Status expected) {
    if (status == Status.FAILED) {
      refused.incrementAndGet();
      return false;
    }
    if (status != expected) {
      wrong.incrementAndGet();
      return false;
    }
    return true;
  }
}
