package org.ipsec4j.node.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.sim.SimRandom;
import org.ipsec4j.testkit.crypto.SimulatedDevice;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Behaviour;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Mood;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bursts whose packets belong to several providers, some of which complete later. */
final class ChainWorkerTest {
  private static final PacketTransform GCM =
      PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
  private static final int TEXT = 40;
  private static final int STRIDE = 128;

  private final CryptoProvider software = new JcaCryptoProvider();

  private SimulatedDevice device(String name, int depth, long seed) {
    return new SimulatedDevice(name, software, Behaviour.prompt(depth).delayed(0, 9).seeded(seed));
  }

  private static PacketKey key(CryptoProvider provider) throws Exception {
    return provider.packetKey(GCM, Secret.copyOf(new byte[20]), Secret.copyOf(new byte[0]));
  }

  private static void fill(CryptoBurst burst, ByteBuffer slab, List<PacketKey> keys, int number) {
    burst.clear();
    for (int i = 0; i < keys.size(); i++) {
      CryptoOp op = burst.next();
      op.key = keys.get(i);
      op.slab = slab;
      op.seal = true;
      op.aadOffset = i * STRIDE;
      op.aadLength = 8;
      op.textOffset = i * STRIDE + 16;
      op.textLength = TEXT;
      op.icvOffset = op.textOffset + TEXT;
      op.nonceLength = 12;
      op.nonce[4] = (byte) number;
      op.nonce[11] = (byte) i;
      op.tag = 1000 + i;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void mixedBurstsComeBackWholeAndOnceEach(long seed) throws Exception {
    SimRandom random = new SimRandom(seed);
    List<CryptoProvider> providers =
        List.of(device("one", 1 + random.below(4), seed), device("two", 2, seed + 50), software);
    ProviderChain chain = new ProviderChain(providers);
    List<PacketKey> keys = new ArrayList<>();
    for (CryptoProvider provider : providers) {
      keys.add(key(provider));
    }
    PacketWorker worker = chain.packetWorker();
    PacketWorker plain = software.packetWorker();
    List<CryptoBurst> under = new ArrayList<>();
    int back = 0;
    int sent = 0;
    while (back < 300) {
      if (sent < 300 && under.size() < worker.depth()) {
        List<PacketKey> mixed = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          mixed.add(keys.get(random.below(random.chance(0.2) ? 1 : 3)));
        }
        ByteBuffer slab = ByteBuffer.allocateDirect(8 * STRIDE);
        CryptoBurst burst = new CryptoBurst(8);
        fill(burst, slab, mixed, sent++);
        if (worker.submit(burst)) {
          check(burst, plain, keys.get(2));
          back++;
        } else {
          under.add(burst);
        }
      }
      CryptoBurst done = worker.poll();
      if (done != null) {
        assertTrue(under.remove(done), "a burst comes back once");
        check(done, plain, keys.get(2));
        back++;
      }
    }
    assertTrue(under.isEmpty());
    worker.close();
    plain.close();
    for (int i = 0; i < 2; i++) {
      assertEquals(List.of(), ((SimulatedDevice) providers.get(i)).violations());
    }
  }

  /** What was sealed is what plain software makes of it. */
  private static void check(CryptoBurst burst, PacketWorker plain, PacketKey key) {
    for (int i = 0; i < burst.size(); i++) {
      CryptoOp op = burst.op(i);
      assertEquals(CryptoOp.Status.OK, op.status);
      assertEquals(1000 + i, op.tag, "the engine's own index is left alone");
      CryptoBurst twin = new CryptoBurst(1);
      CryptoOp open = twin.next();
      open.key = key;
      open.slab = op.slab;
      open.seal = false;
      open.aadOffset = op.aadOffset;
      open.aadLength = op.aadLength;
      open.textOffset = op.textOffset;
      open.textLength = op.textLength;
      open.icvOffset = op.icvOffset;
      open.nonceLength = 12;
      System.arraycopy(op.nonce, 0, open.nonce, 0, 12);
      plain.submit(twin);
      assertEquals(CryptoOp.Status.OK, open.status);
      for (int k = 0; k < TEXT; k++) {
        assertEquals(0, java.util.Objects.requireNonNull(op.slab).get(op.textOffset + k));
      }
    }
  }

  @Test
  void moreBurstsThanItHoldsFail() throws Exception {
    SimulatedDevice device = device("one", 2, 1);
    device.mood(Mood.HANGING);
    PacketWorker worker = new ProviderChain(List.of(device, software)).packetWorker();
    assertEquals(2, worker.depth());
    PacketKey key = key(device);
    List<CryptoBurst> bursts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CryptoBurst burst = new CryptoBurst(1);
      fill(burst, ByteBuffer.allocateDirect(STRIDE), List.of(key), i);
      assertEquals(i == 2, worker.submit(burst));
      bursts.add(burst);
    }
    assertEquals(CryptoOp.Status.FAILED, bursts.get(2).op(0).status);
    assertNull(worker.poll());
    device.mood(Mood.WELL);
    for (int i = 0; i < 2; i++) {
      CryptoBurst done = null;
      for (int polls = 0; done == null && polls < 50; polls++) {
        done = worker.poll();
      }
      assertNotNull(done);
    }
    worker.close();
  }

  @Test
  void whoThrowsFailsItsPartAlone() throws Exception {
    SimulatedDevice device = device("one", 2, 1);
    device.mood(Mood.THROWING);
    PacketWorker worker = new ProviderChain(List.of(device, software)).packetWorker();
    CryptoBurst burst = new CryptoBurst(2);
    fill(burst, ByteBuffer.allocateDirect(2 * STRIDE), List.of(key(device), key(software)), 1);
    assertTrue(worker.submit(burst));
    assertEquals(CryptoOp.Status.FAILED, burst.op(0).status);
    assertEquals(CryptoOp.Status.OK, burst.op(1).status);
    assertSame(burst.op(0).slab, burst.op(1).slab);
    worker.close();
  }
}
