package org.ipsec4j.api.policy;

import java.time.Duration;
import java.util.List;

/**
 * How an IKE SA with a peer is run.
 *
 * @param proposals in order of preference
 * @param rekeyAfter when the IKE SA is rekeyed; zero for never
 * @param rekeyJitterPercent random part by which the rekey comes earlier, 0 to 50
 * @param hardLifetime when an IKE SA that could not be rekeyed dies; zero for never
 * @param liveness idle time after which the peer is probed (RFC 7296 2.4); zero for never
 * @param retransmitInitial first retransmission time-out
 * @param retransmitFactorPercent growth per retransmission, 100 or more
 * @param retransmitTries transmissions before the peer is given up
 * @param fragmentation whether RFC 7383 is offered and accepted
 * @param fragmentSize largest IKE datagram in octets with its IP and UDP header when fragmented
 * @param natKeepalive interval of NAT keepalives (RFC 3948 4)
 * @param encapsulation when ESP goes in UDP
 */
public record IkeProfile(
    List<IkeProposal> proposals,
    Duration rekeyAfter,
    int rekeyJitterPercent,
    Duration hardLifetime,
    Duration liveness,
    Duration retransmitInitial,
    int retransmitFactorPercent,
    int retransmitTries,
    boolean fragmentation,
    int fragmentSize,
    Duration natKeepalive,
    Encapsulation encapsulation) {
  /** When ESP goes in UDP. */
  public enum Encapsulation {
    /** When a NAT is detected (RFC 7296 2.23). */
    WHEN_NATTED,
    /** Always: the NAT detection payloads are made not to match. */
    ALWAYS,
    /**
     * Never: NAT detection is neither offered nor answered, and ESP is always native. Behind a NAT
     * nothing will pass.
     */
    NEVER
  }

  /**
   * @throws IllegalArgumentException when a number is out of range
   */
  public IkeProfile {
    proposals = List.copyOf(proposals);
    if (proposals.isEmpty()) {
      throw new IllegalArgumentException("an IKE profile needs a proposal");
    }
    if (rekeyJitterPercent < 0 || rekeyJitterPercent > 50) {
      throw new IllegalArgumentException(
          "jitter of " + rekeyJitterPercent + " percent is not in 0..50");
    }
    if (retransmitFactorPercent < 100 || retransmitTries < 1 || retransmitTries > 100) {
      throw new IllegalArgumentException(
          "retransmission factor below 100 percent or tries not in 1..100");
    }
    if (retransmitInitial.isNegative() || retransmitInitial.isZero()) {
      throw new IllegalArgumentException("the first retransmission time-out must be positive");
    }
    if (fragmentSize < 576 || fragmentSize > 65535) {
      throw new IllegalArgumentException("fragment size " + fragmentSize + " is not in 576..65535");
    }
  }

  /** The same with other proposals. */
  public IkeProfile withProposals(List<IkeProposal> others) {
    return new IkeProfile(
        others,
        rekeyAfter,
        rekeyJitterPercent,
        hardLifetime,
        liveness,
        retransmitInitial,
        retransmitFactorPercent,
        retransmitTries,
        fragmentation,
        fragmentSize,
        natKeepalive,
        encapsulation);
  }

  /** The same with another rekey time, and the hard lifetime after which it ends at the latest. */
  public IkeProfile withLifetime(Duration rekey, Duration hard) {
    return new IkeProfile(
        proposals,
        rekey,
        rekeyJitterPercent,
        hard,
        liveness,
        retransmitInitial,
        retransmitFactorPercent,
        retransmitTries,
        fragmentation,
        fragmentSize,
        natKeepalive,
        encapsulation);
  }

  /** The same with another choice of UDP encapsulation. */
  public IkeProfile withEncapsulation(Encapsulation other) {
    return new IkeProfile(
        proposals,
        rekeyAfter,
        rekeyJitterPercent,
        hardLifetime,
        liveness,
        retransmitInitial,
        retransmitFactorPercent,
        retransmitTries,
        fragmentation,
        fragmentSize,
        natKeepalive,
        other);
  }
}
