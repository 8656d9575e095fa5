package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.ipsec4j.api.packet.DropReason;
import org.junit.jupiter.api.Test;

/** The window's edges by hand, and two threads that want the same numbers. */
class ReplayWindowTest {
  @Test
  void isNeverSilentlyOff() {
    assertThrows(IllegalArgumentException.class, () -> new ReplayWindow(0, false));
    assertThrows(IllegalArgumentException.class, () -> new ReplayWindow(63, false));
    assertThrows(IllegalArgumentException.class, () -> new ReplayWindow(4097, true));
    assertEquals(128, new ReplayWindow(ReplayWindow.DEFAULT_WIDTH, false).width());
  }

  @Test
  void edgesOfTheWindow() {
    ReplayWindow window = new ReplayWindow(64, false);
    assertEquals(DropReason.SEQUENCE_ZERO, window.check(0));
    assertTrue(window.commit(100));
    assertEquals(DropReason.REPLAY, window.check(100));
    assertEquals(DropReason.NONE, window.check(37), "lowest in the window");
    assertEquals(DropReason.REPLAY_OLD, window.check(36));
    assertTrue(window.commit(37));
    assertFalse(window.commit(37));
    assertFalse(window.commit(36));
    assertTrue(window.commit(0xffffffffL), "a jump over the whole ring forgets everything");
    assertEquals(DropReason.NONE, window.check(0xfffffffeL));
    assertEquals(0xffffffffL, window.top());
  }

  @Test
  void highHalfAcrossTheEdge() {
    // RFC 4303 A2.2: case A, then case B
    ReplayWindow window = new ReplayWindow(64, true);
    assertEquals(5, window.recover(5));
    assertTrue(window.commit(0x7fffffffL));
    assertTrue(window.commit(0xfffffff0L));
    assertEquals(0x1_00000003L, window.recover(3), "beyond the edge");
    assertEquals(0xffffffffL, window.recover(-1));
    assertTrue(window.commit(0x1_00000003L));
    assertEquals(0xfffffff0L, window.recover(0xfffffff0), "still in the window before the edge");
    assertEquals(DropReason.REPLAY, window.check(0xfffffff0L));
    assertEquals(DropReason.NONE, window.check(0xfffffff1L));
    assertEquals(0x1_00000000L, window.recover(0), "a lower half of zero is not number zero");
    assertEquals(DropReason.NONE, window.check(0x1_00000000L));
    assertEquals(0x1_80000000L, window.recover(0x80000000));
  }

  @Test
  void nothingLiesBeforeTheFirstNumber() {
    ReplayWindow window = new ReplayWindow(64, true);
    long number = window.recover(-1);
    assertTrue(number < 0);
    assertEquals(DropReason.REPLAY_OLD, window.check(number));
    assertFalse(window.commit(number));
  }

  @Test
  void twoThreadsCommitEachNumberOnce() throws InterruptedException {
    int numbers = 200_000;
    ReplayWindow window = new ReplayWindow(4096, false);
    AtomicIntegerArray taken = new AtomicIntegerArray(numbers + 1);
    CountDownLatch start = new CountDownLatch(1);
    Thread[] threads = new Thread[2];
    for (int t = 0; t < threads.length; t++) {
      int shift = t * 17;
      threads[t] =
          new Thread(
              () -> {
                await(start);
                for (int i = 1; i <= numbers; i++) {
                  // each thread in an order of its own, within half a window
                  int number = Math.min(numbers, (i - 1 ^ shift) + 1);
                  if (window.check(number) == DropReason.NONE && window.commit(number)) {
                    taken.incrementAndGet(number);
                  }
                }
              });
      threads[t].start();
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    int once = 0;
    for (int i = 1; i <= numbers; i++) {
      assertTrue(taken.get(i) <= 1, "number " + i + " passed twice");
      once += taken.get(i);
    }
    assertTrue(once > numbers / 2, "most numbers passed: " + once);
    assertEquals(numbers, window.top());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
