package org.ipsec4j.node.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.esp.AhInbound;
import org.ipsec4j.esp.AhOutbound;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;
import org.ipsec4j.testkit.crypto.Json;
import org.ipsec4j.testkit.crypto.VectorCount;
import org.ipsec4j.testkit.crypto.VectorFile;
import org.junit.jupiter.api.Test;

/** Packets of others through our engines with the cryptography that a node really uses. */
class ForeignPacketVectors {
  private static final JcaCryptoProvider CRYPTO = new JcaCryptoProvider();
  private static final int HEADER = 8;

  /** Every ESP and AH SA of a Linux kernel opens, down to the ping inside. */
  @Test
  void everySaOfTheKernelOpens() throws IOException, CryptoException {
    VectorCount count = new VectorCount("linux-kernel by crypto-jca");
    List<byte[]> packets = ForeignPackets.kernelPackets();
    for (ForeignPackets.Sa sa : ForeignPackets.kernelSas()) {
      Sad sad = new Sad();
      sad.install(
          InboundSa.of(
              sa.child(),
              CRYPTO.packetKey(
                  sa.transform(),
                  Secret.ofPublic(sa.encryption()),
                  Secret.ofPublic(sa.integrity()))));
      int opened = 0;
      for (byte[] packet : packets) {
        PacketBurst burst = burst(packet);
        if (open(sad, sa.transform().protocol(), burst)) {
          assertEquals(DropReason.NONE, burst.dropReason(0), sa.toString());
          assertIsEcho(burst, sa.name());
          if (opened++ == 0) {
            printProof(sa, burst.slab().get(burst.offset(0)) >> 4 == 4);
          }
        }
      }
      assertTrue(opened > 0, "no packet of " + sa);
      count.ran();
    }
    count.reportAtLeast(54);
  }

  /** A line for docs/esp-proofs.md: transform, mode with families, ESN. */
  private static void printProof(ForeignPackets.Sa sa, boolean innerV4) {
    PacketTransform transform = sa.transform();
    boolean esp = transform.protocol() == SecurityProtocol.ESP;
    int bits = transform.encryption().keyBits();
    String cipher =
        esp ? " " + transform.encryption().algorithm() + (bits > 0 ? "-" + bits : "") : "";
    IntegrityAlgorithm integrity = transform.integrity();
    String mac = integrity == IntegrityAlgorithm.NONE ? "" : " " + integrity;
    boolean tunnel = sa.child().mode() == SaMode.TUNNEL;
    String outer = sa.child().localAddress().isV4() ? "IPv4" : "IPv6";
    String families = tunnel ? (innerV4 ? "IPv4" : "IPv6") + " in " + outer : outer;
    String udp = sa.child().encapsulation() == null ? "" : " in UDP";
    System.out.println(
        "proof: capture: "
            + transform.protocol()
            + cipher
            + mac
            + ","
            + (tunnel ? "tunnel " : "transport ")
            + families
            + udp
            + ","
            + (transform.extendedSequenceNumbers() ? "ESN" : ""));
  }

  private static PacketBurst burst(byte[] packet) {
    PacketBurst burst =
        new PacketBurst(1, EspOutbound.MAX_HEADROOM + AhOutbound.MAX_HEADROOM, 2048, 64);
    burst.add(ByteBuffer.wrap(packet));
    return burst;
  }

  /** Whether the packet was of the one SA. */
  private static boolean open(Sad sad, SecurityProtocol protocol, PacketBurst burst) {
    if (protocol == SecurityProtocol.ESP) {
      try (EspInbound opener = new EspInbound(sad, List.of(CRYPTO), 1)) {
        opener.open(burst, PacketForm.FULL_IP, 1);
        return opener.sa(0) != null;
      }
    }
    try (AhInbound opener = new AhInbound(sad, List.of(CRYPTO), 1)) {
      opener.open(burst, 1);
      return opener.sa(0) != null;
    }
  }

  /** ICMP or ICMPv6 echo whose checksum is right. */
  private static void assertIsEcho(PacketBurst burst, String what) {
    IpHeaderView view = new IpHeaderView();
    assertTrue(view.parse(burst.slab(), burst.offset(0), burst.length(0)), what);
    byte[] message = new byte[view.payloadLength()];
    burst.slab().get(view.payloadOffset(), message);
    int type = message[0] & 0xff;
    if (view.isV4()) {
      assertTrue(type == 0 || type == 8, what);
      assertEquals(0xffff, sum(message, 0), what);
    } else {
      assertTrue(type == 128 || type == 129, what);
      ByteBuffer pseudo = ByteBuffer.allocate(40);
      pseudo.putLong(view.sourceHigh()).putLong(view.sourceLow());
      pseudo.putLong(view.destinationHigh()).putLong(view.destinationLow());
      pseudo.putInt(message.length).putInt(58);
      assertEquals(0xffff, sum(message, sum(pseudo.array(), 0)), what);
    }
  }

  private static int sum(byte[] octets, int before) {
    int sum = before;
    for (int i = 0; i < octets.length; i++) {
      sum += (octets[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum;
  }

  /** Each ESP packet of the kernel, opened and sealed again with its IV, is the same octets. */
  @Test
  void everyEspPacketOfTheKernelSealsToTheOctet() throws IOException, CryptoException {
    VectorCount count = new VectorCount("linux-kernel sealed by crypto-jca");
    List<byte[]> packets = ForeignPackets.kernelPackets();
    for (ForeignPackets.Sa sa : ForeignPackets.kernelSas()) {
      if (sa.transform().protocol() != SecurityProtocol.ESP) {
        continue;
      }
      PacketKey key = key(sa.transform(), sa.encryption(), sa.integrity());
      for (byte[] packet : packets) {
        byte[] esp = esp(packet);
        if (ByteBuffer.wrap(esp).getInt() == sa.spi()) {
          byte[] work = esp.clone();
          assertEquals(Status.OK, run(key, work, false), sa.toString());
          assertEquals(Status.OK, run(key, work, true), sa.toString());
          assertArrayEquals(esp, work, sa.toString());
          count.ran();
        }
      }
    }
    count.reportAtLeast(80);
  }

  /** What lies behind the IP header, and behind UDP if there is UDP; or eight zeros. */
  private static byte[] esp(byte[] packet) {
    IpHeaderView view = new IpHeaderView();
    byte[] nothing = new byte[HEADER];
    if (!view.parse(ByteBuffer.wrap(packet), 0, packet.length)) {
      return nothing;
    }
    int from = view.payloadOffset();
    return switch (view.protocol()) {
      case 50 -> Arrays.copyOfRange(packet, from, from + view.payloadLength());
      case 17 -> Arrays.copyOfRange(packet, from + 8, from + view.payloadLength());
      default -> nothing;
    };
  }

  private static PacketKey key(PacketTransform transform, Bytes encryption, Bytes integrity)
      throws CryptoException {
    return CRYPTO.packetKey(transform, Secret.ofPublic(encryption), Secret.ofPublic(integrity));
  }

  /** Seals or opens an ESP packet with the IV that it has. */
  private static Status run(PacketKey key, byte[] esp, boolean seal) {
    PacketTransform transform = key.transform();
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    CryptoBurst burst = new CryptoBurst(1);
    CryptoOp op = burst.next();
    op.key = key;
    op.slab = ByteBuffer.wrap(esp);
    op.seal = seal;
    op.aadLength = HEADER;
    op.textOffset = HEADER + cipher.ivLength();
    op.icvOffset = esp.length - transform.icvLength();
    op.textLength = op.icvOffset - op.textOffset;
    // The captures begin with the SA, so the upper half is zero.
    op.highSequencePresent = transform.extendedSequenceNumbers();
    byte[] salt = key.salt();
    System.arraycopy(salt, 0, op.nonce, 0, salt.length);
    System.arraycopy(esp, HEADER, op.nonce, salt.length, cipher.ivLength());
    op.nonceLength = salt.length + cipher.ivLength();
    PacketWorker worker = CRYPTO.packetWorker();
    worker.submit(burst);
    worker.close();
    return op.status;
  }

  /** RFC 3602 4: its packets have no ICV and get one of ours. */
  @Test
  void packetsOfRfc3602() throws IOException, CryptoException {
    VectorCount count = new VectorCount("RFC 3602 packets by crypto-jca");
    for (Json vector : ForeignPackets.rfc3602()) {
      Bytes packet = vector.hex("esp_packet");
      byte[] text =
          clearText(
              EncryptionAlgorithm.AES_CBC,
              vector.hex("key"),
              packet.slice(20, packet.length() - 20).toArray());
      byte[] original = vector.hex("original_packet").toArray();
      boolean tunnel = vector.text("mode").equals("tunnel");
      byte[] inner = tunnel ? original : Arrays.copyOfRange(original, 20, original.length);
      assertArrayEquals(inner, Arrays.copyOf(text, inner.length), vector.text("title"));
      count.ran();
    }
    count.reportAtLeast(4);
  }

  /** What an unauthenticated ESP packet holds; it is opened with an ICV that we put behind it. */
  private static byte[] clearText(EncryptionAlgorithm cipher, Bytes keyOctets, byte[] bare)
      throws CryptoException {
    Bytes macKey = Bytes.copyOf(new byte[20]);
    PacketKey mac =
        key(
            PacketTransform.esp(
                EncryptionAlgorithm.NULL, 0, IntegrityAlgorithm.HMAC_SHA1_96, false),
            Bytes.EMPTY,
            macKey);
    byte[] esp = Arrays.copyOf(bare, bare.length + IntegrityAlgorithm.HMAC_SHA1_96.icvLength());
    assertEquals(Status.OK, run(mac, esp, true));
    PacketTransform transform =
        PacketTransform.esp(cipher, keyOctets.length() * 8, IntegrityAlgorithm.HMAC_SHA1_96, false);
    assertEquals(Status.OK, run(key(transform, keyOctets, macKey), esp, false));
    return Arrays.copyOfRange(esp, HEADER + cipher.ivLength(), bare.length);
  }

  /** Packets that scapy's tests hold, made by Linux; three of them without integrity. */
  @Test
  void packetsOfScapy() throws CryptoException {
    VectorCount count = new VectorCount("scapy by crypto-jca");
    for (Json vector : VectorFile.sharedVectors("scapy/linux-esp-packets.json", count, 5)) {
      Json sa = vector.get("sa");
      byte[] esp = vector.hex("esp_hex").toArray();
      Bytes keyOctets = sa.hex("crypt_key");
      int next;
      switch (sa.text("crypt_algo")) {
        case "DES" -> next = next(clearText(EncryptionAlgorithm.DES_CBC, keyOctets, esp));
        case "3DES" -> next = next(clearText(EncryptionAlgorithm.TRIPLE_DES_CBC, keyOctets, esp));
        case "AES-CBC" -> next = next(clearText(EncryptionAlgorithm.AES_CBC, keyOctets, esp));
        default -> {
          EncryptionAlgorithm cipher =
              sa.text("crypt_algo").equals("AES-GCM")
                  ? EncryptionAlgorithm.AES_GCM_16
                  : EncryptionAlgorithm.NULL_AES_GMAC;
          PacketTransform transform =
              PacketTransform.esp(
                  cipher, (keyOctets.length() - 4) * 8, IntegrityAlgorithm.NONE, false);
          assertEquals(
              Status.OK, run(key(transform, keyOctets, Bytes.EMPTY), esp, false), sa.toString());
          next = next(Arrays.copyOfRange(esp, HEADER + 8, esp.length - 16));
        }
      }
      assertEquals(4, next, "IPv4 in tunnel mode: " + vector.text("title"));
      count.ran();
    }
    count.report();
  }

  /** The next header of a text, whose padding must be right. */
  private static int next(byte[] text) {
    int padding = text[text.length - 2] & 0xff;
    for (int i = 1; i <= padding; i++) {
      assertEquals(i, text[text.length - 2 - padding + i - 1]);
    }
    assertEquals(0x45, text[0]);
    return text[text.length - 1];
  }

  /** A guard that the list was read as it is. */
  @Test
  void theListHasAllKinds() throws IOException {
    List<ForeignPackets.Sa> all = ForeignPackets.kernelSas();
    assertEquals(54, all.size());
    assertEquals(4, all.stream().filter(sa -> sa.child().mode() == SaMode.TUNNEL).count());
    assertEquals(
        44, all.stream().filter(sa -> sa.transform().protocol() == SecurityProtocol.ESP).count());
    assertEquals(23, all.stream().map(ForeignPackets.Sa::transform).distinct().count());
  }
}
