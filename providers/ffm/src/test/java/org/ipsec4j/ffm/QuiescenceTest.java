package org.ipsec4j.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class QuiescenceTest {
  @Test
  void withoutReadersItFreesAtOnce() {
    Quiescence quiescence = new Quiescence();
    AtomicInteger freed = new AtomicInteger();
    quiescence.retire(freed::incrementAndGet);
    assertEquals(1, freed.get());
    assertEquals(0, quiescence.waiting());
  }

  @Test
  void aReaderThatIsOutsideHoldsNothingUp() {
    Quiescence quiescence = new Quiescence();
    Quiescence.Reader reader = quiescence.reader();
    reader.enter();
    reader.exit();
    AtomicInteger freed = new AtomicInteger();
    quiescence.retire(freed::incrementAndGet);
    assertEquals(1, freed.get());
  }

  @Test
  void whoeverCameBeforeHoldsItUntilHeLeaves() {
    Quiescence quiescence = new Quiescence();
    Quiescence.Reader early = quiescence.reader();
    Quiescence.Reader late = quiescence.reader();
    early.enter();
    AtomicInteger freed = new AtomicInteger();
    quiescence.retire(freed::incrementAndGet);
    late.enter();
    late.exit();
    assertEquals(0, freed.get());
    assertEquals(1, quiescence.waiting());
    early.exit();
    assertEquals(1, freed.get());
    quiescence.reclaim();
    assertEquals(1, freed.get(), "once");
  }

  @Test
  void whoeverComesLaterDoesNotHoldItUp() {
    Quiescence quiescence = new Quiescence();
    Quiescence.Reader early = quiescence.reader();
    Quiescence.Reader late = quiescence.reader();
    early.enter();
    AtomicInteger freed = new AtomicInteger();
    quiescence.retire(freed::incrementAndGet);
    late.enter();
    early.exit();
    assertEquals(1, freed.get());
    late.exit();
  }

  @Test
  void aClosedReaderHoldsNothing() {
    Quiescence quiescence = new Quiescence();
    Quiescence.Reader reader = quiescence.reader();
    reader.enter();
    AtomicInteger freed = new AtomicInteger();
    quiescence.retire(freed::incrementAndGet);
    reader.close();
    assertEquals(1, freed.get());
  }

  /** A key as providers have them. */
  private static final class Key {
    private volatile boolean alive = true;
    private final AtomicBoolean freed = new AtomicBoolean();
  }

  /** Readers swap and read keys as fast as they can; none ever reads one that is free. */
  @Test
  void nobodyReadsWhatIsFree() throws InterruptedException {
    Quiescence quiescence = new Quiescence();
    AtomicReference<Key> current = new AtomicReference<>(new Key());
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger broken = new AtomicInteger();
    AtomicInteger read = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    Quiescence.Reader reader = quiescence.reader();
                    while (!stop.get()) {
                      Key key = current.get();
                      reader.enter();
                      if (key.alive) {
                        for (int look = 0; look < 20; look++) {
                          if (key.freed.get()) {
                            broken.incrementAndGet();
                          }
                        }
                        read.incrementAndGet();
                      }
                      reader.exit();
                    }
                    reader.close();
                  }));
    }
    int keys = 30_000;
    List<Key> old = new ArrayList<>(keys);
    for (int i = 0; i < keys || read.get() < 1000; i++) {
      Key former = current.getAndSet(new Key());
      former.alive = false;
      quiescence.retire(() -> former.freed.set(true));
      old.add(former);
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(0, broken.get());
    assertTrue(read.get() >= 1000);
    quiescence.reclaim();
    assertEquals(0, quiescence.waiting());
    old.forEach(key -> assertTrue(key.freed.get()));
    assertFalse(current.get().freed.get());
  }
}
