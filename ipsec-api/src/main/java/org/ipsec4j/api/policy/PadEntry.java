package org.ipsec4j.api.policy;

import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the Peer Authorization Database (RFC 4301 4.4.3): who the peer is, how both sides
 * prove themselves, and which Child SAs it may have.
 *
 * @param name unique in the policy
 * @param localAddress our outer address; null for the one that the route to the peer has
 * @param remoteAddresses where the peer may be; empty for anywhere
 * @param remoteEndpoint where we send when we initiate; null when we only respond
 * @param localIkePort UDP port of ours, 500 by default
 * @param localNatPort UDP port of ours for encapsulation, 4500 by default
 * @param remoteIkePort the peer's
 * @param remoteNatPort the peer's
 * @param localIdentity what we claim to be
 * @param remoteIdentity what the peer must prove to be; null for any identity that its certificate
 *     proves
 * @param localAuth how we prove it
 * @param remoteAuth how the peer must prove it
 * @param ike how the IKE SA is run
 * @param children protected flows in order
 * @param origin where it was written
 */
public record PadEntry(
    String name,
    @Nullable IpAddress localAddress,
    List<AddressRange> remoteAddresses,
    @Nullable IpAddress remoteEndpoint,
    int localIkePort,
    int localNatPort,
    int remoteIkePort,
    int remoteNatPort,
    Identity localIdentity,
    @Nullable Identity remoteIdentity,
    AuthMethod localAuth,
    AuthMethod remoteAuth,
    IkeProfile ike,
    List<ChildProfile> children,
    Origin origin) {
  /** Copies the lists. */
  public PadEntry {
    remoteAddresses = List.copyOf(remoteAddresses);
    children = List.copyOf(children);
  }

  /** The child of that name. */
  public Optional<ChildProfile> child(String childName) {
    return children.stream().filter(child -> child.name().equals(childName)).findFirst();
  }

  /** Whether the peer may be at {@code address}. */
  public boolean mayBeAt(IpAddress address) {
    return remoteAddresses.isEmpty()
        || remoteAddresses.stream().anyMatch(range -> range.contains(address));
  }
}
