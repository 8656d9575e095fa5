package org.ipsec4j.node.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.esp.AhInbound;
import org.ipsec4j.esp.AhOutbound;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.ipsec4j.testkit.crypto.Transforms;
import org.junit.jupiter.api.Test;

/** The packet engines with every transform that the provider claims. */
class RealCryptoTest {
  private static final JcaCryptoProvider CRYPTO = new JcaCryptoProvider();
  private static final int SPI = 0x1001;
  private static final IpAddress HERE = IpAddress.parse("192.0.2.2");
  private static final IpAddress THERE = IpAddress.parse("192.0.2.1");

  @Test
  void everyClaimedTransformCarriesPackets() throws CryptoException {
    int carried = 0;
    for (PacketTransform transform : Transforms.claimed(CRYPTO)) {
      Sas sas = new Sas(transform);
      for (int size : new int[] {28, 29, 63, 576, 1400, 9000}) {
        byte[] inner = ping(size);
        PacketBurst burst = burst(inner);
        sas.seal(burst);
        assertEquals(DropReason.NONE, burst.dropReason(0), transform + " " + size);
        byte[] sealed = window(burst);
        byte[] forged = sealed.clone();
        forged[forged.length - 1] ^= 1;
        PacketBurst wrong = burst(forged);
        sas.open(wrong);
        assertEquals(DropReason.ICV_MISMATCH, wrong.dropReason(0), transform + " " + size);
        PacketBurst back = burst(sealed);
        sas.open(back);
        assertEquals(DropReason.NONE, back.dropReason(0), transform + " " + size);
        assertArrayEquals(inner, window(back), transform + " " + size);
      }
      carried++;
    }
    assertEquals(316, carried);
  }

  /** No other implementation of it is at hand, so the RFC's words are written out here. */
  @Test
  void gmacOfAuthenticationHeadersIsThatOfRfc4543()
      throws CryptoException, GeneralSecurityException {
    for (boolean extended : new boolean[] {false, true}) {
      PacketTransform transform =
          new PacketTransform(
              SecurityProtocol.AH,
              new EncryptionTransform(EncryptionAlgorithm.NULL, 0),
              IntegrityAlgorithm.AES_128_GMAC,
              extended);
      PacketBurst burst = burst(ping(200));
      new Sas(transform).seal(burst);
      byte[] sealed = window(burst);
      byte[] covered = sealed.clone();
      // What routers change: TOS, flags and offset, TTL, checksum (RFC 4302 3.3.3.1.1.1).
      covered[1] = 0;
      Arrays.fill(covered, 6, 9, (byte) 0);
      Arrays.fill(covered, 10, 12, (byte) 0);
      int iv = 20 + 12;
      Arrays.fill(covered, iv + 8, iv + 24, (byte) 0);
      byte[] material = TestOctets.of("i", 20);
      byte[] nonce = Arrays.copyOf(Arrays.copyOfRange(material, 16, 20), 12);
      System.arraycopy(sealed, iv, nonce, 4, 8);
      Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
      gcm.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(material, 0, 16, "AES"),
          new GCMParameterSpec(128, nonce));
      gcm.updateAAD(covered);
      if (extended) {
        gcm.updateAAD(new byte[4]);
      }
      assertArrayEquals(gcm.doFinal(), Arrays.copyOfRange(sealed, iv + 8, iv + 24));
    }
  }

  /** Both ends of one SA. */
  private static final class Sas {
    private final Sad sad = new Sad();
    private final OutboundSa outbound;
    private final boolean ah;

    Sas(PacketTransform transform) throws CryptoException {
      ChildSa child = ForeignPackets.child(transform, SaMode.TUNNEL, SPI, HERE, THERE, false);
      sad.install(InboundSa.of(child, key(transform)));
      outbound =
          OutboundSa.of(
              ForeignPackets.child(transform, SaMode.TUNNEL, SPI, THERE, HERE, false),
              key(transform));
      ah = transform.protocol() == SecurityProtocol.AH;
    }

    private static PacketKey key(PacketTransform transform) throws CryptoException {
      return CRYPTO.packetKey(
          transform,
          Secret.copyOf(TestOctets.of("e", transform.encryption().keyingMaterialLength())),
          Secret.copyOf(TestOctets.of("i", transform.integrity().keyLength())));
    }

    void seal(PacketBurst burst) {
      if (ah) {
        try (AhOutbound sealer = new AhOutbound(List.of(CRYPTO), 1)) {
          sealer.protect(burst, new OutboundSa[] {outbound}, 1);
        }
      } else {
        try (EspOutbound sealer = new EspOutbound(List.of(CRYPTO), 1)) {
          sealer.protect(burst, new OutboundSa[] {outbound}, PacketForm.FULL_IP, 1);
        }
      }
    }

    void open(PacketBurst burst) {
      if (ah) {
        try (AhInbound opener = new AhInbound(sad, List.of(CRYPTO), 1)) {
          opener.open(burst, 1);
        }
      } else {
        try (EspInbound opener = new EspInbound(sad, List.of(CRYPTO), 1)) {
          opener.open(burst, PacketForm.FULL_IP, 1);
        }
      }
    }
  }

  private static PacketBurst burst(byte[] packet) {
    PacketBurst burst =
        new PacketBurst(
            1,
            EspOutbound.MAX_HEADROOM + AhOutbound.MAX_HEADROOM,
            10_000,
            EspOutbound.MAX_TAILROOM);
    burst.add(ByteBuffer.wrap(packet));
    return burst;
  }

  private static byte[] window(PacketBurst burst) {
    byte[] copy = new byte[burst.length(0)];
    burst.slab().get(burst.offset(0), copy);
    return copy;
  }

  /** An IPv4 packet of that many octets; nobody looks behind its header. */
  private static byte[] ping(int size) {
    byte[] packet = TestOctets.of("ping", size);
    ByteBuffer header = ByteBuffer.wrap(packet);
    header.putShort(0, (short) 0x4500).putShort(2, (short) size).putShort(6, (short) 0x4000);
    header.put(8, (byte) 64).put(9, (byte) 1).putShort(10, (short) 0);
    header.putInt(12, 0x0a010001).putInt(16, 0x0a020001);
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += header.getShort(i) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    header.putShort(10, (short) ~((sum & 0xffff) + (sum >>> 16)));
    return packet;
  }
}
