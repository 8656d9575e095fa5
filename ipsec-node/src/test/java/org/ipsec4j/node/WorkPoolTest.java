package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.junit.jupiter.api.Test;

/** Slow steps: bounded, in batches where they are liked, none lost and none run twice. */
final class WorkPoolTest {
  private static final CryptoProvider CRYPTO = new JcaCryptoProvider();

  /** A step that counts its runs. */
  private static class Step implements OffloadedWork {
    final AtomicInteger runs = new AtomicInteger();
    final Thread[] by = new Thread[1];

    @Override
    public Kind kind() {
      return Kind.KEY_EXCHANGE;
    }

    @Override
    public void run() {
      by[0] = Thread.currentThread();
      runs.incrementAndGet();
    }
  }

  private static final class Outcome implements WorkPool.Done {
    final List<OffloadedWork> completed = new ArrayList<>();
    final List<OffloadedWork> failed = new ArrayList<>();

    @Override
    public synchronized void completed(List<OffloadedWork> work) {
      completed.addAll(work);
      notifyAll();
    }

    @Override
    public synchronized void failed(OffloadedWork work, Throwable why) {
      failed.add(work);
      notifyAll();
    }

    synchronized void await(int steps) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (completed.size() + failed.size() < steps) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        assertTrue(left > 0, "steps do not come back");
        wait(left);
      }
    }
  }

  private static final class Batches extends ForwardingCryptoProvider {
    final List<Integer> sizes = new ArrayList<>();
    private final int preferred;
    boolean lazy;

    Batches(int preferred) {
      super(CRYPTO);
      this.preferred = preferred;
    }

    @Override
    public int preferredWork() {
      return preferred;
    }

    @Override
    public synchronized void runWork(List<? extends Runnable> work) {
      sizes.add(work.size());
      work.getFirst().run();
      if (lazy) {
        throw new IllegalStateException("the device of the tests does not like it");
      }
      work.forEach(Runnable::run);
    }
  }

  @Test
  void whatIsAcceptedRunsOnceAndComesBack() throws Exception {
    Outcome outcome = new Outcome();
    WorkPool pool = new WorkPool(CRYPTO, outcome);
    pool.start();
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      Step step = new Step();
      steps.add(step);
      pool.execute(step);
    }
    outcome.await(2000);
    pool.close();
    assertTrue(steps.stream().allMatch(step -> step.runs.get() == 1));
    assertEquals(2000, outcome.completed.stream().distinct().count());
    assertFalse(pool.isOverloaded());
  }

  @Test
  void whenThereIsNoRoomTheBringerWorks() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Outcome outcome = new Outcome();
    WorkPool pool = new WorkPool(1, new WorkQueue(1, 2, 3, 1), CRYPTO, outcome);
    pool.start();
    CountDownLatch begun = new CountDownLatch(1);
    pool.execute(
        new Step() {
          @Override
          public void run() {
            begun.countDown();
            try {
              gate.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        });
    begun.await();
    pool.execute(new Step());
    assertFalse(pool.isOverloaded());
    pool.execute(new Step());
    assertTrue(pool.isOverloaded(), "above the high-water mark new peers are kept out");
    pool.execute(new Step());
    Step tooMuch = new Step();
    pool.execute(tooMuch);
    assertSame(Thread.currentThread(), tooMuch.by[0]);
    gate.countDown();
    outcome.await(5);
    assertFalse(pool.isOverloaded());
    pool.close();
    Step late = new Step();
    pool.execute(late);
    assertEquals(0, late.runs.get(), "after the end nothing runs");
  }

  @Test
  void batchesGoToTheProviderThatLikesThem() throws Exception {
    Batches crypto = new Batches(8);
    Outcome outcome = new Outcome();
    WorkPool pool = new WorkPool(2, new WorkQueue(2, 100, 100, 8), crypto, outcome);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      Step step = new Step();
      steps.add(step);
      pool.execute(step);
    }
    pool.start();
    outcome.await(24);
    pool.close();
    assertTrue(steps.stream().allMatch(step -> step.runs.get() == 1));
    assertEquals(8, crypto.sizes.getFirst());
    assertTrue(crypto.sizes.stream().allMatch(size -> size <= 8));
  }

  @Test
  void whatABatchLeavesUndoneIsDoneOneByOne() throws Exception {
    Batches crypto = new Batches(4);
    crypto.lazy = true;
    Outcome outcome = new Outcome();
    WorkPool pool = new WorkPool(1, new WorkQueue(1, 100, 100, 4), crypto, outcome);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Step step = new Step();
      steps.add(step);
      pool.execute(step);
    }
    pool.start();
    outcome.await(5);
    pool.close();
    assertTrue(steps.stream().allMatch(step -> step.runs.get() == 1));
    assertEquals(4, outcome.completed.size());
    assertEquals(1, outcome.failed.size(), "and the failure of the batch is told");
  }

  @Test
  void stepThatThrowsIsToldAndTheOthersGoOn() throws Exception {
    Outcome outcome = new Outcome();
    WorkPool pool = new WorkPool(1, new WorkQueue(1, 10, 10, 1), CRYPTO, outcome);
    pool.start();
    pool.execute(
        new Step() {
          @Override
          public void run() {
            throw new IllegalStateException("a step of the tests");
          }
        });
    pool.execute(new Step());
    outcome.await(2);
    pool.close();
    assertEquals(1, outcome.failed.size());
    assertEquals(1, outcome.completed.size());
  }

  @Test
  void queueWithoutRoomIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new WorkQueue(0, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new WorkQueue(1, 2, 1, 1));
  }
}
