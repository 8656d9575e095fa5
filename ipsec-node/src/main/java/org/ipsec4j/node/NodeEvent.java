package org.ipsec4j.node;

import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.policy.WeakChoice;
import org.ipsec4j.api.sa.ChildSaId;

/** What a node tells its listeners. */
public sealed interface NodeEvent {
  /** Sockets are bound, policy is in effect. */
  record Started() implements NodeEvent {}

  /**
   * The IKE engine reports.
   *
   * @param event what happened
   */
  record Ike(IkeEvent event) implements NodeEvent {}

  /**
   * There are no raw sockets, so ESP goes in UDP with every peer.
   *
   * @param reason why, and what to do
   */
  record NoNativePath(String reason) implements NodeEvent {}

  /**
   * A crypto provider was not accepted.
   *
   * @param reason which and why
   */
  record ProviderRefused(String reason) implements NodeEvent {}

  /**
   * The policy accepts weak algorithms; told when the node starts, and in {@link
   * NodeStatus#weakChoices} as long as it runs.
   *
   * @param choice where, which, and what to use instead
   */
  record WeakAlgorithms(WeakChoice choice) implements NodeEvent {}

  /**
   * A Child SA was agreed but its keys could not be set up.
   *
   * @param child which
   * @param reason why
   */
  record InstallFailed(ChildSaId child, String reason) implements NodeEvent {}

  /**
   * A child with manual keys came, goes or went; nobody renews it.
   *
   * @param name of the manual child
   * @param change what happened
   * @param inboundSpi of its innermost layer
   * @param outboundSpi likewise
   * @param transform what protects it, the innermost layer first
   */
  record Manual(String name, Change change, int inboundSpi, int outboundSpi, String transform)
      implements NodeEvent {
    /** What happens to manual keys. */
    public enum Change {
      /** Packets flow. */
      UP,
      /** A soft limit was passed: it is time to agree on new keys. */
      ENDING,
      /** A hard limit was reached: nothing passes any more. */
      EXPIRED,
      /** Removed by a command. */
      DOWN
    }
  }

  /**
   * Something went wrong inside; the node goes on.
   *
   * @param what one sentence
   */
  record Trouble(String what) implements NodeEvent {}

  /**
   * The node is at its end; nothing follows.
   *
   * @param counters the last counters
   */
  record Stopped(NodeCounters.Snapshot counters) implements NodeEvent {}
}
