package org.ipsec4j.ike.engine;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/** What one side of a scenario thinks of the other; change a field, then {@link #entry()}. */
final class TestPeer {
  static final EncryptionTransform GCM =
      new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 128);
  static final EncryptionTransform CBC = new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 128);

  String name;
  String localAddress;
  String remoteAddress;
  Identity localIdentity;
  @Nullable Identity remoteIdentity;
  AuthMethod localAuth = new AuthMethod.Psk("psk");
  AuthMethod remoteAuth = new AuthMethod.Psk("psk");
  List<KeyExchangeMethod> methods = List.of(KeyExchangeMethod.X25519);
  List<EncryptionTransform> ikeEncryption = List.of(GCM);
  List<EncryptionTransform> espEncryption = List.of(GCM);
  List<KeyExchangeMethod> pfs = List.of();
  List<TrafficSelector> local;
  List<TrafficSelector> remote;
  SaMode mode = SaMode.TUNNEL;
  Duration ikeRekey = Duration.ZERO;
  Duration ikeHard = Duration.ZERO;
  Duration childRekey = Duration.ZERO;
  Duration childHard = Duration.ZERO;
  int jitter;
  Duration liveness = Duration.ofSeconds(30);
  boolean fragmentation = true;
  int fragmentSize = 1280;
  boolean always;
  boolean never;
  List<String> childNames = List.of("net");
  boolean anywhere;

  TestPeer(String self, String other) {
    this.name = other;
    this.localAddress = address(self);
    this.remoteAddress = address(other);
    this.localIdentity = new Identity.Fqdn(self + ".test");
    this.remoteIdentity = new Identity.Fqdn(other + ".test");
    this.local = List.of(TrafficSelector.of(network(self)));
    this.remote = List.of(TrafficSelector.of(network(other)));
  }

  static String address(String side) {
    return side.equals("alice") ? "192.0.2.1" : "192.0.2.2";
  }

  static String network(String side) {
    return side.equals("alice") ? "10.1.0.0/16" : "10.2.0.0/16";
  }

  private static List<IntegrityAlgorithm> integrity(List<EncryptionTransform> encryption) {
    return encryption.getFirst().algorithm().isAead()
        ? List.of()
        : List.of(IntegrityAlgorithm.HMAC_SHA2_256_128);
  }

  private ChildProfile child(String childName, int index) {
    List<TrafficSelector> ours = local;
    List<TrafficSelector> theirs = remote;
    if (index > 0) {
      // Further children: the same networks, for one protocol each.
      ours = List.of(new TrafficSelector(index + 5, 0, 65535, local.getFirst().addresses()));
      theirs = List.of(new TrafficSelector(index + 5, 0, 65535, remote.getFirst().addresses()));
    }
    return new ChildProfile(
        childName,
        ours,
        theirs,
        List.of(
            new ChildProposal(
                SecurityProtocol.ESP,
                espEncryption,
                integrity(espEncryption),
                pfs,
                List.of(false))),
        mode,
        childRekey,
        jitter,
        childHard,
        Lifetime.UNLIMITED,
        64,
        ChildProfile.StartAction.NONE,
        Origin.PROGRAM);
  }

  PadEntry entry() {
    List<ChildProfile> children =
        java.util.stream.IntStream.range(0, childNames.size())
            .mapToObj(i -> child(childNames.get(i), i))
            .toList();
    IkeProfile ike =
        new IkeProfile(
            List.of(
                new IkeProposal(
                    ikeEncryption,
                    integrity(ikeEncryption),
                    List.of(PrfAlgorithm.HMAC_SHA2_256),
                    methods)),
            ikeRekey,
            jitter,
            ikeHard,
            liveness,
            Duration.ofSeconds(1),
            180,
            5,
            fragmentation,
            fragmentSize,
            Duration.ofSeconds(20),
            never
                ? IkeProfile.Encapsulation.NEVER
                : always ? IkeProfile.Encapsulation.ALWAYS : IkeProfile.Encapsulation.WHEN_NATTED);
    return new PadEntry(
        name,
        IpAddress.parse(localAddress),
        anywhere ? List.of() : List.of(AddressRange.parse(remoteAddress)),
        IpAddress.parse(remoteAddress),
        500,
        4500,
        500,
        4500,
        localIdentity,
        remoteIdentity,
        localAuth,
        remoteAuth,
        ike,
        children,
        Origin.PROGRAM);
  }
}
