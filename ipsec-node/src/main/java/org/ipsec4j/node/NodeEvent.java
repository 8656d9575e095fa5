package org.ipsec4j.node;

import org.ipsec4j.api.ike.IkeEvent;
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
   * A crypto provider was not accepted.
   *
   * @param reason which and why
   */
  record ProviderRefused(String reason) implements NodeEvent {}

  /**
   * A Child SA was agreed but its keys could not be set up.
   *
   * @param child which
   * @param reason why
   */
  record InstallFailed(ChildSaId child, String reason) implements NodeEvent {}

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
