package org.ipsec4j.node.crypto;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.esp.IpsecOutbound;
import org.ipsec4j.esp.OutboundBundle;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.policy.PolicyBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Measures what packets cost with a provider: packets of {@link CryptoRanking#OCTETS} octets on
 * their way out, in bursts of 32, through the packet path itself. The best burst counts, as
 * whatever else the machine does only makes bursts slower.
 */
final class Calibration {
  /** How long a provider is measured with one transform, and before that warmed up. */
  static final long NANOS = 10_000_000L;

  /** Most measurements at one start: 64 take a second and a half. */
  static final int MOST = 64;

  private static final int BURST = 32;

  /** Ends a measurement where the clock stands still. */
  private static final int MOST_BURSTS = 20_000;

  private final LongSupplier clock;
  private final ChildProfile profile;
  private final byte[] inner = inner();

  Calibration(LongSupplier clock) {
    this.clock = clock;
    this.profile =
        PolicyBuilder.named("calibration")
            .peer(
                "peer",
                peer ->
                    peer.localAddress("192.0.2.1")
                        .remoteAddress("192.0.2.2")
                        .psk("none")
                        .child("net", child -> child.local("10.1.0.0/16").remote("10.2.0.0/16")))
            .build()
            .peers()
            .getFirst()
            .children()
            .getFirst();
  }

  /**
   * Measures some providers with one transform.
   *
   * @return nanoseconds per packet; infinite for those whose packets fail
   */
  List<CryptoRanking.Entry> measure(PacketTransform transform, List<CryptoProvider> providers) {
    for (CryptoProvider provider : providers) {
      // code that has just been loaded is slower than it will be
      run(provider, transform);
    }
    List<CryptoRanking.Entry> entries = new ArrayList<>();
    for (CryptoProvider provider : providers) {
      double nanos = run(provider, transform);
      entries.add(new CryptoRanking.Entry(transform, provider.name(), nanos));
    }
    return entries;
  }

  private double run(CryptoProvider provider, PacketTransform transform) {
    SaKeys keys = keys(transform);
    PacketKey key = null;
    try (IpsecOutbound out = new IpsecOutbound(List.of(provider), BURST)) {
      key = provider.packetKey(transform, keys.encryption(), keys.integrity());
      OutboundSa sa = OutboundSa.of(child(transform, keys), key);
      return run(out, OutboundBundle.of(List.of(sa)));
    } catch (CryptoException | RuntimeException | LinkageError e) {
      return Double.POSITIVE_INFINITY;
    } finally {
      destroy(key);
      keys.destroy();
    }
  }

  private static void destroy(@Nullable PacketKey key) {
    if (key != null) {
      try {
        key.destroy();
      } catch (RuntimeException | LinkageError e) {
        // a provider that cannot even do this shows its worth elsewhere
        return;
      }
    }
  }

  private double run(IpsecOutbound out, OutboundBundle bundle) {
    PacketBurst burst =
        new PacketBurst(
            BURST, IpsecOutbound.maxHeadroom(1), inner.length, IpsecOutbound.maxTailroom(1));
    @Nullable OutboundBundle[] bundles = new OutboundBundle[BURST];
    java.util.Arrays.fill(bundles, bundle);
    ByteBuffer packet = ByteBuffer.wrap(inner);
    long best = Long.MAX_VALUE;
    long end = clock.getAsLong() + NANOS;
    for (int i = 0; i < MOST_BURSTS; i++) {
      burst.clear();
      while (burst.size() < BURST) {
        burst.add(packet.rewind());
      }
      long begun = clock.getAsLong();
      out.protect(burst, bundles, PacketForm.FULL_IP, 0);
      long now = clock.getAsLong();
      for (int k = 0; k < BURST; k++) {
        if (burst.dropReason(k) != DropReason.NONE) {
          return Double.POSITIVE_INFINITY;
        }
      }
      best = Math.min(best, now - begun);
      if (now >= end) {
        break;
      }
    }
    return Math.max(1, best) / (double) BURST;
  }

  private ChildSa child(PacketTransform transform, SaKeys keys) {
    return new ChildSa(
        new ChildSaId(1),
        IkeSaId.NONE,
        "peer",
        profile,
        SaMode.TUNNEL,
        transform,
        0x1000,
        0x1001,
        keys,
        keys,
        profile.localSelectors(),
        profile.remoteSelectors(),
        IpAddress.parse("192.0.2.1"),
        IpAddress.parse("192.0.2.2"),
        null,
        profile.replayWindow(),
        Lifetime.UNLIMITED,
        true);
  }

  /** Keys that protect nothing. */
  private static SaKeys keys(PacketTransform transform) {
    return new SaKeys(
        pattern(transform.encryption().keyingMaterialLength()),
        pattern(transform.integrity().keyLength()));
  }

  private static Secret pattern(int length) {
    byte[] octets = new byte[length];
    for (int i = 0; i < length; i++) {
      octets[i] = (byte) (37 * i + 11);
    }
    return Secret.adopt(octets);
  }

  /** An IPv4 packet of UDP from 10.1.0.7 to 10.2.0.7. */
  private static byte[] inner() {
    ByteBuffer packet = ByteBuffer.allocate(CryptoRanking.OCTETS);
    packet.putShort((short) 0x4500).putShort((short) CryptoRanking.OCTETS);
    packet.putInt(0).putShort((short) 0x4011).putShort((short) 0);
    packet.putInt(0x0a010007).putInt(0x0a020007);
    packet.putShort((short) 4000).putShort((short) 5000);
    packet.putShort((short) (CryptoRanking.OCTETS - 20)).putShort((short) 0);
    return packet.array();
  }
}
