package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many threads bring more steps than the pool has room for: each runs once and comes back once.
 * Seconds by default; minutes with {@code -Dipsec4j.stress.seconds=600}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
final class WorkPoolStress {
  private static final int PRODUCERS = 4;

  /** A step that takes a little while. */
  private static final class Step implements OffloadedWork {
    final AtomicInteger runs = new AtomicInteger();
    final AtomicInteger returns = new AtomicInteger();
    private final int size;
    private final AtomicLong result = new AtomicLong();

    Step(int size) {
      this.size = size;
    }

    @Override
    public Kind kind() {
      return Kind.SIGN;
    }

    @Override
    public void run() {
      runs.incrementAndGet();
      long sum = 0;
      for (int i = 0; i < size; i++) {
        sum = 31 * sum + i;
      }
      result.addAndGet(sum);
    }
  }

  @Test
  void nothingIsLostAndNothingRunsTwice() throws Exception {
    AtomicLong completed = new AtomicLong();
    AtomicLong batches = new AtomicLong();
    WorkPool.Done done =
        new WorkPool.Done() {
          @Override
          public void completed(List<OffloadedWork> work) {
            work.forEach(each -> ((Step) each).returns.incrementAndGet());
            completed.addAndGet(work.size());
          }

          @Override
          public void failed(OffloadedWork work, Throwable why) {
            throw new AssertionError(why);
          }
        };
    CryptoProvider crypto =
        new ForwardingCryptoProvider(new JcaCryptoProvider()) {
          @Override
          public int preferredWork() {
            return 8;
          }

          @Override
          public void runWork(List<? extends Runnable> work) {
            batches.incrementAndGet();
            work.forEach(Runnable::run);
          }
        };
    WorkPool pool = new WorkPool(3, new WorkQueue(3, 48, 64, 8), crypto, done);
    pool.start();
    long end =
        System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("ipsec4j.stress.seconds", 3));
    long brought = 0;
    while (System.nanoTime() < end) {
      List<Step> steps = new ArrayList<>();
      for (int i = 0; i < 4000; i++) {
        steps.add(new Step(i % 97 * 20));
      }
      List<Thread> producers = new ArrayList<>();
      for (int p = 0; p < PRODUCERS; p++) {
        int first = p;
        Thread producer =
            new Thread(
                () -> {
                  for (int i = first; i < steps.size(); i += PRODUCERS) {
                    pool.execute(steps.get(i));
                  }
                });
        producer.start();
        producers.add(producer);
      }
      for (Thread producer : producers) {
        producer.join();
      }
      brought += steps.size();
      long expected = brought;
      TwoNodes.await("all steps come back", () -> completed.get() == expected);
      for (Step step : steps) {
        assertEquals(1, step.runs.get());
        assertEquals(1, step.returns.get());
      }
    }
    pool.close();
    System.out.println("stress: " + brought + " steps, " + batches + " batches");
    assertTrue(batches.get() > 0, "batches were made");
  }
}
