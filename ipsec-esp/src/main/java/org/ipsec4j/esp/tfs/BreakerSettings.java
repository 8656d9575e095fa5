package org.ipsec4j.esp.tfs;

/**
 * When the circuit breaker of a tunnel without congestion control opens (RFC 9347 2.4.2.1, RFC
 * 8084): after loss, or silence of the peer's reports, has lasted.
 *
 * @param lossEventRate loss events per payload from which loss counts as too much, above 0, at most
 *     1
 * @param persistNanos how long it must last without a report of less
 */
public record BreakerSettings(double lossEventRate, long persistNanos) {
  /**
   * @throws IllegalArgumentException when a number is out of range
   */
  public BreakerSettings {
    if (!(lossEventRate > 0 && lossEventRate <= 1) || persistNanos < 1) {
      throw new IllegalArgumentException(
          "loss event rate " + lossEventRate + " for " + persistNanos + " ns");
    }
  }
}
