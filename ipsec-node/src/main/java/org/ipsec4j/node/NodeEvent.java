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
   * Which crypto provider protects packets with a transform of the policy; told when the node
   * starts, when providers were measured.
   *
   * @param transform what
   * @param provider who
   * @param nanosPerPacket what a packet of 1400 octets took, in bursts of 32
   * @param cached whether that was measured at an earlier start
   */
  record CryptoChosen(String transform, String provider, double nanosPerPacket, boolean cached)
      implements NodeEvent {}

  /**
   * A crypto provider failed at run time, or became slow, and is not used any more. Its SAs have
   * been moved before the next burst of packets.
   *
   * @param from the provider
   * @param to where its SAs went: names with commas between; empty when none had to move
   * @param reason what it did
   * @param moved SAs that were moved; a Child SA has two
   * @param lost SAs that no other provider can carry; {@link CryptoLost} names them
   */
  record CryptoFailedOver(String from, String to, String reason, int moved, int lost)
      implements NodeEvent {}

  /**
   * A Child SA was removed, as no crypto provider is left that can carry it.
   *
   * @param child which
   * @param peer name of the PAD entry
   * @param name name of the child
   * @param transform what nobody offers any more
   * @param diagnosis why, and what to do
   */
  record CryptoLost(ChildSaId child, String peer, String name, String transform, String diagnosis)
      implements NodeEvent {}

  /**
   * A crypto provider passed its known answers again and is used again.
   *
   * @param provider which
   * @param moved SAs that went back to it
   */
  record CryptoReadmitted(String provider, int moved) implements NodeEvent {}

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
