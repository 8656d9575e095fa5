package org.ipsec4j.benchmarks;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.policy.PolicyBuilder;
import org.jspecify.annotations.Nullable;

/** Child SAs and packets to measure with. */
final class Associations {
  private static final int SPI = 0x12345678;
  private static final String US = "192.0.2.1";
  private static final String THEM = "192.0.2.2";

  private Associations() {}

  /** An SA that talks to itself: what its outbound half seals, its inbound half opens. */
  static ChildSa looped(PacketTransform transform) {
    IpAddress us = IpAddress.parse(US);
    IpAddress them = IpAddress.parse(THEM);
    return looped(
        transform,
        SaMode.TUNNEL,
        new UdpEncapsulation(new Endpoint(us, 4500), new Endpoint(them, 4500)));
  }

  /** The same in any mode, in UDP or not. */
  static ChildSa looped(
      PacketTransform transform, SaMode mode, @Nullable UdpEncapsulation encapsulation) {
    List<TrafficSelector> any = List.of(TrafficSelector.of("0.0.0.0/0"));
    ChildProfile profile =
        PolicyBuilder.named("benchmark")
            .peer(
                "peer",
                peer ->
                    peer.localAddress(US)
                        .remoteAddress(THEM)
                        .psk("key")
                        .child("all", child -> child.local(any.get(0)).remote(any.get(0))))
            .build()
            .peers()
            .get(0)
            .children()
            .get(0);
    return new ChildSa(
        new ChildSaId(1),
        new IkeSaId(1, 2),
        "peer",
        profile,
        mode,
        transform,
        SPI,
        SPI,
        keys(transform),
        keys(transform),
        any,
        any,
        IpAddress.parse(US),
        IpAddress.parse(THEM),
        encapsulation,
        profile.replayWindow(),
        profile.lifetime(),
        true);
  }

  /**
   * Many SAs that talk to themselves, each with an SPI, keys, ends and one inner address of its
   * own, as the road warriors of a gateway have. Selectors that are the same, profiles and
   * transforms are shared, as they are in the engine of the key exchange.
   *
   * @return the SA of an index, 0 or more; SPIs are spread over all values
   */
  static IntFunction<ChildSa> many(PacketTransform transform) {
    ChildSa model = looped(transform, SaMode.TUNNEL, null);
    return i -> {
      int spi = (i + 1) * 0x9e3779b1;
      IpAddress inner = IpAddress.v4(inner(i));
      return new ChildSa(
          new ChildSaId(i),
          new IkeSaId(i, ~i),
          model.peer(),
          model.profile(),
          SaMode.TUNNEL,
          transform,
          spi,
          spi,
          keys(transform),
          keys(transform),
          model.localSelectors(),
          List.of(TrafficSelector.of(AddressRange.single(inner))),
          model.localAddress(),
          IpAddress.v4(0xc6000000 + i),
          null,
          model.replayWindow(),
          model.lifetime(),
          true);
    };
  }

  /** The one inner address of the peer of SA {@code index} of {@link #many}. */
  static int inner(int index) {
    return 0x0b000000 + index;
  }

  private static SaKeys keys(PacketTransform transform) {
    byte[] encryption = new byte[transform.encryption().keyingMaterialLength()];
    Arrays.fill(encryption, (byte) 0x5a);
    byte[] integrity = new byte[transform.integrity().keyLength()];
    Arrays.fill(integrity, (byte) 0x3c);
    return new SaKeys(Secret.adopt(encryption), Secret.adopt(integrity));
  }

  /** An IPv4/UDP packet. */
  static byte[] packet(int size) {
    ByteBuffer packet = ByteBuffer.allocate(size);
    packet.putShort((short) 0x4500).putShort((short) size).putInt(0);
    packet.put((byte) 64).put((byte) 17).putShort((short) 0);
    packet.putInt(0x0a010007).putInt(0x0a020007);
    packet.putShort((short) 4000).putShort((short) 5000).putShort((short) (size - 20));
    return packet.array();
  }
}
