package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Packets that others sealed: a Linux kernel, the RFCs, tcpdump's and scapy's samples. */
@NullUnmarked
class EspVectors {
  private static final String FOLDER = "vectors/";
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void linuxKernel() throws IOException {
    List<byte[]> packets = ipPackets(resource("linux-kernel.pcap"));
    int run = 0;
    int skipped = 0;
    for (String line : text("linux-kernel.jsonl").lines().toList()) {
      Map<String, Object> sa = Json.object(line);
      Optional<PacketTransform> transform = kernelTransform(sa);
      if (transform.isEmpty()) {
        skipped++;
        continue;
      }
      Lab lab = new Lab();
      lab.spi = ((Long) sa.get("spi")).intValue();
      lab.transform = transform.get();
      lab.mode = sa.get("mode").equals("tunnel") ? SaMode.TUNNEL : SaMode.TRANSPORT;
      lab.udp = (Boolean) sa.get("natt");
      lab.outerV4 = IpAddress.parse((String) sa.get("src")).isV4();
      lab.encryptionKey = HEX.parseHex((String) sa.get("enc_key"));
      lab.integrityKey = HEX.parseHex((String) sa.get("auth_key"));
      int opened = 0;
      try (EspInbound opener = lab.opener(lab.sad())) {
        for (byte[] packet : packets) {
          PacketBurst burst = Lab.open(opener, PacketForm.FULL_IP, 1, packet);
          if (opener.sa(0) != null) {
            assertEquals(DropReason.NONE, burst.dropReason(0), line);
            assertIsPing(Lab.window(burst, 0), sa);
            opened++;
          }
        }
      }
      assertTrue(opened > 0, "no packet of " + line);
      run++;
    }
    report("linux-kernel", run, skipped);
    assertEquals(42, run);
    assertEquals(12, skipped, "AES-XCBC, and AH");
  }

  private static Optional<PacketTransform> kernelTransform(Map<String, Object> sa) {
    if (!sa.get("proto").equals("esp")) {
      return Optional.empty();
    }
    int icv = ((Long) sa.get("icv_bits")).intValue() / 8;
    int keyLength = ((String) sa.get("enc_key")).length() / 2;
    String integrity = (String) sa.get("auth");
    boolean esn = (Boolean) sa.get("esn");
    String aead = String.valueOf(((Map<?, ?>) sa.get("kernel")).get("aead"));
    if (!aead.equals("null")) {
      EncryptionAlgorithm algorithm =
          switch (aead) {
            case "rfc4106(gcm(aes))" -> EncryptionAlgorithm.valueOf("AES_GCM_" + icv);
            case "rfc4309(ccm(aes))" -> EncryptionAlgorithm.valueOf("AES_CCM_" + icv);
            case "rfc4543(gcm(aes))" -> EncryptionAlgorithm.NULL_AES_GMAC;
            default -> EncryptionAlgorithm.CHACHA20_POLY1305;
          };
      int bits = (keyLength - algorithm.saltLength()) * 8;
      return Optional.of(Lab.aead(algorithm, bits, esn));
    }
    if (integrity == null) {
      return Optional.empty();
    }
    EncryptionAlgorithm cipher =
        switch ((String) sa.get("enc")) {
          case "AES-CBC" -> EncryptionAlgorithm.AES_CBC;
          case "AES-CTR" -> EncryptionAlgorithm.AES_CTR;
          case "DES" -> EncryptionAlgorithm.DES_CBC;
          case "Blowfish" -> EncryptionAlgorithm.BLOWFISH_CBC;
          case "NULL" -> EncryptionAlgorithm.NULL;
          default -> throw new AssertionError(sa.toString());
        };
    IntegrityAlgorithm mac =
        switch (integrity) {
          case "HMAC-MD5-96" -> IntegrityAlgorithm.HMAC_MD5_96;
          case "HMAC-SHA1-96" -> IntegrityAlgorithm.HMAC_SHA1_96;
          case "SHA2-256-128" -> IntegrityAlgorithm.HMAC_SHA2_256_128;
          case "SHA2-384-192" -> IntegrityAlgorithm.HMAC_SHA2_384_192;
          default -> throw new AssertionError(integrity);
        };
    int bits = (keyLength - cipher.saltLength()) * 8;
    return Optional.of(PacketTransform.esp(cipher, bits, mac, esn));
  }

  /** A whole ICMP or ICMPv6 echo with right checksums; in transport mode between the SA's ends. */
  private static void assertIsPing(byte[] packet, Map<String, Object> sa) {
    IpHeaderView view = new IpHeaderView();
    assertTrue(view.parse(ByteBuffer.wrap(packet), 0, packet.length));
    assertEquals(packet.length, view.totalLength());
    byte[] message = Arrays.copyOfRange(packet, view.payloadOffset(), packet.length);
    int type = message[0] & 0xff;
    if (view.isV4()) {
      assertEquals(0, IpPackets.checksum(packet, 0, 20));
      assertEquals(1, view.protocol());
      assertEquals(0, IpPackets.checksum(message, 0, message.length));
      assertTrue(type == 0 || type == 8);
    } else {
      assertEquals(58, view.protocol());
      String source = IpAddress.v6(view.sourceHigh(), view.sourceLow()).toString();
      String target = IpAddress.v6(view.destinationHigh(), view.destinationLow()).toString();
      assertEquals(0, IpPackets.upperChecksum(source, target, 58, message));
      assertTrue(type == 128 || type == 129);
    }
    if (sa.get("mode").equals("transport") && view.isV4()) {
      assertEquals(IpAddress.parse((String) sa.get("src")).low(), view.sourceLow());
    }
  }

  @Test
  void rfc3602() throws IOException, GeneralSecurityException {
    List<Map<String, Object>> vectors =
        Json.objects(Json.object(text("rfc3602-esp-packets.json")), "vectors");
    for (Map<String, Object> vector : vectors) {
      Lab lab = new Lab();
      lab.transform =
          PacketTransform.esp(
              EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA1_96, false);
      lab.mode = vector.get("mode").equals("tunnel") ? SaMode.TUNNEL : SaMode.TRANSPORT;
      lab.spi = Integer.parseUnsignedInt((String) vector.get("spi"), 16);
      lab.encryptionKey = HEX.parseHex((String) vector.get("key"));
      lab.integrityKey = Lab.octets(7, 20);
      byte[] packet = HEX.parseHex((String) vector.get("esp_packet"));
      // the RFC's packets have no ICV: they get one, and the length that goes with it
      byte[] esp = Arrays.copyOfRange(packet, 20, packet.length);
      byte[] whole = TestCrypto.concat(packet, icv(lab.integrityKey, esp));
      ByteBuffer.wrap(whole).putShort(2, (short) whole.length);
      try (EspInbound opener = lab.opener(lab.sad())) {
        PacketBurst burst = Lab.open(opener, PacketForm.FULL_IP, 1, whole);
        assertEquals(DropReason.NONE, burst.dropReason(0), vector.get("title").toString());
        byte[] original = HEX.parseHex((String) vector.get("original_packet"));
        assertArrayEquals(original, Lab.window(burst, 0), vector.get("title").toString());
      }
    }
    report("rfc3602", vectors.size(), 0);
    assertEquals(4, vectors.size());
  }

  @Test
  void tcpdump() throws IOException, GeneralSecurityException {
    Map<String, Object> secrets = Json.objects(Json.object(text("esp-secrets.json")), "sas").get(0);
    List<byte[]> packets = ipPackets(resource("02-sunrise-sunset-esp.pcap"));
    Lab lab = new Lab();
    lab.transform =
        PacketTransform.esp(
            EncryptionAlgorithm.TRIPLE_DES_CBC, 192, IntegrityAlgorithm.HMAC_SHA1_96, false);
    lab.spi = Integer.parseUnsignedInt((String) secrets.get("spi"), 16);
    lab.encryptionKey = HEX.parseHex((String) secrets.get("key"));
    lab.integrityKey = Lab.octets(7, 20);
    try (EspInbound opener = lab.opener(lab.sad())) {
      for (int i = 0; i < packets.size(); i++) {
        // the integrity key was never published: the ICV is replaced by one of ours
        byte[] packet = packets.get(i);
        byte[] covered = Arrays.copyOfRange(packet, 20, packet.length - 12);
        System.arraycopy(icv(lab.integrityKey, covered), 0, packet, packet.length - 12, 12);
        PacketBurst burst = Lab.open(opener, PacketForm.FULL_IP, 1, packet);
        assertEquals(DropReason.NONE, burst.dropReason(0));
        ByteBuffer inner = ByteBuffer.wrap(Lab.window(burst, 0));
        // 192.0.2.1 > 192.0.1.1: ICMP echo request, id 28416, seq 1280 + 256 i
        assertEquals(0xc0000201, inner.getInt(12));
        assertEquals(0xc0000101, inner.getInt(16));
        assertEquals(0x0800, inner.getShort(20));
        assertEquals(28416, inner.getShort(24));
        assertEquals(1280 + 256 * i, inner.getShort(26));
        assertEquals(0, IpPackets.checksum(inner.array(), 20, inner.capacity() - 20));
      }
    }
    report("tcpdump", packets.size(), 0);
    assertEquals(8, packets.size());
  }

  @Test
  void tcpdumpTruncated() throws IOException {
    byte[] packet = ipPackets(resource("esp_truncated.pcap")).get(0);
    Lab lab = new Lab();
    try (EspInbound opener = lab.opener(lab.sad())) {
      assertEquals(
          DropReason.MALFORMED_OUTER,
          Lab.open(opener, PacketForm.FULL_IP, 1, packet).dropReason(0));
    }
  }

  @Test
  void scapy() throws IOException, GeneralSecurityException {
    Path file = Path.of("../../shared/vectors/scapy/linux-esp-packets.json");
    if (!Files.isReadable(file)) {
      report("scapy", 0, 5);
      return;
    }
    List<Map<String, Object>> vectors =
        Json.objects(Json.object(Files.readString(file)), "vectors");
    for (Map<String, Object> vector : vectors) {
      openScapy(vector);
    }
    report("scapy", vectors.size(), 0);
    assertEquals(5, vectors.size());
  }

  private static void openScapy(Map<String, Object> vector) throws GeneralSecurityException {
    Map<?, ?> sa = (Map<?, ?>) vector.get("sa");
    EncryptionAlgorithm cipher =
        switch ((String) sa.get("crypt_algo")) {
          case "DES" -> EncryptionAlgorithm.DES_CBC;
          case "3DES" -> EncryptionAlgorithm.TRIPLE_DES_CBC;
          case "AES-CBC" -> EncryptionAlgorithm.AES_CBC;
          case "AES-GCM" -> EncryptionAlgorithm.AES_GCM_16;
          default -> EncryptionAlgorithm.NULL_AES_GMAC;
        };
    Lab lab = new Lab();
    lab.spi = ((Long) sa.get("spi")).intValue();
    lab.encryptionKey = HEX.parseHex((String) sa.get("crypt_key"));
    int bits = (lab.encryptionKey.length - cipher.saltLength()) * 8;
    // DES keys are stored with their parity bits
    bits = cipher == EncryptionAlgorithm.DES_CBC ? 64 : bits;
    byte[] esp = HEX.parseHex((String) vector.get("esp_hex"));
    if (cipher.isAead()) {
      lab.transform = Lab.aead(cipher, bits, false);
    } else {
      lab.transform = PacketTransform.esp(cipher, bits, IntegrityAlgorithm.HMAC_SHA1_96, false);
      lab.integrityKey = Lab.octets(7, 20);
      esp = TestCrypto.concat(esp, icv(lab.integrityKey, esp));
    }
    try (EspInbound opener = lab.opener(lab.sad())) {
      PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, esp);
      assertEquals(DropReason.NONE, burst.dropReason(0), vector.get("title").toString());
      Object scapy = vector.get("decrypted_hex_by_scapy");
      if (scapy != null) {
        byte[] expected = HEX.parseHex((String) scapy);
        assertArrayEquals(Arrays.copyOfRange(expected, 20, expected.length), Lab.window(burst, 0));
      }
    }
  }

  private static byte[] icv(byte[] key, byte[] covered) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(key, "HmacSHA1"));
    return Arrays.copyOf(mac.doFinal(covered), 12);
  }

  static void report(String name, int run, int skipped) {
    System.out.println("vectors: " + name + ": " + run + " run, " + skipped + " skipped");
  }

  /** The IP packets of a pcap file of Ethernet (1) or raw IP frames. */
  static List<byte[]> ipPackets(byte[] pcap) {
    ByteBuffer file = ByteBuffer.wrap(pcap);
    file.order(file.getInt(0) == 0xd4c3b2a1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int link = file.getInt(20) & 0xffff;
    List<byte[]> packets = new ArrayList<>();
    int at = 24;
    while (at + 16 <= pcap.length) {
      int length = file.getInt(at + 8);
      byte[] frame = Arrays.copyOfRange(pcap, at + 16, at + 16 + length);
      at += 16 + length;
      int header = link == 1 ? 14 : link == 6 ? 22 : 0;
      int version = frame[header] >> 4 & 15;
      if (version == 4 || version == 6) {
        int total =
            version == 4
                ? ByteBuffer.wrap(frame).getShort(header + 2) & 0xffff
                : 40 + ByteBuffer.wrap(frame).getShort(header + 4);
        packets.add(Arrays.copyOfRange(frame, header, Math.min(frame.length, header + total)));
      }
    }
    return packets;
  }

  static String text(String name) throws IOException {
    return new String(resource(name), StandardCharsets.UTF_8);
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = EspVectors.class.getResourceAsStream(FOLDER + name)) {
      assertNotNull(in, name);
      return in.readAllBytes();
    }
  }
}
