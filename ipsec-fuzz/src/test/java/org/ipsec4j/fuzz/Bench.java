package org.ipsec4j.fuzz;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.esp.AddressPair;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.SaOptions;

/** Both halves of one SA, made to order. */
record Bench(
    CryptoProvider crypto, PacketTransform transform, SaMode mode, boolean outerV4, boolean udp) {
  static final int SPI = 0xc0ffee01;

  private static final List<TrafficSelector> ANY =
      List.of(TrafficSelector.of("0.0.0.0/0"), TrafficSelector.of("::/0"));

  static PacketTransform esp(boolean combined, boolean esn) {
    return combined
        ? PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, esn)
        : PacketTransform.esp(
            EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, esn);
  }

  static PacketTransform ah(boolean sha2, boolean esn) {
    return new PacketTransform(
        SecurityProtocol.AH,
        new EncryptionTransform(EncryptionAlgorithm.NULL, 0),
        sha2 ? IntegrityAlgorithm.HMAC_SHA2_256_128 : IntegrityAlgorithm.HMAC_SHA1_96,
        esn);
  }

  IpAddress sender() {
    return IpAddress.parse(outerV4 ? "192.0.2.1" : "2001:db8::1");
  }

  IpAddress receiver() {
    return IpAddress.parse(outerV4 ? "198.51.100.2" : "2001:db8:ffff::2");
  }

  /** In BEET mode the hosts see addresses of the other family. */
  private SaOptions options(SaOptions options, boolean sends) {
    if (mode != SaMode.BEET) {
      return options;
    }
    IpAddress near = IpAddress.parse(outerV4 ? "2001:db8::a" : "10.0.0.1");
    IpAddress far = IpAddress.parse(outerV4 ? "2001:db8::b" : "10.0.0.2");
    return options.withInnerAddresses(
        sends ? new AddressPair(near, far) : new AddressPair(far, near));
  }

  OutboundSa outbound(SaOptions options) {
    return OutboundSa.of(child(true), key(), options(options, true));
  }

  InboundSa inbound(PacketKey key, SaOptions options) {
    return InboundSa.of(child(false), key, options(options, false));
  }

  PacketKey key() {
    try {
      return crypto.packetKey(
          transform,
          Secret.adopt(new byte[transform.encryption().keyingMaterialLength()]),
          Secret.adopt(new byte[transform.integrity().keyLength()]));
    } catch (CryptoException e) {
      throw new AssertionError(e);
    }
  }

  private ChildSa child(boolean sends) {
    IpAddress local = sends ? sender() : receiver();
    IpAddress remote = sends ? receiver() : sender();
    SaKeys keys = new SaKeys(Secret.adopt(new byte[0]), Secret.adopt(new byte[0]));
    return new ChildSa(
        new ChildSaId(1),
        new IkeSaId(1, 2),
        "peer",
        profile(),
        mode,
        transform,
        sends ? ~SPI : SPI,
        sends ? SPI : ~SPI,
        keys,
        keys,
        ANY,
        ANY,
        local,
        remote,
        udp ? new UdpEncapsulation(new Endpoint(local, 4500), new Endpoint(remote, 4500)) : null,
        64,
        Lifetime.UNLIMITED,
        sends);
  }

  private ChildProfile profile() {
    EncryptionTransform gcm = new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 128);
    ChildProposal proposal =
        new ChildProposal(SecurityProtocol.ESP, List.of(gcm), List.of(), List.of(), List.of(false));
    return new ChildProfile(
        "child",
        ANY,
        ANY,
        List.of(proposal),
        mode,
        Duration.ZERO,
        0,
        Duration.ZERO,
        Lifetime.UNLIMITED,
        64,
        ChildProfile.StartAction.NONE,
        Origin.PROGRAM);
  }

  /** A UDP packet without checksum, between the hosts that the mode needs. */
  byte[] inner(boolean v4, int octets) {
    boolean ends = mode == SaMode.TRANSPORT;
    String near = v4 ? "10.0.0.1" : "2001:db8::a";
    String far = v4 ? "10.0.0.2" : "2001:db8::b";
    byte[] source = ends ? sender().octets() : IpAddress.parse(near).octets();
    byte[] target = ends ? receiver().octets() : IpAddress.parse(far).octets();
    return packet(source, target, 17, udpPayload(octets));
  }

  private static byte[] udpPayload(int octets) {
    ByteBuffer udp = ByteBuffer.allocate(8 + octets);
    udp.putShort((short) 1000).putShort((short) 53).putShort((short) udp.capacity());
    return udp.array();
  }

  /** An IP packet of the addresses' version. */
  static byte[] packet(byte[] source, byte[] target, int protocol, byte[] payload) {
    int header = source.length == 4 ? 20 : 40;
    ByteBuffer packet = ByteBuffer.allocate(header + payload.length);
    if (source.length == 4) {
      packet.put((byte) 0x45).put((byte) 0).putShort((short) packet.capacity());
      packet.putShort((short) 1).putShort((short) 0).put((byte) 64).put((byte) protocol);
      packet.putShort((short) 0);
    } else {
      packet.putInt(6 << 28).putShort((short) payload.length);
      packet.put((byte) protocol).put((byte) 64);
    }
    packet.put(source).put(target).put(payload);
    if (source.length == 4) {
      int sum = 0;
      for (int at = 0; at < 20; at += 2) {
        sum += packet.getShort(at) & 0xffff;
      }
      packet.putShort(10, (short) ~((sum & 0xffff) + (sum >> 16)));
    }
    return packet.array();
  }
}
