package org.ipsec4j.api.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the Security Policy Database (RFC 4301 4.4.1), seen from this node: local is our side
 * in both directions.
 *
 * @param name unique in the policy
 * @param action what becomes of the traffic
 * @param localSelectors our side
 * @param remoteSelectors the other side
 * @param peer for PROTECT, name of the PAD entry; null otherwise
 * @param child for PROTECT, name of the child; null otherwise
 * @param origin where it was written
 */
public record SpdRule(
    String name,
    Action action,
    List<TrafficSelector> localSelectors,
    List<TrafficSelector> remoteSelectors,
    @Nullable String peer,
    @Nullable String child,
    Origin origin) {
  /** What becomes of traffic. */
  public enum Action {
    /** Protected by an SA. */
    PROTECT,
    /** Passes in clear. */
    BYPASS,
    /** Goes no further. */
    DISCARD
  }

  /**
   * @throws IllegalArgumentException when PROTECT names no child, or another action does
   */
  public SpdRule {
    localSelectors = List.copyOf(localSelectors);
    remoteSelectors = List.copyOf(remoteSelectors);
    if ((action == Action.PROTECT) != (peer != null && child != null)) {
      throw new IllegalArgumentException(
          "rule `" + name + "`: PROTECT, and only it, names a child");
    }
  }
}
