package org.ipsec4j.ike.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class TimerTableTest {
  private enum Clock {
    RETRANSMIT,
    LIVENESS,
    REKEY
  }

  private final TimerTable<Clock> timers = new TimerTable<>(Clock.class);

  @Test
  void isNeverDueWhenNothingIsSet() {
    assertEquals(TimerTable.NEVER, timers.nextTimeout());
    assertNull(timers.expired(Long.MAX_VALUE));
  }

  @Test
  void givesTimersInTheOrderOfTheirDeadlinesOnceEach() {
    timers.set(Clock.REKEY, 10);
    timers.set(Clock.RETRANSMIT, 30);
    timers.set(Clock.LIVENESS, 20);

    assertEquals(10, timers.nextTimeout());
    assertNull(timers.expired(9));
    assertEquals(Clock.REKEY, timers.expired(25));
    assertEquals(Clock.LIVENESS, timers.expired(25));
    assertNull(timers.expired(25));
    assertEquals(30, timers.nextTimeout());
    assertTrue(timers.isSet(Clock.RETRANSMIT));
    assertFalse(timers.isSet(Clock.REKEY));
  }

  @Test
  void givesTheFirstOfTheEnumAmongEquals() {
    timers.set(Clock.REKEY, 10);
    timers.set(Clock.RETRANSMIT, 10);
    assertEquals(Clock.RETRANSMIT, timers.expired(10));
    assertEquals(Clock.REKEY, timers.expired(10));
  }

  @Test
  void forgetsWhatIsCancelledOrSetAnew() {
    timers.set(Clock.LIVENESS, 10);
    timers.set(Clock.LIVENESS, 50);
    assertNull(timers.expired(20));
    assertEquals(50, timers.deadline(Clock.LIVENESS));
    timers.cancel(Clock.LIVENESS);
    assertNull(timers.expired(100));
    timers.setAfter(Clock.REKEY, 5, 7);
    assertEquals(12, timers.nextTimeout());
    timers.cancelAll();
    assertEquals(TimerTable.NEVER, timers.nextTimeout());
  }

  @Test
  void neverWrapsAround() {
    timers.setAfter(Clock.REKEY, Long.MAX_VALUE - 5, 10);
    assertFalse(timers.isSet(Clock.REKEY));
    timers.setAfter(Clock.REKEY, -100, 10);
    assertEquals(-90, timers.nextTimeout());
  }
}
