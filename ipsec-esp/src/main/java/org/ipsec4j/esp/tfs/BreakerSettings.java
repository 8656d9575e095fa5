package org.ipsec4j.esp.tfs;

/**
 * When the circuit breaker of a tunnel without congestion control opens (RFC 9347 2.4.2.1, RFC
 * 8084): after loss, or silence of the peer's reports, has lasted.
 *
 * <p>A sender with a breaker tells the peer no round-trip time, so that each loss is an event of
 * its own in the peer's measure (RFC 5348 5.2): the rate that it reports is then the plain loss
 * rate, however fast the tunnel is.
 *
 * @param lossRate lost part of the payloads from which loss counts as too much, above 0, at most 1;
 *     reports come in steps of 1, 1/2, 1/3 and so on
 * @param persistNanos how long it must last without a report of less
 */
public record BreakerSettings(double lossRate, long persistNanos) {
  /**
   * @throws IllegalArgumentException when a number is out of range
   */
  public BreakerSettings {
    if (!(lossRate > 0 && lossRate <= 1) || persistNanos < 1) {
      throw new IllegalArgumentException("loss rate " + lossRate + " for " + persistNanos + " ns");
    }
  }
}
