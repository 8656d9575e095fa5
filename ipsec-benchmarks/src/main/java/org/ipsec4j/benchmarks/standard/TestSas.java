package org.ipsec4j.benchmarks.standard;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.benchmarks.anchor.AnchorCipher;
import org.ipsec4j.benchmarks.anchor.AnchorLoop;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.policy.PolicyBuilder;

/**
 * SAs in tunnel mode over IPv4, the same as those of the C loop: number i protects UDP from
 * 10.1.0.0/16 to 11.0.0.0 + i, and lies between 192.0.2.1 and 198.18.0.0 + i. The receiving half is
 * the peer's.
 */
final class TestSas {
  static final int FIRST_SPI = 0x12345678;
  static final int REMOTE_INNER = 0x0b000000;
  static final int WINDOW = 128;

  private static final int LOCAL_OUTER = 0xc0000201;
  private static final int REMOTE_OUTER = 0xc6120000;
  private static final int UDP = 17;
  private static final TrafficSelector HERE = selector(0x0a010000, 0x0a01ffff);

  private final AnchorCipher cipher;
  private final byte[] secret;
  private final byte[] auth = new byte[32];
  private final ChildProfile profile = profile();
  private final IpAddress us = IpAddress.v4(LOCAL_OUTER);
  private final List<TrafficSelector> here = List.of(HERE);

  TestSas(AnchorCipher cipher) {
    this.cipher = cipher;
    secret = new byte[cipher.transform().encryption().keyingMaterialLength()];
    Arrays.fill(secret, (byte) 0x5a);
    Arrays.fill(auth, (byte) 0x3c);
  }

  AnchorCipher cipher() {
    return cipher;
  }

  PacketTransform transform() {
    return cipher.transform();
  }

  /** Key and salt of the first SA. */
  byte[] secret() {
    return secret;
  }

  byte[] auth() {
    return auth;
  }

  /** What tells the C loop to make the same. */
  static AnchorLoop.Associations inC(int count) {
    return new AnchorLoop.Associations(count, FIRST_SPI, WINDOW);
  }

  /** Both directions share it, as they do in C. */
  PacketKey key(CryptoProvider provider, int index) throws CryptoException {
    boolean separate = cipher == AnchorCipher.CBC_SHA256;
    Secret own = Secret.adopt(varied(secret, index));
    Secret integrity = Secret.adopt(separate ? varied(auth, index) : new byte[0]);
    PacketKey key = provider.packetKey(transform(), own, integrity);
    own.destroy();
    integrity.destroy();
    return key;
  }

  private static byte[] varied(byte[] key, int index) {
    byte[] copy = key.clone();
    ByteBuffer.wrap(copy).putInt(0, ByteBuffer.wrap(key).getInt(0) ^ index);
    return copy;
  }

  OutboundSa outbound(PacketKey key, int index) {
    return OutboundSa.of(child(index, true), key);
  }

  InboundSa inbound(PacketKey key, int index) {
    return InboundSa.of(child(index, false), key);
  }

  private ChildSa child(int index, boolean ours) {
    IpAddress them = IpAddress.v4(REMOTE_OUTER + index);
    int there = REMOTE_INNER + index;
    List<TrafficSelector> remote = List.of(selector(there, there));
    return new ChildSa(
        new ChildSaId(index + 1),
        new IkeSaId(1, 2),
        "peer",
        profile,
        SaMode.TUNNEL,
        transform(),
        FIRST_SPI + index,
        FIRST_SPI + index,
        spentKeys(),
        spentKeys(),
        ours ? here : remote,
        ours ? remote : here,
        ours ? us : them,
        ours ? them : us,
        null,
        WINDOW,
        profile.lifetime(),
        ours);
  }

  /** What stays of the keys in the record of an SA that was set up: octets that were wiped. */
  private SaKeys spentKeys() {
    SaKeys keys =
        new SaKeys(
            Secret.adopt(new byte[secret.length]),
            Secret.adopt(new byte[transform().integrity().keyLength()]));
    keys.destroy();
    return keys;
  }

  private static TrafficSelector selector(int first, int last) {
    return new TrafficSelector(
        UDP, 1024, 65535, new AddressRange(IpAddress.v4(first), IpAddress.v4(last)));
  }

  private static ChildProfile profile() {
    return PolicyBuilder.named("benchmark")
        .peer(
            "peer",
            peer ->
                peer.localAddress("192.0.2.1")
                    .remoteAddress("192.0.2.2")
                    .psk("key")
                    .child("all", child -> child.local(HERE).remote(HERE)))
        .build()
        .peers()
        .getFirst()
        .children()
        .getFirst();
  }
}
