package org.ipsec4j.node.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.testkit.crypto.Allocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever a worker does, the burst comes back and the provider is judged by it. */
final class GuardedWorkerTest {
  private static final PacketTransform GCM =
      PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);

  private long now;
  private boolean open = true;

  /** What a worker of the tests does. */
  private abstract class Worker implements PacketWorker {
    @Override
    public int depth() {
      return 2;
    }

    @Override
    public void close() {
      open = false;
    }
  }

  private static final class With extends ForwardingCryptoProvider {
    private final Function<With, PacketWorker> workers;

    With(Function<With, PacketWorker> workers) {
      super(new JcaCryptoProvider());
      this.workers = workers;
    }

    @Override
    public PacketWorker packetWorker() {
      return workers.apply(this);
    }
  }

  private CryptoWatch watch(PacketWorker worker) {
    CryptoProvider provider = new With(self -> worker);
    return new CryptoWatch(new ProviderChain(List.of(provider)), () -> now, CryptoLimits.DEFAULT);
  }

  private static CryptoBurst burst(CryptoWatch watch, int packets) throws Exception {
    PacketKey key = watch.packetKey(GCM, Secret.copyOf(new byte[20]), Secret.copyOf(new byte[0]));
    CryptoBurst burst = new CryptoBurst(packets);
    ByteBuffer slab = ByteBuffer.allocateDirect(64);
    for (int i = 0; i < packets; i++) {
      CryptoOp op = burst.next();
      op.key = key;
      op.slab = slab;
      op.seal = true;
      op.textLength = 32;
    }
    return burst;
  }

  private static void set(CryptoBurst burst, CryptoOp.Status status) {
    for (int i = 0; i < burst.size(); i++) {
      burst.op(i).status = status;
    }
  }

  private static void assertFailed(CryptoBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      assertEquals(CryptoOp.Status.FAILED, burst.op(i).status);
    }
  }

  private static String reason(CryptoWatch watch) {
    assertTrue(watch.isAlarmed());
    ProviderWatch condemned = watch.condemned().getFirst();
    assertFalse(watch.isAlarmed(), "asked once");
    return String.valueOf(condemned.refusal());
  }

  @Test
  void whatIsLeftPendingHasFailed() throws Exception {
    CryptoWatch watch =
        watch(
            new Worker() {
              @Override
              public boolean submit(CryptoBurst burst) {
                burst.op(0).status = CryptoOp.Status.OK;
                return true;
              }
            });
    CryptoBurst burst = burst(watch, 2);
    assertTrue(watch.providers().getFirst().packetWorker().submit(burst));
    assertEquals(CryptoOp.Status.OK, burst.op(0).status);
    assertEquals(CryptoOp.Status.FAILED, burst.op(1).status);
    assertEquals("1 of 2 packets of a burst failed", reason(watch));
    assertEquals(1, watch.watches().getFirst().packets());
    assertEquals(32, watch.watches().getFirst().octetsOut());
  }

  @Test
  void packetThatIsTooLongForALibraryCondemnsItOnTheWayOutAlone() throws Exception {
    CryptoWatch watch =
        watch(
            new Worker() {
              @Override
              public boolean submit(CryptoBurst burst) {
                set(burst, CryptoOp.Status.FAILED);
                return true;
              }
            });
    PacketWorker worker = watch.providers().getFirst().packetWorker();
    CryptoBurst burst = burst(watch, 1);
    burst.op(0).seal = false;
    burst.op(0).textLength = 65_499;
    assertTrue(worker.submit(burst));
    assertFailed(burst);
    assertFalse(watch.isAlarmed(), "anybody can send such packets");
    assertEquals(1, watch.watches().getFirst().failures());
    burst.op(0).seal = true;
    assertTrue(worker.submit(burst));
    assertTrue(watch.isAlarmed());
  }

  @Test
  void burstOfSomebodyElseIsNotPassedOn() throws Exception {
    CryptoBurst strange = new CryptoBurst(1);
    CryptoWatch watch =
        watch(
            new Worker() {
              @Override
              public boolean submit(CryptoBurst burst) {
                set(burst, CryptoOp.Status.OK);
                return false;
              }

              @Override
              public CryptoBurst poll() {
                return strange;
              }
            });
    PacketWorker worker = watch.providers().getFirst().packetWorker();
    CryptoBurst one = burst(watch, 1);
    CryptoBurst two = burst(watch, 1);
    assertFalse(worker.submit(one));
    assertFalse(worker.submit(two));
    assertSame(one, worker.poll());
    assertFalse(open, "it is closed before its bursts are given back");
    assertSame(two, worker.poll());
    assertNull(worker.poll());
    assertFailed(one);
    assertFailed(two);
    assertTrue(reason(watch).contains("did not have"));
  }

  @Test
  void pollThatThrowsGivesAllBack() throws Exception {
    CryptoWatch watch =
        watch(
            new Worker() {
              @Override
              public boolean submit(CryptoBurst burst) {
                return false;
              }

              @Override
              public @Nullable CryptoBurst poll() {
                throw new UnsatisfiedLinkError("gone");
              }
            });
    PacketWorker worker = watch.providers().getFirst().packetWorker();
    CryptoBurst one = burst(watch, 3);
    assertFalse(worker.submit(one));
    assertSame(one, worker.poll());
    assertFailed(one);
    CryptoBurst later = burst(watch(new Idle()), 1);
    assertTrue(worker.submit(later), "a closed worker is given nothing");
    assertFailed(later);
    assertTrue(reason(watch).contains("gone"));
  }

  private final class Idle extends Worker {
    @Override
    public boolean submit(CryptoBurst burst) {
      return false;
    }
  }

  @Test
  void burstThatDoesNotComeBackIsTakenBackInTime() throws Exception {
    CryptoWatch watch = watch(new Idle());
    PacketWorker worker = watch.providers().getFirst().packetWorker();
    CryptoBurst burst = burst(watch, 1);
    assertFalse(worker.submit(burst));
    now = CryptoLimits.DEFAULT.answerNanos();
    assertNull(worker.poll());
    assertTrue(open);
    now++;
    assertSame(burst, worker.poll());
    assertFalse(open);
    assertFailed(burst);
    assertTrue(reason(watch).contains("250 ms"));
  }

  @Test
  void moreBurstsThanItHoldsFailWithoutVerdict() throws Exception {
    CryptoWatch watch = watch(new Idle());
    PacketWorker worker = watch.providers().getFirst().packetWorker();
    assertFalse(worker.submit(burst(watch, 1)));
    assertFalse(worker.submit(burst(watch, 1)));
    CryptoBurst third = burst(watch, 1);
    assertTrue(worker.submit(third));
    assertFailed(third);
    assertFalse(watch.isAlarmed(), "that was the caller's mistake");
    worker.close();
    worker.close();
    assertNull(worker.poll());
  }

  @Test
  void providerThatGivesNoWorkerIsCondemned() throws Exception {
    CryptoProvider provider =
        new With(
            self -> {
              throw new IllegalStateException("no queue is free");
            });
    CryptoWatch watch =
        new CryptoWatch(new ProviderChain(List.of(provider)), () -> now, CryptoLimits.DEFAULT);
    CryptoBurst burst = burst(watch, 1);
    PacketWorker worker = watch.providers().getFirst().packetWorker();
    assertTrue(worker.submit(burst));
    assertFailed(burst);
    assertTrue(reason(watch).contains("no queue is free"));
  }

  @Test
  void keyOfADetailBelongsToTheLongestName() throws Exception {
    FakeProvider plain = new FakeProvider("jca", transform -> true);
    FakeProvider token = new FakeProvider("jca:token", transform -> true);
    CryptoWatch watch =
        new CryptoWatch(new ProviderChain(List.of(plain, token)), () -> now, CryptoLimits.DEFAULT);
    PacketKey key = token.packetKey(GCM, Secret.copyOf(new byte[20]), Secret.copyOf(new byte[0]));
    ProviderWatch owner = watch.ownerOf(key);
    assertNotNull(owner);
    assertEquals("jca:token", owner.name());
    assertTrue(owner.isOffload());
    assertEquals(
        List.of("jca:token", "jca"), watch.providers().stream().map(CryptoProvider::name).toList());
    assertSame(watch.watches().getFirst(), watch.best(GCM), "the order is another thing");
  }

  @Test
  void watchingAllocatesNothing() throws Exception {
    CryptoWatch watch =
        watch(
            new Worker() {
              @Override
              public boolean submit(CryptoBurst burst) {
                now += 5_000;
                set(burst, CryptoOp.Status.OK);
                return true;
              }
            });
    PacketWorker worker = watch.providers().getFirst().packetWorker();
    CryptoBurst burst = burst(watch, 32);
    assertEquals(0, Allocation.octetsPerRun(() -> worker.submit(burst), 20_000, 20_000));
    assertFalse(watch.isAlarmed());
  }
}
