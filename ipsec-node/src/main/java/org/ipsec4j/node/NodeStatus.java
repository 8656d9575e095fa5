package org.ipsec4j.node;

import java.util.List;
import java.util.Map;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.WeakChoice;
import org.ipsec4j.api.sa.ChildSaId;

/**
 * What a node holds at one moment.
 *
 * @param ike IKE SAs as the engine has them
 * @param children installed Child SAs, lingering ones included
 * @param counters the node's counters
 * @param weakChoices where the policy accepts weak algorithms
 * @param crypto crypto providers for packets, in their order
 */
public record NodeStatus(
    IkeStatus ike,
    List<Child> children,
    NodeCounters.Snapshot counters,
    List<WeakChoice> weakChoices,
    List<Crypto> crypto) {
  /** Copies the lists. */
  public NodeStatus {
    children = List.copyOf(children);
    weakChoices = List.copyOf(weakChoices);
    crypto = List.copyOf(crypto);
  }

  /**
   * A crypto provider at work for packets.
   *
   * @param provider its name
   * @param version what stands behind it; may be empty
   * @param retired why it is not used any more; empty while it is used
   * @param sas SAs that are with it now; a Child SA has two
   * @param packets packets that it sealed or opened
   * @param bytesOut octets of text that it sealed
   * @param bytesIn octets of text that it opened
   * @param failures packets that failed with it
   * @param transforms the transforms of the policy that new SAs use it for, each with the
   *     nanoseconds that a packet of 1400 octets took; 0 where that was not measured
   */
  public record Crypto(
      String provider,
      String version,
      String retired,
      long sas,
      long packets,
      long bytesOut,
      long bytesIn,
      long failures,
      Map<String, Double> transforms) {
    /** Copies the map. */
    public Crypto {
      transforms = Map.copyOf(transforms);
    }
  }

  /**
   * An installed Child SA.
   *
   * @param peer name of the PAD entry
   * @param name name of the child
   * @param id its id
   * @param inboundSpi ours
   * @param outboundSpi the peer's
   * @param transform what protects it
   * @param local agreed, our side
   * @param remote agreed, the peer's side
   * @param packetsIn packets delivered from it
   * @param bytesIn their inner octets
   * @param packetsOut packets sent on it
   * @param bytesOut their inner octets
   * @param lingering whether it was replaced and only receives stragglers
   */
  public record Child(
      String peer,
      String name,
      ChildSaId id,
      int inboundSpi,
      int outboundSpi,
      String transform,
      List<TrafficSelector> local,
      List<TrafficSelector> remote,
      long packetsIn,
      long bytesIn,
      long packetsOut,
      long bytesOut,
      boolean lingering) {
    static Child of(Association association) {
      var sa = association.sa();
      return new Child(
          sa.peer(),
          sa.profile().name(),
          sa.id(),
          sa.inboundSpi(),
          sa.outboundSpi(),
          sa.transform().toString(),
          sa.localSelectors(),
          sa.remoteSelectors(),
          association.inbound().counters().packets(),
          association.inbound().counters().bytes(),
          association.outbound().counters().packets(),
          association.outbound().counters().bytes(),
          association.lingersUntil != Long.MAX_VALUE);
    }
  }
}
