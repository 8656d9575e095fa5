package org.ipsec4j.node;

import java.util.List;
import java.util.Set;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.esp.manual.ManualSa;
import org.ipsec4j.node.crypto.ProviderChain;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link NodeCore} is made of.
 *
 * @param policy the policy in effect
 * @param crypto sets keys up and protects packets
 * @param natPorts our UDP ports where IKE and ESP are mixed, so that IKE wears the non-ESP marker
 * @param burst most packets per burst
 * @param maxPacket largest inner packet in octets
 * @param keySink receives keys in clear when the operator asked for it, or null
 * @param manual manual keys of the policy
 */
public record NodeSettings(
    PolicySet policy,
    ProviderChain crypto,
    Set<Integer> natPorts,
    int burst,
    int maxPacket,
    @Nullable KeySink keySink,
    Manual manual) {
  /** Octets that protection may put in front of a packet: two layers with their outer headers. */
  public static final int HEADROOM = 256;

  /** Octets that protection may put behind a packet: padding, trailer, ICV. */
  public static final int TAILROOM = 128;

  /**
   * Manual keys.
   *
   * @param layers the SAs of each manual child, the innermost layer first
   * @param sequences keeps their numbers across restarts; null when no child asks for it
   */
  public record Manual(List<List<ManualSa>> layers, @Nullable SequenceStore sequences) {
    /** None. */
    public static final Manual NONE = new Manual(List.of(), null);

    /** Copies the lists. */
    public Manual {
      layers = layers.stream().map(List::copyOf).toList();
    }
  }

  /** Without manual keys. */
  public NodeSettings(
      PolicySet policy,
      ProviderChain crypto,
      Set<Integer> natPorts,
      int burst,
      int maxPacket,
      @Nullable KeySink keySink) {
    this(policy, crypto, natPorts, burst, maxPacket, keySink, Manual.NONE);
  }

  /** Copies the set. */
  public NodeSettings {
    natPorts = Set.copyOf(natPorts);
  }

  /** Whether IKE wears the non-ESP marker on this port of ours. */
  public boolean isNatPort(int port) {
    return natPorts.contains(port);
  }

  /** A burst that fits packets of this node with their protection. */
  public org.ipsec4j.api.packet.PacketBurst newBurst() {
    return new org.ipsec4j.api.packet.PacketBurst(burst, HEADROOM, maxPacket, TAILROOM);
  }
}
