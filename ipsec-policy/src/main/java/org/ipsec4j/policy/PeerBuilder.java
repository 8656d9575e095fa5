package org.ipsec4j.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.IdentitySyntax;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.jspecify.annotations.Nullable;

/** Describes one peer to a {@link PolicyBuilder}, which makes and uses it. */
public final class PeerBuilder {
  private final String name;
  private @Nullable IpAddress localAddress;
  private final List<AddressRange> remoteAddresses = new ArrayList<>();
  private int localIkePort = Defaults.IKE_PORT;
  private int localNatPort = Defaults.NAT_PORT;
  private int remoteIkePort = Defaults.IKE_PORT;
  private int remoteNatPort = Defaults.NAT_PORT;
  private @Nullable Identity localIdentity;
  private @Nullable Identity remoteIdentity;
  private boolean anyRemoteIdentity;
  private @Nullable AuthMethod localAuth;
  private @Nullable AuthMethod remoteAuth;
  private IkeProfile ike = Defaults.ikeProfile();
  private final List<ChildProfile> children = new ArrayList<>();

  PeerBuilder(String name) {
    this.name = name;
  }

  /** Our outer address; when not said, the one that the route to the peer has. */
  public PeerBuilder localAddress(String address) {
    localAddress = IpAddress.parse(address);
    return this;
  }

  /**
   * Where the peer is: an address, network or range as {@link AddressRange#parse} reads it. Repeat
   * it for several; when not said, the peer may be anywhere. The first single address is where we
   * send when we initiate.
   */
  public PeerBuilder remoteAddress(String range) {
    remoteAddresses.add(AddressRange.parse(range));
    return this;
  }

  /** Our UDP ports, 500 and 4500 when not said. */
  public PeerBuilder localPorts(int ikePort, int natPort) {
    localIkePort = ikePort;
    localNatPort = natPort;
    return this;
  }

  /** The peer's UDP ports, 500 and 4500 when not said. */
  public PeerBuilder remotePorts(int ikePort, int natPort) {
    remoteIkePort = ikePort;
    remoteNatPort = natPort;
    return this;
  }

  /** What we claim to be, as {@link IdentitySyntax} reads it; our address when not said. */
  public PeerBuilder localId(String identity) {
    localIdentity = IdentitySyntax.parse(identity);
    return this;
  }

  /** What the peer must prove to be, likewise; its address when not said. */
  public PeerBuilder remoteId(String identity) {
    remoteIdentity = IdentitySyntax.parse(identity);
    return this;
  }

  /** The peer may be anyone whom its certificate proves. */
  public PeerBuilder anyRemoteId() {
    anyRemoteIdentity = true;
    return this;
  }

  /** Both sides prove themselves by the pre-shared key that the credentials hold by that name. */
  public PeerBuilder psk(String secretRef) {
    localAuth = new AuthMethod.Psk(secretRef);
    remoteAuth = localAuth;
    return this;
  }

  /**
   * Both sides prove themselves by certificates.
   *
   * @param credentialRef name of our certificate and key in the credentials
   * @param trustRef name of the trust anchors in the credentials
   */
  public PeerBuilder certificates(String credentialRef, String trustRef) {
    localAuth = new AuthMethod.Certificate(credentialRef);
    remoteAuth = new AuthMethod.Certificate(trustRef);
    return this;
  }

  /** How each side proves itself, when they differ. */
  public PeerBuilder auth(AuthMethod local, AuthMethod remote) {
    localAuth = local;
    remoteAuth = remote;
    return this;
  }

  /** How the IKE SA is run; replaces what the calls below have set. */
  public PeerBuilder ike(IkeProfile profile) {
    ike = profile;
    return this;
  }

  /** IKE proposals as {@link ProposalSyntax} reads them, the preferred first. */
  public PeerBuilder ikeProposals(String... proposals) {
    List<IkeProposal> read =
        Stream.of(proposals).map(text -> ProposalSyntax.ike(text, false).orThrow()).toList();
    ike = ike.withProposals(read);
    return this;
  }

  /** When ESP goes in UDP; only behind a NAT when not said. */
  public PeerBuilder encapsulation(IkeProfile.Encapsulation when) {
    ike = ike.withEncapsulation(when);
    return this;
  }

  /** When the IKE SA is rekeyed; zero for never. */
  public PeerBuilder ikeRekey(Duration after) {
    ike = ike.withLifetime(after, Defaults.hardLifetime(after));
    return this;
  }

  /** Adds a protected flow, described by {@code description}. */
  public PeerBuilder child(String childName, Consumer<ChildBuilder> description) {
    ChildBuilder child = new ChildBuilder(childName);
    description.accept(child);
    children.add(child.build());
    return this;
  }

  PadEntry build() {
    IpAddress endpoint =
        remoteAddresses.stream()
            .filter(range -> range.first().equals(range.last()))
            .map(AddressRange::first)
            .findFirst()
            .orElse(null);
    Identity ours = localIdentity;
    if (ours == null && localAddress != null) {
      ours = new Identity.Address(localAddress);
    }
    Identity theirs = remoteIdentity;
    if (theirs == null && endpoint != null) {
      theirs = new Identity.Address(endpoint);
    }
    if (ours == null || (theirs == null && !anyRemoteIdentity)) {
      throw new IllegalArgumentException(
          "peer `" + name + "`: say both identities, or the addresses that stand for them");
    }
    AuthMethod local = localAuth;
    AuthMethod remote = remoteAuth;
    if (local == null || remote == null) {
      throw new IllegalArgumentException("peer `" + name + "`: say how the sides prove themselves");
    }
    return new PadEntry(
        name,
        localAddress,
        remoteAddresses,
        endpoint,
        localIkePort,
        localNatPort,
        remoteIkePort,
        remoteNatPort,
        ours,
        anyRemoteIdentity ? null : theirs,
        local,
        remote,
        ike,
        children,
        Origin.PROGRAM);
  }
}
