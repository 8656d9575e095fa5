package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes in comes out: every mode, address family, encapsulation, form and kind of cipher. */
@NullUnmarked
class EspRoundTripTest {
  private static final int[] SIZES = {0, 1, 2, 3, 13, 14, 15, 16, 17, 100, 1372, 1400, 9000, 65000};

  record Case(
      SaMode mode,
      boolean innerV4,
      boolean outerV4,
      boolean udp,
      PacketForm form,
      PacketTransform transform) {}

  static List<PacketTransform> transforms() {
    List<PacketTransform> all = new ArrayList<>();
    for (boolean esn : new boolean[] {false, true}) {
      all.add(Lab.aead(EncryptionAlgorithm.AES_GCM_16, 256, esn));
      all.add(Lab.aead(EncryptionAlgorithm.AES_GCM_8, 128, esn));
      all.add(Lab.aead(EncryptionAlgorithm.AES_GCM_16_IIV, 128, esn));
      all.add(Lab.aead(EncryptionAlgorithm.AES_CCM_12, 128, esn));
      all.add(Lab.aead(EncryptionAlgorithm.CHACHA20_POLY1305, 256, esn));
      all.add(Lab.aead(EncryptionAlgorithm.NULL_AES_GMAC, 128, esn));
      all.add(mac(EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA1_96, esn));
      all.add(mac(EncryptionAlgorithm.AES_CBC, 256, IntegrityAlgorithm.HMAC_SHA2_512_256, esn));
      all.add(mac(EncryptionAlgorithm.AES_CTR, 192, IntegrityAlgorithm.HMAC_SHA2_256_128, esn));
      all.add(mac(EncryptionAlgorithm.TRIPLE_DES_CBC, 192, IntegrityAlgorithm.HMAC_SHA1_96, esn));
      all.add(mac(EncryptionAlgorithm.NULL, 0, IntegrityAlgorithm.HMAC_SHA2_384_192, esn));
    }
    return all;
  }

  private static PacketTransform mac(
      EncryptionAlgorithm cipher, int bits, IntegrityAlgorithm integrity, boolean esn) {
    return PacketTransform.esp(cipher, bits, integrity, esn);
  }

  static Stream<Case> everything() {
    List<Case> cases = new ArrayList<>();
    boolean[] both = {true, false};
    for (PacketTransform transform : transforms()) {
      for (boolean outerV4 : both) {
        for (boolean udp : both) {
          for (PacketForm form : PacketForm.values()) {
            cases.add(new Case(SaMode.TUNNEL, true, outerV4, udp, form, transform));
            cases.add(new Case(SaMode.TUNNEL, false, outerV4, udp, form, transform));
            cases.add(new Case(SaMode.TRANSPORT, outerV4, outerV4, udp, form, transform));
          }
        }
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("everything")
  void everyPacketComesBackAsItWas(Case c) {
    Lab lab = new Lab();
    lab.mode = c.mode();
    lab.transform = c.transform();
    lab.outerV4 = c.outerV4();
    lab.udp = c.udp();
    OutboundSa out = lab.outbound();
    PacketBurst burst = Lab.burst(SIZES.length, 65100);
    List<byte[]> inner = new ArrayList<>();
    OutboundSa[] sas = new OutboundSa[SIZES.length];
    for (int i = 0; i < SIZES.length; i++) {
      inner.add(packet(c, lab, SIZES[i]));
      burst.add(ByteBuffer.wrap(inner.get(i)));
      sas[i] = out;
    }
    try (EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(lab.sad())) {
      sealer.protect(burst, sas, c.form(), 5);
      for (int i = 0; i < SIZES.length; i++) {
        assertEquals(DropReason.NONE, burst.dropReason(i));
        checkOuter(c, lab, Lab.window(burst, i), inner.get(i), i + 1);
      }
      opener.open(burst, c.form(), 7);
      for (int i = 0; i < SIZES.length; i++) {
        assertEquals(DropReason.NONE, burst.dropReason(i), "size " + SIZES[i]);
        byte[] came = Lab.window(burst, i);
        if (c.mode() == SaMode.TRANSPORT && c.form() == PacketForm.PAYLOAD) {
          assertSameButHeader(c.innerV4(), inner.get(i), came);
        } else {
          assertArrayEquals(inner.get(i), came, "size " + SIZES[i]);
        }
        assertEquals(7, opener.sa(i).lastInboundNanos());
        assertTrue(opener.isAuthentic(i));
      }
      long octets = inner.stream().mapToLong(p -> p.length).sum();
      assertEquals(SIZES.length, out.counters().packets());
      assertEquals(octets, out.counters().bytes());
      assertEquals(octets, opener.sa(0).counters().bytes());
      assertEquals(0, out.counters().drops() + opener.sa(0).counters().drops());
      assertEquals(5, out.lastOutboundNanos());
    }
  }

  private static byte[] packet(Case c, Lab lab, int size) {
    byte[] data = Lab.octets(size, size);
    boolean transport = c.mode() == SaMode.TRANSPORT;
    String source = transport ? lab.sender().toString() : c.innerV4() ? "10.1.0.1" : "fd00:1::1";
    String target = transport ? lab.receiver().toString() : c.innerV4() ? "10.2.0.2" : "fd00:2::2";
    return size % 2 == 0
        ? IpPackets.udp(source, target, 1000, 2000, data)
        : IpPackets.tcp(source, target, data);
  }

  /** The header is made anew, so hop limit and the like differ; addresses and the rest do not. */
  private static void assertSameButHeader(boolean v4, byte[] went, byte[] came) {
    int header = v4 ? 20 : 40;
    assertEquals(went.length, came.length);
    assertArrayEquals(
        java.util.Arrays.copyOfRange(went, v4 ? 12 : 8, went.length),
        java.util.Arrays.copyOfRange(came, v4 ? 12 : 8, came.length));
    if (v4) {
      assertEquals(0, IpPackets.checksum(came, 0, header));
    }
  }

  /** Reads the outer packet the way RFC 4303 2 and RFC 3948 2.1 draw it. */
  private static void checkOuter(Case c, Lab lab, byte[] outer, byte[] inner, int number) {
    ByteBuffer packet = ByteBuffer.wrap(outer);
    int esp = 0;
    if (c.form() == PacketForm.FULL_IP) {
      esp = c.outerV4() ? 20 : 40;
      int next = outer[c.outerV4() ? 9 : 6] & 0xff;
      assertEquals(c.udp() ? 17 : 50, next);
      if (c.outerV4()) {
        assertEquals(0, IpPackets.checksum(outer, 0, 20), "outer header checksum");
        assertEquals(outer.length, packet.getShort(2) & 0xffff);
        assertEquals(lab.sender(), IpAddress.v4(packet.getInt(12)));
        assertEquals(lab.receiver(), IpAddress.v4(packet.getInt(16)));
      } else {
        assertEquals(outer.length - 40, packet.getShort(4) & 0xffff);
        assertEquals(lab.sender(), IpAddress.v6(packet.getLong(8), packet.getLong(16)));
        assertEquals(lab.receiver(), IpAddress.v6(packet.getLong(24), packet.getLong(32)));
      }
      if (c.udp()) {
        assertEquals(4500, packet.getShort(esp) & 0xffff);
        assertEquals(14500, packet.getShort(esp + 2) & 0xffff);
        assertEquals(outer.length - esp, packet.getShort(esp + 4) & 0xffff);
        checkUdpChecksum(c, lab, outer, esp);
        esp += 8;
      }
    }
    assertEquals(lab.spi, packet.getInt(esp));
    assertEquals(number, packet.getInt(esp + 4));
    int plain = inner.length - (c.mode() == SaMode.TRANSPORT ? c.innerV4() ? 20 : 40 : 0);
    int least = plain + 10 + c.transform().icvLength();
    int iv = c.transform().encryption().algorithm().ivLength();
    int block = Math.max(4, c.transform().encryption().algorithm().blockLength());
    int length = outer.length - esp;
    assertTrue(length >= least + iv && length < least + iv + block, "no more padding than needed");
    assertEquals(0, (length - 8 - iv - c.transform().icvLength()) % block);
  }

  private static void checkUdpChecksum(Case c, Lab lab, byte[] outer, int udp) {
    if (c.outerV4()) {
      assertEquals(0, outer[udp + 6] | outer[udp + 7], "zero over IPv4");
    } else {
      byte[] datagram = java.util.Arrays.copyOfRange(outer, udp, outer.length);
      assertEquals(
          0,
          IpPackets.upperChecksum(
              lab.sender().toString(), lab.receiver().toString(), 17, datagram));
    }
  }

  @Test
  void oneBurstMayBelongToSeveralSasAndProviders() {
    TestCrypto one = new TestCrypto("one");
    TestCrypto two = new TestCrypto("two");
    Sad sad = new Sad();
    OutboundSa[] sas = new OutboundSa[6];
    OutboundSa[] distinct = new OutboundSa[3];
    for (int i = 0; i < 3; i++) {
      Lab lab = new Lab();
      lab.spi = 0x1000 + i;
      lab.crypto = i == 1 ? two : one;
      lab.transform = i == 2 ? Lab.CBC_SHA256 : Lab.GCM_ESN;
      distinct[i] = lab.outbound();
      sad.install(lab.inbound());
    }
    PacketBurst burst = Lab.burst(6, 200);
    for (int i = 0; i < 6; i++) {
      burst.add(ByteBuffer.wrap(IpPackets.udp(i % 2 == 0, 1, 2, Lab.octets(i, 30 + i))));
      sas[i] = distinct[i % 3];
    }
    try (EspOutbound sealer = new EspOutbound(List.of(one, two), 6);
        EspInbound opener = new EspInbound(sad, List.of(two, one), 6)) {
      sealer.protect(burst, sas, PacketForm.PAYLOAD, 1);
      opener.open(burst, PacketForm.PAYLOAD, 1);
      for (int i = 0; i < 6; i++) {
        assertEquals(DropReason.NONE, burst.dropReason(i));
        assertEquals(0x1000 + i % 3, opener.sa(i).spi());
        assertArrayEquals(
            IpPackets.udp(i % 2 == 0, 1, 2, Lab.octets(i, 30 + i)), Lab.window(burst, i));
      }
    }
  }
}
