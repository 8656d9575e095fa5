package org.ipsec4j.esp.tfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.ipsec4j.api.packet.DropReason;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Congestion control and circuit breaker, two ends in virtual time (RFC 9347 2.4, 3). */
@NullUnmarked
class CongestionScenario {
  private static final long MS = TwoEnds.MS;
  private static final long SECOND = TwoEnds.SECOND;
  private static final int SIZE = 1000;

  /** From one payload in two seconds to 5,000 in one. */
  private static SenderSettings controlled() {
    return SenderSettings.congestionControlled(SIZE, 2 * SECOND, SECOND / 5000);
  }

  /** For the way back, where only the reports matter: to 100 in a second. */
  private static SenderSettings gentle() {
    return SenderSettings.congestionControlled(SIZE, 2 * SECOND, SECOND / 100);
  }

  /** The mean rate of a direction, measured on the wire. */
  private static double measured(TwoEnds ends, TwoEnds.End from, long duration) {
    int before = from.path.times.size();
    ends.run(duration);
    return (from.path.times.size() - before) * (double) SECOND / duration;
  }

  @Test
  void theRateRisesToWhatTheUserGrantsWhenNothingIsLost() {
    TwoEnds ends = new TwoEnds(controlled(), controlled(), 1);
    ends.run(200 * MS);
    // RFC 5348 4.2: one payload per second until there is a round-trip time
    assertEquals(1, ends.a.rate(), 0.01);
    ends.run(20 * SECOND);
    assertEquals(5000, ends.a.rate(), 0.01);
    assertEquals(5000, ends.b.rate(), 0.01);
    // two times 25 ms
    TfsLab.assertNear(50 * MS, ends.a.feedback.rttNanos(), MS);
    assertEquals(0, ends.a.feedback.peerLossEventRate());
    assertTrue(ends.a.path.sizes.stream().allMatch(size -> size == SIZE));
    assertEquals(0, ends.a.sender.counters().skippedSlots());
    // payloads never leave in bursts, also while the rate doubles
    for (int i = 1; i < ends.a.path.times.size(); i++) {
      assertTrue(ends.a.path.times.get(i) - ends.a.path.times.get(i - 1) >= SECOND / 5000);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theRateFollowsABottleneck(long seed) {
    TwoEnds ends = new TwoEnds(controlled(), gentle(), seed);
    // 500 payloads in a second pass
    ends.a.path.service = 2 * MS;
    ends.a.path.loss = 0.0003;
    ends.run(60 * SECOND);
    double wide = measured(ends, ends.a, 30 * SECOND);
    assertTrue(wide > 250 && wide < 600, "at 500/s it sends " + wide);
    assertEquals(100, ends.b.rate(), 0.01, "the other direction has room");

    // 100 pass
    ends.a.path.service = 10 * MS;
    ends.run(60 * SECOND);
    double narrow = measured(ends, ends.a, 30 * SECOND);
    assertTrue(narrow > 30 && narrow < 130, "at 100/s it sends " + narrow);

    ends.a.path.service = 2 * MS;
    ends.run(120 * SECOND);
    double again = measured(ends, ends.a, 30 * SECOND);
    assertTrue(again > 250 && again < 600, "at 500/s again it sends " + again);
    System.out.printf("tfrc seed %d: %.0f, %.0f, %.0f payloads/s%n", seed, wide, narrow, again);
  }

  /** The equation holds: random loss of a rate p gives the rate that TCP would have. */
  @ParameterizedTest
  @ValueSource(doubles = {0.003, 0.01, 0.03})
  void theRateIsFriendlyToTcp(double loss) {
    TwoEnds ends = new TwoEnds(controlled(), gentle(), 7);
    ends.a.path.loss = loss;
    ends.run(120 * SECOND);
    double rate = measured(ends, ends.a, 240 * SECOND);
    double rtt = ends.a.feedback.rttNanos() / (double) SECOND;
    double allowed = TcpEquation.rate(rtt, loss);
    // losses within a round trip are one event, so that somewhat more is right
    assertTrue(rate > 0.7 * allowed, rate + " of " + allowed);
    assertTrue(rate < 2.2 * allowed, rate + " of " + allowed);
  }

  /** "Not receiving this information ... should be considered a congestion event." */
  @Test
  void silenceOfThePeerHalvesTheRate() {
    TwoEnds ends = new TwoEnds(controlled(), gentle(), 2);
    ends.run(20 * SECOND);
    double full = ends.a.rate();
    ends.b.path.cut = true;
    ends.run(300 * MS);
    double halved = ends.a.rate();
    assertTrue(halved <= full / 2 && halved >= full / 4, "after 300 ms " + halved);
    ends.run(60 * SECOND);
    assertEquals(0.5, ends.a.rate(), 0.01, "the slowest");
    ends.b.path.cut = false;
    ends.run(20 * SECOND);
    assertEquals(full, ends.a.rate(), 0.01);
  }

  /** "The receiver considers that packet as being dropped, although it does not drop it." */
  @Test
  void congestionMarksCountAsLosses() {
    TwoEnds ends = new TwoEnds(controlled(), gentle(), 3);
    ends.run(10 * SECOND);
    assertFalse(ends.a.feedback.isPeerMarked());
    double full = ends.a.rate();
    ends.a.path.marking = 0.02;
    ends.run(30 * SECOND);
    assertTrue(ends.a.rate() < full / 10, "slowed down to " + ends.a.rate());
    assertTrue(ends.a.feedback.isPeerMarked(), "the E bit");
    assertEquals(0, ends.b.receiver.counters().lostPayloads());
    ends.a.path.marking = 0;
    ends.run(60 * SECOND);
    assertTrue(ends.a.rate() > full / 4, "recovered to " + ends.a.rate());
  }

  /** P: "used to avoid treating missing packets as loss events". */
  @Test
  void lossesWhileProbingAreNoCongestion() {
    TwoEnds ends = new TwoEnds(controlled(), gentle(), 4);
    ends.run(10 * SECOND);
    ends.a.sender.probing(true);
    ends.run(SECOND);
    ends.a.path.loss = 0.1;
    ends.run(5 * SECOND);
    assertTrue(ends.b.receiver.counters().lostPayloads() > 100);
    assertEquals(0, ends.a.feedback.peerLossEventRate());
    ends.a.sender.probing(false);
    ends.run(2 * SECOND);
    assertTrue(ends.a.feedback.peerLossEventRate() > 0);
  }

  /** The larger of two estimates counts, so that a slow tunnel has no fast round trips. */
  @Test
  void roundTripTimeIsNeverShorterThanTheTunnelsOwnDelays() {
    SenderSettings slow = SenderSettings.constantRate(SIZE, 400 * MS).withReports();
    SenderSettings slower = SenderSettings.constantRate(SIZE, 700 * MS).withReports();
    TwoEnds ends = new TwoEnds(slow, slower, 5);
    ends.run(60 * SECOND);
    TfsLab.assertNear(1100 * MS, ends.a.feedback.rttNanos(), 50 * MS);
    TfsLab.assertNear(1100 * MS, ends.b.feedback.rttNanos(), 50 * MS);
  }

  /** What is carried has no influence on when payloads leave. */
  @Test
  void theRateHidesTheTraffic() {
    TwoEnds idle = new TwoEnds(controlled(), controlled(), 6);
    TwoEnds busy = new TwoEnds(controlled(), controlled(), 6);
    idle.a.path.loss = 0.02;
    busy.a.path.loss = 0.02;
    for (int i = 0; i < 200; i++) {
      for (int k = 0; k < i % 7; k++) {
        TfsLab.offer(busy.a.sender, busy.now, TfsLab.packet(true, 40 + 9 * i, 1000 * i + k));
      }
      idle.run(100 * MS);
      busy.run(100 * MS);
    }
    assertEquals(idle.a.path.times, busy.a.path.times);
    assertEquals(idle.a.path.sizes, busy.a.path.sizes);
    assertTrue(busy.b.delivered.size() > 300, busy.b.delivered.size() + " delivered");
  }

  /** At least once per round trip, also from an end that has nothing to send. */
  @Test
  void anEndOnDemandReports() {
    TwoEnds ends = new TwoEnds(controlled(), SenderSettings.onDemand(SIZE, 0).withReports(), 8);
    ends.run(20 * SECOND);
    assertEquals(5000, ends.a.rate(), 0.01);
    double reports = measured(ends, ends.b, 10 * SECOND);
    assertTrue(reports >= 18 && reports <= 25, reports + " reports in a second, at 50 ms");
    assertTrue(ends.b.path.sizes.stream().allMatch(size -> size == 25));
  }

  @Test
  void idleEndsOnDemandFallSilent() {
    SenderSettings onDemand = SenderSettings.onDemand(SIZE, 0).withReports();
    TwoEnds ends = new TwoEnds(onDemand, onDemand, 9);
    byte[] packet = TfsLab.packet(true, 100, 1);
    TfsLab.offer(ends.a.sender, 0, packet);
    ends.run(10 * SECOND);
    TfsLab.assertSame(List.of(packet), ends.b.delivered);
    assertEquals(1, ends.a.path.times.size());
    assertEquals(1, ends.b.path.times.size());
    assertEquals(1, ends.a.feedback.reports());
  }

  /** An SA without AGGFRAG carries empty payloads back (RFC 9347 2.2.4). */
  @Test
  void emptyPayloadsReport() {
    AggfragFeedback reporting = new AggfragFeedback();
    AggfragFeedback reported = new AggfragFeedback();
    var burst = TfsLab.burst(1, 24);
    assertTrue(reporting.report(5 * MS, burst));
    assertFalse(reporting.report(5 * MS, burst), "no room");
    assertEquals(24, burst.length(0));
    AggfragReceiver receiver = new AggfragReceiver(ReceiverSettings.DEFAULT, reported, TfsLab.ANY);
    receiver.receive(6 * MS, burst, 0, 1, false);
    assertTrue(TfsLab.drain(receiver, 6 * MS).isEmpty());
    assertEquals(1, reported.reports());
    assertEquals(0, receiver.counters().drops());
  }

  private static SenderSettings breaking() {
    return SenderSettings.constantRate(SIZE, 5 * MS)
        .withBreaker(new BreakerSettings(0.2, 5 * SECOND));
  }

  @Test
  void theBreakerOpensWhenLossLasts() {
    TwoEnds ends = new TwoEnds(breaking(), breaking(), 10);
    ends.a.path.loss = 0.02;
    ends.run(60 * SECOND);
    assertFalse(ends.a.sender.isTripped(), "a little loss");
    TfsLab.assertNear(50, ends.a.feedback.peerLossEventRate(), 40);
    ends.a.path.loss = 0.6;
    ends.run(2 * SECOND);
    ends.a.path.loss = 0;
    ends.run(60 * SECOND);
    assertFalse(ends.a.sender.isTripped(), "loss that passed");

    TfsLab.offer(ends.a.sender, ends.now, TfsLab.packet(true, 60, 1));
    ends.a.path.loss = 0.6;
    ends.run(30 * SECOND);
    assertTrue(ends.a.sender.isTripped());
    assertEquals(
        DropReason.AGGFRAG_TRIPPED,
        TfsLab.offer(ends.a.sender, ends.now, TfsLab.packet(true, 60, 2)));
    assertEquals(AggfragSender.NEVER, ends.a.sender.nextTimeout());
    assertEquals(0, measured(ends, ends.a, 5 * SECOND));

    ends.a.path.loss = 0;
    ends.a.sender.reset(ends.now);
    ends.b.sender.reset(ends.now);
    assertEquals(200, measured(ends, ends.a, 5 * SECOND), 1);
  }

  /** RFC 8084: no reports are no good reports. */
  @Test
  void theBreakerOpensWhenReportsStayAway() {
    TwoEnds ends = new TwoEnds(breaking(), breaking(), 11);
    ends.run(20 * SECOND);
    assertFalse(ends.a.sender.isTripped());
    ends.b.path.cut = true;
    ends.run(4 * SECOND);
    assertFalse(ends.a.sender.isTripped());
    ends.run(2 * SECOND);
    assertTrue(ends.a.sender.isTripped());
  }

  /** Without congestion control neither loss nor traffic moves a payload. */
  @Test
  void theConstantRateStaysConstantUnderLoss() {
    SenderSettings constant = SenderSettings.constantRate(SIZE, 5 * MS).withReports();
    TwoEnds ends = new TwoEnds(constant, constant, 12);
    ends.a.path.loss = 0.2;
    for (int i = 0; i < 100; i++) {
      TfsLab.offer(ends.a.sender, ends.now, TfsLab.packet(false, 40 + 17 * i, i));
      ends.run(37 * MS);
    }
    Set<Long> distances = new TreeSet<>();
    for (int i = 1; i < ends.a.path.times.size(); i++) {
      distances.add(ends.a.path.times.get(i) - ends.a.path.times.get(i - 1));
    }
    assertEquals(Set.of(5 * MS), distances);
    assertTrue(ends.a.path.sizes.stream().allMatch(size -> size == SIZE));
    assertTrue(ends.a.feedback.peerLossEventRate() > 0, "loss is reported all the same");
  }
}
