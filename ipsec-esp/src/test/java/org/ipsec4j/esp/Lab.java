package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.PacketBurst;
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
import org.jspecify.annotations.NullUnmarked;

/**
 * One direction between two ends, A sends and B receives, with everything an SA needs. Set the
 * fields, then take {@link #outbound} and {@link #inbound}.
 */
@NullUnmarked
final class Lab {
  static final PacketTransform GCM = aead(EncryptionAlgorithm.AES_GCM_16, 128, false);
  static final PacketTransform GCM_ESN = aead(EncryptionAlgorithm.AES_GCM_16, 128, true);
  static final PacketTransform CBC_SHA256 =
      PacketTransform.esp(
          EncryptionAlgorithm.AES_CBC, 256, IntegrityAlgorithm.HMAC_SHA2_256_128, false);
  static final PacketTransform CBC_SHA1_ESN =
      PacketTransform.esp(EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA1_96, true);

  static final List<TrafficSelector> ANY =
      List.of(TrafficSelector.of("0.0.0.0/0"), TrafficSelector.of("::/0"));

  CryptoProvider crypto = new TestCrypto();
  SaMode mode = SaMode.TUNNEL;
  PacketTransform transform = GCM;
  int spi = 0xc0ffee01;
  boolean outerV4 = true;
  boolean udp;
  int replayWindow = 128;
  Lifetime lifetime = Lifetime.UNLIMITED;
  List<TrafficSelector> senderSelectors = ANY;
  List<TrafficSelector> receiverSelectors = ANY;
  OuterHeaderPolicy headerPolicy = OuterHeaderPolicy.DEFAULT;
  SaOptions options = SaOptions.DEFAULT;

  /** BEET mode: the inner addresses; null lets the SA take them from its selectors. */
  String innerSender;

  String innerReceiver;
  long firstNumber = 1;
  byte[] encryptionKey;
  byte[] integrityKey;

  static PacketTransform aead(EncryptionAlgorithm algorithm, int bits, boolean esn) {
    return PacketTransform.esp(algorithm, bits, IntegrityAlgorithm.NONE, esn);
  }

  IpAddress sender() {
    return IpAddress.parse(outerV4 ? "192.0.2.1" : "2001:db8::1");
  }

  IpAddress receiver() {
    return IpAddress.parse(outerV4 ? "198.51.100.2" : "2001:db8:ffff::2");
  }

  OutboundSa outbound() {
    PacketKey key = key();
    return firstNumber == 1
        ? OutboundSa.of(child(true), key, options(true))
        : OutboundSa.startingAt(child(true), key, options(true), firstNumber);
  }

  SaOptions options() {
    return headerPolicy.equals(OuterHeaderPolicy.DEFAULT)
        ? options
        : options.withOuterHeader(headerPolicy);
  }

  private SaOptions options(boolean sends) {
    SaOptions all = options();
    if (innerSender == null) {
      return all;
    }
    IpAddress from = IpAddress.parse(innerSender);
    IpAddress to = IpAddress.parse(innerReceiver);
    return all.withInnerAddresses(sends ? new AddressPair(from, to) : new AddressPair(to, from));
  }

  /** BEET mode between the addresses of {@link IpPackets}. */
  void bind(boolean innerV4) {
    mode = SaMode.BEET;
    innerSender = innerV4 ? IpPackets.A4 : IpPackets.A6;
    innerReceiver = innerV4 ? IpPackets.B4 : IpPackets.B6;
  }

  InboundSa inbound() {
    return InboundSa.of(child(false), key(), options(false));
  }

  Sad sad() {
    Sad sad = new Sad();
    sad.install(inbound());
    return sad;
  }

  EspOutbound sealer() {
    return new EspOutbound(List.of(crypto), 64);
  }

  EspInbound opener(Sad sad) {
    return new EspInbound(sad, List.of(crypto), 64);
  }

  PacketKey key() {
    int encryptionLength = transform.encryption().keyingMaterialLength();
    int integrityLength = transform.integrity().keyLength();
    byte[] encryption = encryptionKey == null ? octets(1, encryptionLength) : encryptionKey;
    byte[] integrity = integrityKey == null ? octets(2, integrityLength) : integrityKey;
    try {
      return crypto.packetKey(transform, Secret.copyOf(encryption), Secret.copyOf(integrity));
    } catch (CryptoException e) {
      throw new AssertionError(e);
    }
  }

  ChildSa child(boolean sends) {
    IpAddress local = sends ? sender() : receiver();
    IpAddress remote = sends ? receiver() : sender();
    int localPort = sends ? 4500 : 14500;
    int remotePort = sends ? 14500 : 4500;
    SaKeys keys = new SaKeys(Secret.adopt(new byte[0]), Secret.adopt(new byte[0]));
    return new ChildSa(
        new ChildSaId(1),
        new IkeSaId(1, 2),
        "peer",
        profile(),
        mode,
        transform,
        sends ? ~spi : spi,
        sends ? spi : ~spi,
        keys,
        keys,
        sends ? senderSelectors : receiverSelectors,
        sends ? receiverSelectors : senderSelectors,
        local,
        remote,
        udp
            ? new UdpEncapsulation(new Endpoint(local, localPort), new Endpoint(remote, remotePort))
            : null,
        replayWindow,
        lifetime,
        sends);
  }

  private ChildProfile profile() {
    ChildProposal proposal =
        new ChildProposal(
            SecurityProtocol.ESP,
            List.of(new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 128)),
            List.of(),
            List.of(),
            List.of(false));
    return new ChildProfile(
        "child",
        ANY,
        ANY,
        List.of(proposal),
        mode,
        Duration.ZERO,
        0,
        Duration.ZERO,
        lifetime,
        128,
        ChildProfile.StartAction.NONE,
        Origin.PROGRAM);
  }

  /** A burst with room for one whole ESP packet around {@code maxPacket} octets. */
  static PacketBurst burst(int capacity, int maxPacket) {
    return new PacketBurst(capacity, EspOutbound.MAX_HEADROOM, maxPacket, EspOutbound.MAX_TAILROOM);
  }

  /** The window of a packet, copied out. */
  static byte[] window(PacketBurst burst, int index) {
    byte[] copy = new byte[burst.length(index)];
    burst.slab().get(burst.offset(index), copy);
    return copy;
  }

  static byte[] octets(int seed, int length) {
    byte[] octets = new byte[length];
    new Random(seed).nextBytes(octets);
    return octets;
  }

  /** Seals one packet that must pass. */
  byte[] seal(OutboundSa sa, byte[] inner, PacketForm form) {
    PacketBurst burst = burst(1, Math.max(2048, inner.length));
    burst.add(ByteBuffer.wrap(inner));
    try (EspOutbound sealer = sealer()) {
      sealer.protect(burst, new OutboundSa[] {sa}, form, 1);
    }
    if (!burst.isAlive(0)) {
      throw new AssertionError("not sealed: " + burst.dropReason(0));
    }
    return window(burst, 0);
  }

  /** An ESP packet around any text, trailer included: for what no honest sender sends. */
  byte[] sealRaw(long number, byte[] text) {
    PacketKey key = key();
    EspLayout layout = EspLayout.of(transform);
    ByteBuffer packet = ByteBuffer.allocate(layout.front() + text.length + layout.icvLength());
    packet.putInt(spi).putInt((int) number).position(layout.front()).put(text);
    CryptoBurst burst = new CryptoBurst(1);
    CryptoOp op = burst.next();
    op.key = key;
    op.slab = packet;
    op.seal = true;
    op.aadLength = EspLayout.HEADER_LENGTH;
    layout.prepareSeal(op, packet, EspLayout.HEADER_LENGTH, number, layout.packSalt(key.salt()));
    op.icvOffset = layout.front() + text.length;
    op.textLength = op.icvOffset - op.textOffset;
    op.highSequencePresent = layout.extendedSequenceNumbers();
    op.highSequence = (int) (number >>> 32);
    crypto.packetWorker().submit(burst);
    if (op.status != CryptoOp.Status.OK) {
      throw new AssertionError(op.status);
    }
    return packet.array();
  }

  /** Opens packets of one form, in one burst. */
  static PacketBurst open(EspInbound opener, PacketForm form, long now, byte[]... packets) {
    PacketBurst burst = burst(packets.length, 70000);
    for (byte[] packet : packets) {
      burst.add(ByteBuffer.wrap(packet));
    }
    opener.open(burst, form, now);
    return burst;
  }
}
