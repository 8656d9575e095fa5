package org.ipsec4j.node;

import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.policy.PolicyBuilder;

/** Child SAs and policies of one node, as if they had been negotiated. */
final class Sas {
  static final JcaCryptoProvider CRYPTO = new JcaCryptoProvider();
  static final Endpoint US = new Endpoint(IpAddress.parse("192.0.2.1"), 4500);
  static final Endpoint THEM = new Endpoint(IpAddress.parse("192.0.2.2"), 4500);
  static final String OURS = "10.1.0.0/24";
  static final String THEIRS = "10.2.0.0/24";

  private static final PacketTransform GCM =
      PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);

  private Sas() {}

  /** A policy whose peer {@code b} has the child {@code net}; all else is as the rules say. */
  static PolicySet policy(StartAction start) {
    return PolicyBuilder.named("a")
        .bypass("clear", TrafficSelector.of(OURS), TrafficSelector.of("10.9.0.0/24"))
        .discard("never", TrafficSelector.of(OURS), TrafficSelector.of("10.2.0.99"))
        .peer(
            "b",
            peer ->
                peer.localAddress("192.0.2.1")
                    .remoteAddress("192.0.2.2")
                    .psk("key")
                    .child("net", child -> child.local(OURS).remote(THEIRS).start(start)))
        .build();
  }

  /** The SA number {@code id} of our side, of the child of that policy. */
  static ChildSa ours(PolicySet policy, int id) {
    ChildProfile profile = policy.peers().getFirst().children().getFirst();
    return new ChildSa(
        new ChildSaId(id),
        new IkeSaId(1, 2),
        "b",
        profile,
        profile.mode(),
        GCM,
        inboundSpi(id),
        outboundSpi(id),
        keys(2 * id),
        keys(2 * id + 1),
        profile.localSelectors(),
        profile.remoteSelectors(),
        US.address(),
        THEM.address(),
        new UdpEncapsulation(US, THEM),
        profile.replayWindow(),
        profile.lifetime(),
        true);
  }

  /** What the peer has of the same SA. */
  static ChildSa theirs(ChildSa sa, int id) {
    return new ChildSa(
        sa.id(),
        sa.ikeSa(),
        "b",
        sa.profile(),
        sa.mode(),
        GCM,
        sa.outboundSpi(),
        sa.inboundSpi(),
        keys(2 * id + 1),
        keys(2 * id),
        sa.remoteSelectors(),
        sa.localSelectors(),
        THEM.address(),
        US.address(),
        new UdpEncapsulation(THEM, US),
        sa.replayWindow(),
        sa.lifetime(),
        false);
  }

  /** The same SA for narrower traffic. */
  static ChildSa narrowed(ChildSa sa, String remote) {
    return new ChildSa(
        sa.id(),
        sa.ikeSa(),
        sa.peer(),
        sa.profile(),
        sa.mode(),
        sa.transform(),
        sa.inboundSpi(),
        sa.outboundSpi(),
        sa.inboundKeys(),
        sa.outboundKeys(),
        sa.localSelectors(),
        List.of(TrafficSelector.of(remote)),
        sa.localAddress(),
        sa.remoteAddress(),
        sa.encapsulation(),
        sa.replayWindow(),
        sa.lifetime(),
        sa.initiator());
  }

  /** The same SA, with us as the responder of its exchange. */
  static ChildSa answered(ChildSa sa) {
    return new ChildSa(
        sa.id(),
        sa.ikeSa(),
        sa.peer(),
        sa.profile(),
        sa.mode(),
        sa.transform(),
        sa.inboundSpi(),
        sa.outboundSpi(),
        sa.inboundKeys(),
        sa.outboundKeys(),
        sa.localSelectors(),
        sa.remoteSelectors(),
        sa.localAddress(),
        sa.remoteAddress(),
        sa.encapsulation(),
        sa.replayWindow(),
        sa.lifetime(),
        false);
  }

  static int inboundSpi(int id) {
    return 0x1000 + id;
  }

  static int outboundSpi(int id) {
    return 0x2000 + id;
  }

  private static SaKeys keys(int seed) {
    byte[] key = new byte[20];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (seed * 31 + i);
    }
    return new SaKeys(Secret.adopt(key), Secret.adopt(new byte[0]));
  }
}
