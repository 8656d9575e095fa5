package org.ipsec4j.esp.tfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loss events and their mean distance (RFC 5348 5), with payloads one millisecond apart. */
@NullUnmarked
class LossHistoryTest {
  private static final long MS = 1_000_000L;

  private final LossHistory history = new LossHistory();
  private long now;

  private void arrive(int payloads) {
    for (int i = 0; i < payloads; i++) {
      now += MS;
      history.arrived(now);
    }
  }

  private void lose(int payloads) {
    history.lost(payloads, now, MS);
    now += payloads * MS;
  }

  @Test
  void noLossIsZero() {
    assertEquals(0, history.inverseRate());
    arrive(1000);
    assertEquals(0, history.inverseRate());
    assertFalse(history.isMarked());
  }

  /** While no round-trip time is known, the first interval is what came until then. */
  @Test
  void theFirstInterval() {
    arrive(300);
    lose(1);
    assertEquals(300, history.inverseRate());
    // the open interval counts as soon as it is longer
    arrive(300);
    assertEquals(301, history.inverseRate());
  }

  /** With one, it is the interval that would have allowed the rate at which loss began. */
  @Test
  void theFirstIntervalByTheRate() {
    history.rtt(50 * MS);
    arrive(5000);
    lose(1);
    double p = 1.0 / history.inverseRate();
    assertEquals(1000, TcpEquation.rate(0.05, p), 5);
  }

  /** RFC 5348 5.4 with k closed intervals of the same length: their mean. */
  @Test
  void equalIntervals() {
    arrive(99);
    for (int i = 0; i < 20; i++) {
      lose(1);
      arrive(99);
      TfsLab.assertNear(100, history.inverseRate(), 1);
    }
  }

  /** The weights: eight intervals of 100, then one of 1,000. */
  @Test
  void weightsOfTheNewest() {
    arrive(99);
    for (int i = 0; i < 9; i++) {
      lose(1);
      arrive(99);
    }
    arrive(900);
    // the open one counts like the newest closed ones: (1,000 + 5.0 * 100) / 6
    assertEquals(250, history.inverseRate());
    lose(1);
    assertEquals(250, history.inverseRate());
    // and fades, eighth interval: (0.2 * 1,000 + 5.8 * 100) / 6
    for (int i = 0; i < 7; i++) {
      arrive(99);
      lose(1);
    }
    assertEquals(130, history.inverseRate());
    arrive(99);
    lose(1);
    assertEquals(100, history.inverseRate());
  }

  /** Losses within a round trip of the first are one event. */
  @ParameterizedTest
  @CsvSource({"10, 1", "50, 1", "51, 1", "52, 2", "102, 2", "103, 3"})
  void oneEventInARoundTrip(int burst, int events) {
    history.rtt(50 * MS);
    arrive(100);
    lose(1);
    arrive(999);
    long before = history.inverseRate();
    lose(burst);
    // count by what closes afterwards: each event is a closed interval
    arrive(200);
    LossHistory twin = new LossHistory();
    twin.rtt(50 * MS);
    long time = 0;
    for (int i = 0; i < 100; i++) {
      twin.arrived(time += MS);
    }
    twin.lost(1, time, MS);
    time += MS;
    for (int i = 0; i < 999; i++) {
      twin.arrived(time += MS);
    }
    // the twin is told of the losses one by one
    int seen = 0;
    long last = Long.MIN_VALUE / 2;
    for (int i = 0; i < burst; i++) {
      twin.lost(1, time, MS);
      time += MS;
      if (time - last > 50 * MS) {
        last = time;
        seen++;
      }
    }
    for (int i = 0; i < 200; i++) {
      twin.arrived(time += MS);
    }
    assertEquals(events, seen);
    assertEquals(twin.inverseRate(), history.inverseRate());
    assertTrue(history.inverseRate() <= before);
  }

  @Test
  void aHugeGapEndsSoon() {
    history.rtt(MS);
    arrive(100);
    history.lost(1L << 50, now, MS);
    assertTrue(history.inverseRate() > 0);
    history.lost(1L << 50, now, 0);
    assertTrue(history.inverseRate() > 0);
  }

  @Test
  void marksAreEventsWithoutALoss() {
    history.rtt(10 * MS);
    arrive(200);
    history.congested(now);
    assertTrue(history.isMarked());
    arrive(5);
    long before = history.inverseRate();
    history.congested(now);
    assertEquals(before, history.inverseRate(), "the same event");
    // eight events of the other kind later none is left
    for (int i = 0; i < 8; i++) {
      arrive(100);
      lose(1);
      assertTrue(history.isMarked(), "after " + i);
    }
    arrive(100);
    lose(1);
    assertFalse(history.isMarked());
  }

  /** Worked out by another program: R = 100 ms. */
  @ParameterizedTest
  @CsvSource({"0.01, 112.33", "0.1, 17.701", "1, 0.041099"})
  void throughputOfTcp(double loss, double rate) {
    assertEquals(rate, TcpEquation.rate(0.1, loss), rate / 1000);
    assertEquals(loss, TcpEquation.lossEventRate(0.1, TcpEquation.rate(0.1, loss)), loss / 1000);
  }
}
