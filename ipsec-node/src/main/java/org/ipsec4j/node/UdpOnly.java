package org.ipsec4j.node;

import java.util.List;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;

/**
 * What a policy becomes on a node whose outer side is UDP alone: ESP goes in UDP with every peer,
 * because an SA with native ESP could be agreed and would carry nothing.
 */
final class UdpOnly {
  private UdpOnly() {}

  /** The same policy with encapsulation for all peers. */
  static PolicySet of(PolicySet policy) {
    List<PadEntry> peers = policy.peers().stream().map(UdpOnly::encapsulated).toList();
    return new PolicySet(
        policy.name(), policy.order(), peers, policy.manual(), policy.rules(), policy.origin());
  }

  private static PadEntry encapsulated(PadEntry peer) {
    return new PadEntry(
        peer.name(),
        peer.localAddress(),
        peer.remoteAddresses(),
        peer.remoteEndpoint(),
        peer.localIkePort(),
        peer.localNatPort(),
        peer.remoteIkePort(),
        peer.remoteNatPort(),
        peer.localIdentity(),
        peer.remoteIdentity(),
        peer.localAuth(),
        peer.remoteAuth(),
        peer.ike().withEncapsulation(IkeProfile.Encapsulation.ALWAYS),
        peer.children(),
        peer.origin());
  }
}
