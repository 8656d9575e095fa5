package org.ipsec4j.api.policy;

import java.util.List;

/**
 * The traffic that a responder grants (RFC 7296 2.9).
 *
 * @param profile the child that grants it
 * @param mode tunnel, or transport when both want it
 * @param localSelectors our side, a subset of what was asked
 * @param remoteSelectors the peer's side, a subset of what was asked
 */
public record NarrowedChild(
    ChildProfile profile,
    SaMode mode,
    List<TrafficSelector> localSelectors,
    List<TrafficSelector> remoteSelectors) {
  /** Copies the lists. */
  public NarrowedChild {
    localSelectors = List.copyOf(localSelectors);
    remoteSelectors = List.copyOf(remoteSelectors);
  }
}
