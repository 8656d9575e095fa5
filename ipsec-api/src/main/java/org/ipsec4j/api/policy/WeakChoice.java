package org.ipsec4j.api.policy;

/**
 * A place of a policy that accepts weak algorithms, which monitors show as long as it does.
 *
 * @param origin where the child, or for IKE the peer, was written
 * @param peer the peer's name; {@link ManualChild#PEER} for manual keys
 * @param child the child's name; empty for the IKE SA
 * @param algorithms what is weak
 */
public record WeakChoice(Origin origin, String peer, String child, WeakAlgorithms algorithms) {
  /** {@code site.yaml:7: child `net` of peer `b`: `3des` is weak; use `aes256-sha256` instead}. */
  @Override
  public String toString() {
    String who = child.isEmpty() ? "IKE with peer" : "child `" + child + "` of peer";
    return origin + ": " + who + " `" + peer + "`: " + algorithms;
  }
}
