package org.ipsec4j.ike.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.ipsec4j.ike.vectors.SeededRandom;
import org.junit.jupiter.api.Test;

final class RetransmissionTest {
  private static final long SECOND = 1_000_000_000L;

  /* RFC 7296 2.4: retransmission times increase exponentially. */
  @Test
  void waitsLongerAfterEachTransmissionAndThenGivesUp() {
    Retransmission request =
        new Retransmission(new RetransmissionSchedule(Duration.ofSeconds(2), 200, 3, 0), null);

    assertTrue(request.mayTransmit());
    assertEquals(2 * SECOND, request.transmitted(0));
    assertEquals(6 * SECOND, request.transmitted(2 * SECOND));
    assertEquals(14 * SECOND, request.transmitted(6 * SECOND));
    assertFalse(request.mayTransmit());
    assertEquals(3, request.transmissions());
    assertEquals(2, request.retransmissions());
  }

  @Test
  void knowsHowLongAPeerIsWaitedFor() {
    RetransmissionSchedule schedule = new RetransmissionSchedule(Duration.ofSeconds(2), 200, 3, 50);
    assertEquals(14 * SECOND, schedule.total());
  }

  @Test
  void growsNoFurtherThanAnHour() {
    RetransmissionSchedule schedule =
        new RetransmissionSchedule(Duration.ofSeconds(4), 1000, 100, 0);
    assertEquals(3600 * SECOND, schedule.waitAfter(100, null));
    assertTrue(schedule.total() > 0);
  }

  @Test
  void jittersWithinItsBounds() {
    RetransmissionSchedule schedule =
        new RetransmissionSchedule(Duration.ofSeconds(10), 100, 5, 20);
    SeededRandom random = new SeededRandom(4);
    long least = Long.MAX_VALUE;
    long most = 0;
    for (int i = 0; i < 1000; i++) {
      long wait = schedule.waitAfter(1, random);
      least = Math.min(least, wait);
      most = Math.max(most, wait);
    }
    assertTrue(least >= 10 * SECOND && least < 10.2 * SECOND, "least " + least);
    assertTrue(most <= 12 * SECOND && most > 11.8 * SECOND, "most " + most);
  }

  @Test
  void refusesSchedulesThatCannotBe() {
    assertThrows(
        IllegalArgumentException.class, () -> new RetransmissionSchedule(Duration.ZERO, 100, 1, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RetransmissionSchedule(Duration.ofSeconds(1), 99, 1, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RetransmissionSchedule(Duration.ofSeconds(1), 100, 0, 0));
  }
}
