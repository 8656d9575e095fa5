package org.ipsec4j.esp.tfs;

/** The throughput of TCP under loss (RFC 5348 3.1 with b = 1 and t_RTO = 4 R; RFC 9347 B). */
final class TcpEquation {
  private static final double LEAST_LOSS = 1e-9;
  private static final int BISECTIONS = 48;

  private TcpEquation() {}

  /**
   * Packets per second.
   *
   * @param rttSeconds round-trip time, above 0
   * @param lossEventRate above 0, at most 1
   */
  static double rate(double rttSeconds, double lossEventRate) {
    double p = lossEventRate;
    double linear = Math.sqrt(2 * p / 3);
    double timeouts = 12 * Math.sqrt(3 * p / 8) * p * (1 + 32 * p * p);
    return 1 / (rttSeconds * (linear + timeouts));
  }

  /** The loss event rate at which TCP would reach a rate: the inverse of {@link #rate}. */
  static double lossEventRate(double rttSeconds, double packetsPerSecond) {
    double low = LEAST_LOSS;
    double high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = Math.sqrt(low * high);
      if (rate(rttSeconds, middle) > packetsPerSecond) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
