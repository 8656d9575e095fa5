package org.ipsec4j.api.policy;

import java.time.Duration;
import java.util.List;

/**
 * One protected flow with a peer: what, how, and for how long.
 *
 * @param name unique among the children of its peer
 * @param localSelectors our side of the traffic
 * @param remoteSelectors the peer's side
 * @param proposals in order of preference
 * @param mode tunnel or transport
 * @param rekeyAfter when the Child SA is rekeyed; zero for never
 * @param rekeyJitterPercent random part by which the rekey comes earlier, 0 to 50
 * @param hardLifetime when a Child SA that could not be rekeyed dies; zero for never
 * @param lifetime volume limits
 * @param replayWindow packets, 64 to 4096
 * @param start what brings it up
 * @param origin where it was written
 */
public record ChildProfile(
    String name,
    List<TrafficSelector> localSelectors,
    List<TrafficSelector> remoteSelectors,
    List<ChildProposal> proposals,
    SaMode mode,
    Duration rekeyAfter,
    int rekeyJitterPercent,
    Duration hardLifetime,
    Lifetime lifetime,
    int replayWindow,
    StartAction start,
    Origin origin) {
  /** What brings a Child SA up. */
  public enum StartAction {
    /** Only the peer, or a command. */
    NONE,
    /** The first packet that matches. */
    ON_TRAFFIC,
    /** The start of the node; it is brought up again when it is lost. */
    INITIATE
  }

  /**
   * @throws IllegalArgumentException when something is missing or out of range
   */
  public ChildProfile {
    localSelectors = List.copyOf(localSelectors);
    remoteSelectors = List.copyOf(remoteSelectors);
    proposals = List.copyOf(proposals);
    if (localSelectors.isEmpty() || remoteSelectors.isEmpty() || proposals.isEmpty()) {
      throw new IllegalArgumentException("child `" + name + "` needs selectors and a proposal");
    }
    if (replayWindow < 64 || replayWindow > 4096) {
      throw new IllegalArgumentException("replay window " + replayWindow + " is not in 64..4096");
    }
    if (rekeyJitterPercent < 0 || rekeyJitterPercent > 50) {
      throw new IllegalArgumentException(
          "jitter of " + rekeyJitterPercent + " percent is not in 0..50");
    }
  }
}
