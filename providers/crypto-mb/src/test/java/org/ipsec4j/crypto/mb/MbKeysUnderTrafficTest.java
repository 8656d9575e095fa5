package org.ipsec4j.crypto.mb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.ffm.NativeMemory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * SAs come and go while workers use them: each packet is protected rightly or fails, never with
 * memory that was freed, and in the end all memory is given back. Runs for {@code
 * ipsec4j.stress.seconds}, 3 by default.
 */
class MbKeysUnderTrafficTest {
  private static final int SLOTS = 64;
  private static final int BURST = 32;
  private static final int STRIDE = 512;
  private static final int TEXT = 256;
  private static final int WORKERS = 3;
  private static final List<PacketTransform> TRANSFORMS =
      List.of(
          PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false),
          PacketTransform.esp(
              EncryptionAlgorithm.AES_CBC, 256, IntegrityAlgorithm.HMAC_SHA2_256_128, false),
          PacketTransform.esp(
              EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE, false),
          PacketTransform.esp(
              EncryptionAlgorithm.AES_CTR, 128, IntegrityAlgorithm.AES_XCBC_96, false));

  private final MbCryptoProvider provider = new MbCryptoProvider();
  private final AtomicReferenceArray<PacketKey> installed = new AtomicReferenceArray<>(SLOTS);
  private final AtomicBoolean over = new AtomicBoolean();

  /** What a thread saw. */
  private record Seen(long right, long refused) {}

  @BeforeAll
  static void needsTheLibrary() {
    Present.assume();
  }

  /** Of a slot the keys are always the same, so that packets of an earlier one open in a later. */
  private PacketKey key(int slot) throws CryptoException {
    PacketTransform transform = TRANSFORMS.get(slot % TRANSFORMS.size());
    byte[] encryption = new byte[transform.encryption().keyingMaterialLength()];
    byte[] integrity = new byte[transform.integrity().keyLength()];
    java.util.Arrays.fill(encryption, (byte) slot);
    java.util.Arrays.fill(integrity, (byte) (slot + 1));
    return provider.packetKey(transform, Secret.adopt(encryption), Secret.adopt(integrity));
  }

  @Test
  void keysAreFreedOnlyWhenNobodyReadsThem()
      throws CryptoException, InterruptedException, ExecutionException {
    MbCalls.LIBRARY.keys().reclaim();
    long before = NativeMemory.inUse();
    for (int i = 0; i < SLOTS; i++) {
      installed.set(i, key(i));
    }
    long end =
        System.nanoTime()
            + TimeUnit.SECONDS.toNanos(Integer.getInteger("ipsec4j.stress.seconds", 3));
    long replaced = 0;
    List<Seen> seen = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(WORKERS)) {
      List<Future<Seen>> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        int seed = i;
        workers.add(threads.submit(() -> traffic(seed)));
      }
      while (System.nanoTime() < end) {
        int slot = (int) (replaced++ * 7 % SLOTS);
        PacketKey old = installed.getAndSet(slot, key(slot));
        old.destroy();
        old.destroy();
      }
      over.set(true);
      for (Future<Seen> worker : workers) {
        seen.add(worker.get());
      }
    }
    for (int i = 0; i < SLOTS; i++) {
      installed.get(i).destroy();
    }
    MbCalls.LIBRARY.keys().reclaim();
    assertEquals(0, MbCalls.LIBRARY.keys().waiting());
    assertEquals(before, NativeMemory.inUse(), "all memory is given back");
    long right = seen.stream().mapToLong(Seen::right).sum();
    long refused = seen.stream().mapToLong(Seen::refused).sum();
    System.out.println(
        "stress: "
            + replaced
            + " keys replaced, "
            + right
            + " packets right, "
            + refused
            + " refused");
    assertTrue(right > 1000, right + " packets");
    assertTrue(replaced > 1000, replaced + " keys");
  }

  /** Seals bursts and opens them again, with whatever keys are installed at that moment. */
  private Seen traffic(int seed) {
    PacketWorker worker = provider.packetWorker();
    ByteBuffer slab = ByteBuffer.allocateDirect(BURST * STRIDE);
    CryptoBurst burst = new CryptoBurst(BURST);
    int[] slots = new int[BURST];
    long right = 0;
    long refused = 0;
    int turn = seed;
    while (!over.get()) {
      turn++;
      fill(burst, slab, slots, turn, true);
      worker.submit(burst);
      boolean[] sealed = new boolean[BURST];
      for (int i = 0; i < BURST; i++) {
        Status status = burst.op(i).status;
        assertTrue(status == Status.OK || status == Status.FAILED, status.toString());
        sealed[i] = status == Status.OK;
      }
      fill(burst, slab, slots, turn, false);
      worker.submit(burst);
      for (int i = 0; i < BURST; i++) {
        CryptoOp op = burst.op(i);
        if (sealed[i] && op.status == Status.OK) {
          assertEquals(pattern(turn, i), slab.getLong(op.textOffset + TEXT - 8));
          right++;
        } else {
          assertTrue(!sealed[i] || op.status == Status.FAILED, "a wrong ICV under the same key");
          refused++;
        }
      }
    }
    worker.close();
    return new Seen(right, refused);
  }

  private static long pattern(int turn, int index) {
    return 0x0101010101010101L * (turn * 31 + index & 0xff);
  }

  private void fill(CryptoBurst burst, ByteBuffer slab, int[] slots, int turn, boolean seal) {
    burst.clear();
    for (int i = 0; i < BURST; i++) {
      slots[i] = turn % 3 == 0 ? turn % SLOTS : (turn * 13 + i * 5) % SLOTS;
      PacketKey key = installed.get(slots[i]);
      EncryptionAlgorithm cipher =
          TRANSFORMS.get(slots[i] % TRANSFORMS.size()).encryption().algorithm();
      int offset = i * STRIDE;
      CryptoOp op = burst.next();
      op.key = key;
      op.slab = slab;
      op.seal = seal;
      op.aadOffset = offset;
      op.aadLength = 8;
      op.textOffset = offset + 8 + cipher.ivLength();
      op.textLength = TEXT;
      op.icvOffset = op.textOffset + TEXT;
      // The salt is that of the keys, whichever of them it is.
      java.util.Arrays.fill(op.nonce, (byte) slots[i]);
      op.nonceLength = cipher.saltLength() + cipher.ivLength();
      if (seal) {
        for (int at = 0; at < TEXT; at += 8) {
          slab.putLong(op.textOffset + at, pattern(turn, i));
        }
      }
    }
  }
}
