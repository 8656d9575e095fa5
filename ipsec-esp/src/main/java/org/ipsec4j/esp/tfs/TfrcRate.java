package org.ipsec4j.esp.tfs;

/**
 * The sender's rate under congestion control, by RFC 5348 with the choices of RFC 9347 Appendix B:
 * the payload is the segment, and the receive rate is taken to be the send rate, so that the rate
 * at most doubles within a round trip.
 */
final class TfrcRate {
  private static final double SECOND = 1e9;

  /** Before there is a round-trip time (RFC 5348 4.2). */
  private static final long FIRST_NO_FEEDBACK = 2_000_000_000L;

  private static final double INITIAL_RATE = 1;
  private static final int INITIAL_WINDOW_OCTETS = 4380;

  private final double slowest;
  private final double fastest;
  private final double initialWindow;
  private double rate;
  private boolean established;
  private long lastRise;
  private long noFeedbackAt;

  TfrcRate(Pace.CongestionControlled pace, int payloadSize, long now) {
    slowest = SECOND / pace.slowestNanos();
    fastest = SECOND / pace.fastestNanos();
    initialWindow = Math.min(4, Math.max(2, (double) INITIAL_WINDOW_OCTETS / payloadSize));
    rate = clamp(INITIAL_RATE);
    noFeedbackAt = now + FIRST_NO_FEEDBACK;
  }

  /** Payloads per second. */
  double rate() {
    return rate;
  }

  long intervalNanos() {
    return Math.max(1, Math.round(SECOND / rate));
  }

  /** When {@link #onTime} has something to do. */
  long noFeedbackAt() {
    return noFeedbackAt;
  }

  /**
   * The peer reported.
   *
   * @param rtt round-trip time in nanoseconds; 0 while unknown
   * @param inverseLossEventRate as the peer sent it; 0 for no loss
   */
  void onReport(long now, long rtt, long inverseLossEventRate) {
    if (rtt > 0) {
      double seconds = rtt / SECOND;
      double allowed =
          inverseLossEventRate == 0
              ? Double.MAX_VALUE
              : TcpEquation.rate(seconds, 1.0 / inverseLossEventRate);
      if (!established) {
        established = true;
        lastRise = now;
        rate = clamp(Math.min(allowed, Math.max(rate, initialWindow / seconds)));
      } else if (allowed < rate) {
        rate = clamp(allowed);
      } else if (now - lastRise >= rtt) {
        // slow start while nothing is lost, else up to what the equation allows
        double floor = inverseLossEventRate == 0 ? initialWindow / seconds : 0;
        rate = clamp(Math.min(allowed, Math.max(2 * rate, floor)));
        lastRise = now;
      }
    }
    noFeedbackAt = now + noFeedbackTime(rtt);
  }

  /** Halves the rate when no report came for four round trips (RFC 9347 2.4.2, RFC 5348 4.4). */
  void onTime(long now, long rtt) {
    if (now >= noFeedbackAt) {
      rate = clamp(rate / 2);
      noFeedbackAt = now + noFeedbackTime(rtt);
    }
  }

  private long noFeedbackTime(long rtt) {
    return rtt == 0 ? FIRST_NO_FEEDBACK : Math.max(4 * rtt, 2 * intervalNanos());
  }

  private double clamp(double wanted) {
    return Math.min(fastest, Math.max(slowest, wanted));
  }
}
