package org.ipsec4j.node.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
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
import org.ipsec4j.testkit.crypto.Json;

/** SAs whose keys are known and whose packets somebody else made. */
final class ForeignPackets {
  /** The packets that {@code ipsec-esp} carries; read where they lie, as they are nobody's API. */
  private static final Path FOLDER =
      Path.of("../ipsec-esp/src/test/resources/org/ipsec4j/esp/vectors");

  private static final List<TrafficSelector> ANY =
      List.of(TrafficSelector.of("0.0.0.0/0"), TrafficSelector.of("::/0"));

  private ForeignPackets() {}

  /**
   * One SA of a Linux kernel.
   *
   * @param name of the case
   * @param transform as the kernel had it
   * @param spi of its packets
   * @param encryption key and salt
   * @param integrity key
   * @param child its receiving side
   */
  record Sa(
      String name,
      PacketTransform transform,
      int spi,
      Bytes encryption,
      Bytes integrity,
      ChildSa child) {}

  /** All SAs of the kernel's cases. */
  static List<Sa> kernelSas() throws IOException {
    List<Sa> all = new ArrayList<>();
    for (String line : Files.readAllLines(FOLDER.resolve("linux-kernel.jsonl"))) {
      all.add(kernelSa(Json.parse(line)));
    }
    return all;
  }

  private static Sa kernelSa(Json line) {
    PacketTransform transform = transform(line);
    int spi = line.number("spi");
    ChildSa child =
        child(
            transform,
            line.text("mode").equals("tunnel") ? SaMode.TUNNEL : SaMode.TRANSPORT,
            spi,
            IpAddress.parse(line.text("dst")),
            IpAddress.parse(line.text("src")),
            line.flag("natt"));
    return new Sa(
        line.text("name"), transform, spi, line.hex("enc_key"), line.hex("auth_key"), child);
  }

  private static PacketTransform transform(Json line) {
    boolean esn = line.flag("esn");
    int icv = line.number("icv_bits") / 8;
    if (line.text("proto").equals("ah")) {
      return new PacketTransform(
          SecurityProtocol.AH,
          new EncryptionTransform(EncryptionAlgorithm.NULL, 0),
          integrity(line),
          esn);
    }
    String aead = line.get("kernel").text("aead");
    EncryptionAlgorithm cipher =
        switch (aead) {
          case "rfc4106(gcm(aes))" -> EncryptionAlgorithm.valueOf("AES_GCM_" + icv);
          case "rfc4309(ccm(aes))" -> EncryptionAlgorithm.valueOf("AES_CCM_" + icv);
          case "rfc4543(gcm(aes))" -> EncryptionAlgorithm.NULL_AES_GMAC;
          case "null" -> cipher(line.text("enc"));
          default -> EncryptionAlgorithm.CHACHA20_POLY1305;
        };
    IntegrityAlgorithm mac = cipher.isAead() ? IntegrityAlgorithm.NONE : integrity(line);
    int bits = (line.hex("enc_key").length() - cipher.saltLength()) * 8;
    return PacketTransform.esp(cipher, bits, mac, esn);
  }

  private static EncryptionAlgorithm cipher(String name) {
    return switch (name) {
      case "AES-CBC" -> EncryptionAlgorithm.AES_CBC;
      case "AES-CTR" -> EncryptionAlgorithm.AES_CTR;
      case "DES" -> EncryptionAlgorithm.DES_CBC;
      case "Blowfish" -> EncryptionAlgorithm.BLOWFISH_CBC;
      case "NULL" -> EncryptionAlgorithm.NULL;
      default -> throw new AssertionError(name);
    };
  }

  private static IntegrityAlgorithm integrity(Json line) {
    String kernel = line.get("kernel").text("auth");
    return switch (kernel.equals("xcbc(aes)") ? kernel : line.text("auth")) {
      case "HMAC-MD5-96" -> IntegrityAlgorithm.HMAC_MD5_96;
      case "HMAC-SHA1-96" -> IntegrityAlgorithm.HMAC_SHA1_96;
      case "SHA2-256-128" -> IntegrityAlgorithm.HMAC_SHA2_256_128;
      case "SHA2-384-192" -> IntegrityAlgorithm.HMAC_SHA2_384_192;
      case "SHA2-512-256" -> IntegrityAlgorithm.HMAC_SHA2_512_256;
      case "AES-CMAC-96" -> IntegrityAlgorithm.AES_CMAC_96;
      case "xcbc(aes)" -> IntegrityAlgorithm.AES_XCBC_96;
      default -> throw new AssertionError(line.toString());
    };
  }

  /** A Child SA for any traffic, as its receiver has it. */
  static ChildSa child(
      PacketTransform transform,
      SaMode mode,
      int spi,
      IpAddress local,
      IpAddress remote,
      boolean udp) {
    Secret none = Secret.adopt(new byte[0]);
    ChildProposal proposal =
        new ChildProposal(
            SecurityProtocol.ESP,
            List.of(new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 128)),
            List.of(),
            List.of(),
            List.of(false));
    ChildProfile profile =
        new ChildProfile(
            "child",
            ANY,
            ANY,
            List.of(proposal),
            mode,
            Duration.ZERO,
            0,
            Duration.ZERO,
            Lifetime.UNLIMITED,
            128,
            ChildProfile.StartAction.NONE,
            Origin.PROGRAM);
    return new ChildSa(
        new ChildSaId(1),
        new IkeSaId(1, 2),
        "peer",
        profile,
        mode,
        transform,
        spi,
        spi,
        new SaKeys(none, none),
        new SaKeys(none, none),
        ANY,
        ANY,
        local,
        remote,
        udp ? new UdpEncapsulation(new Endpoint(local, 4500), new Endpoint(remote, 4500)) : null,
        128,
        Lifetime.UNLIMITED,
        true);
  }

  /** The IP packets of the kernel's capture, which is Ethernet in little-endian order. */
  static List<byte[]> kernelPackets() throws IOException {
    byte[] pcap = Files.readAllBytes(FOLDER.resolve("linux-kernel.pcap"));
    ByteBuffer file = ByteBuffer.wrap(pcap).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> packets = new ArrayList<>();
    int at = 24;
    while (at + 16 <= pcap.length) {
      int length = file.getInt(at + 8);
      byte[] frame = Arrays.copyOfRange(pcap, at + 16 + 14, at + 16 + length);
      at += 16 + length;
      ByteBuffer header = ByteBuffer.wrap(frame);
      int version = (frame[0] >> 4) & 15;
      if (version == 4 || version == 6) {
        // Short frames are padded.
        int total = version == 4 ? header.getShort(2) & 0xffff : 40 + header.getShort(4);
        packets.add(Arrays.copyOf(frame, Math.min(frame.length, total)));
      }
    }
    return packets;
  }

  /** The packets of RFC 3602 4. */
  static List<Json> rfc3602() throws IOException {
    return Json.parse(Files.readString(FOLDER.resolve("rfc3602-esp-packets.json")))
        .get("vectors")
        .list();
  }
}
