package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;

/** Several SAs between the two ends of a {@link Lab}, and the way through them. */
@NullUnmarked
final class BundleLab {
  static final PacketTransform AH = AhLab.ah(IntegrityAlgorithm.HMAC_SHA2_256_128, false);

  final Sad sad = new Sad();
  final AhCrypto crypto;
  final List<OutboundSa> outbound = new ArrayList<>();
  final List<InboundSa> inbound = new ArrayList<>();
  private int nextSpi = 0x1000;

  BundleLab() {
    this(new AhCrypto());
  }

  BundleLab(AhCrypto crypto) {
    this.crypto = crypto;
  }

  /** Makes both halves of an SA; the first is the innermost of what {@link #bundle} gives. */
  BundleLab add(PacketTransform transform, SaMode mode, boolean v4, SaBundle.Place place) {
    return add(transform, mode, v4, place, new Lab());
  }

  /**
   * @param base what else the SA shall be
   */
  BundleLab add(
      PacketTransform transform, SaMode mode, boolean v4, SaBundle.Place place, Lab base) {
    base.crypto = crypto;
    base.transform = transform;
    base.mode = mode;
    base.outerV4 = v4;
    base.spi = nextSpi++;
    SaOptions options = SaOptions.DEFAULT.withPlace(place);
    outbound.add(OutboundSa.of(base.child(true), base.key(), options));
    inbound.add(InboundSa.of(base.child(false), base.key(), options));
    sad.install(inbound.get(inbound.size() - 1));
    return this;
  }

  OutboundBundle bundle() {
    return OutboundBundle.of(outbound);
  }

  IpsecOutbound sealer() {
    return new IpsecOutbound(List.of(crypto), 64);
  }

  IpsecInbound opener() {
    Lab lab = new Lab();
    Lab six = new Lab();
    six.outerV4 = false;
    return new IpsecInbound(sad, List.of(crypto), 64)
        .withLocalAddresses(LocalAddresses.of(List.of(lab.receiver(), six.receiver())));
  }

  static PacketBurst burst(byte[]... packets) {
    int layers = SaBundle.MAX_LAYERS + 2;
    PacketBurst burst =
        new PacketBurst(
            packets.length,
            IpsecOutbound.maxHeadroom(layers),
            9000,
            IpsecOutbound.maxTailroom(layers));
    for (byte[] packet : packets) {
      burst.add(ByteBuffer.wrap(packet));
    }
    return burst;
  }

  PacketBurst protect(OutboundBundle bundle, PacketForm form, byte[]... packets) {
    PacketBurst burst = burst(packets);
    OutboundBundle[] bundles = new OutboundBundle[packets.length];
    Arrays.fill(bundles, bundle);
    try (IpsecOutbound sealer = sealer()) {
      sealer.protect(burst, bundles, form, 1);
    }
    return burst;
  }

  /** Protects one packet that must pass. */
  byte[] seal(byte[] packet, OutboundSa... innermostFirst) {
    OutboundBundle bundle = OutboundBundle.of(List.of(innermostFirst));
    PacketBurst burst = protect(bundle, PacketForm.FULL_IP, packet);
    if (!burst.isAlive(0)) {
      throw new AssertionError("not sealed: " + burst.dropReason(0));
    }
    return Lab.window(burst, 0);
  }

  static boolean isAh(SecurityAssociation sa) {
    return sa.protocol() == SecurityProtocol.AH;
  }
}
