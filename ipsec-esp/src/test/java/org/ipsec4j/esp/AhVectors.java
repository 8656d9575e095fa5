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
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.sa.ChildSa;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Packets with AH that others made: a Linux kernel, and captures whose keys nobody knows. */
@NullUnmarked
class AhVectors {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void linuxKernel() throws IOException {
    List<byte[]> packets = ipPackets(resource("linux-kernel.pcap"));
    int run = 0;
    int opened = 0;
    String cases = new String(resource("linux-kernel.jsonl"), StandardCharsets.UTF_8);
    for (String line : cases.lines().toList()) {
      Map<String, Object> sa = Json.object(line);
      if (sa.get("proto").equals("ah")) {
        opened += openAndSealAgain(lab(sa), packets, sa);
        run++;
      }
    }
    report("linux-kernel AH", run, 0);
    assertEquals(10, run, "SAs");
    assertEquals(18, opened, "packets");
  }

  private static Lab lab(Map<String, Object> sa) {
    IntegrityAlgorithm mac =
        switch ((String) sa.get("auth")) {
          case "HMAC-MD5-96" -> IntegrityAlgorithm.HMAC_MD5_96;
          case "SHA2-256-128" -> IntegrityAlgorithm.HMAC_SHA2_256_128;
          case "SHA2-512-256" -> IntegrityAlgorithm.HMAC_SHA2_512_256;
          case "AES-CMAC-96" -> IntegrityAlgorithm.AES_CMAC_96;
          default -> throw new AssertionError(sa.toString());
        };
    Lab lab = AhLab.lab(mac, (Boolean) sa.get("esn"));
    lab.spi = ((Long) sa.get("spi")).intValue();
    lab.mode = sa.get("mode").equals("tunnel") ? SaMode.TUNNEL : SaMode.TRANSPORT;
    lab.integrityKey = HEX.parseHex((String) sa.get("auth_key"));
    return lab;
  }

  private static int openAndSealAgain(Lab lab, List<byte[]> packets, Map<String, Object> sa) {
    int opened = 0;
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      for (byte[] packet : packets) {
        if ((packet[0] & 0xf0) != 0x40 || packet[9] != 51) {
          continue;
        }
        PacketBurst burst = AhLab.open(opener, packet);
        if (opener.sa(0) == null) {
          assertEquals(DropReason.UNKNOWN_SPI, burst.dropReason(0));
          continue;
        }
        assertEquals(DropReason.NONE, burst.dropReason(0), sa.toString());
        assertTrue(opener.isAuthentic(0));
        byte[] inner = Lab.window(burst, 0);
        assertIsPing(inner);
        assertArrayEquals(packet, sealAgain(lab, packet, inner, sa), sa.toString());
        opened++;
      }
    }
    return opened;
  }

  /** With the kernel's padding, which is whatever lay in its memory, in the place of ours. */
  private static byte[] sealAgain(Lab lab, byte[] packet, byte[] inner, Map<String, Object> sa) {
    Lab ours = lab(sa);
    ours.firstNumber = ByteBuffer.wrap(packet).getInt(28);
    byte[] padding =
        Arrays.copyOfRange(packet, 32 + lab.transform.icvLength(), 20 + (packet[21] + 2) * 4);
    ours.crypto =
        new AhCrypto() {
          @Override
          void beforeSeal(CryptoOp op) {
            op.slab.put(op.icvOffset + lab.transform.icvLength(), padding);
            if (lab.mode == SaMode.TUNNEL) {
              // the outer identification is the sender's to choose, and covered
              op.slab.put(op.aadOffset + 4, packet, 4, 2);
            }
          }
        };
    OutboundSa outbound =
        OutboundSa.startingAt(
            tunnelBetween(ours, sa),
            ours.key(),
            ours.options.withAhPadding(AhPadding.EIGHT_OCTETS),
            ours.firstNumber);
    byte[] sealed = AhLab.seal(ours, outbound, inner);
    if (lab.mode == SaMode.TUNNEL) {
      // identification, and hop limit and Don't Fragment that are a matter of taste and not covered
      System.arraycopy(packet, 4, sealed, 4, 5);
      System.arraycopy(packet, 10, sealed, 10, 2);
      assertEquals(0, IpPackets.checksum(sealed, 0, 20), "the kernel's checksum fits our header");
    }
    return sealed;
  }

  private static ChildSa tunnelBetween(Lab lab, Map<String, Object> sa) {
    ChildSa child = lab.child(true);
    return new ChildSa(
        child.id(),
        child.ikeSa(),
        child.peer(),
        child.profile(),
        child.mode(),
        child.transform(),
        child.inboundSpi(),
        child.outboundSpi(),
        child.inboundKeys(),
        child.outboundKeys(),
        child.localSelectors(),
        child.remoteSelectors(),
        IpAddress.parse((String) sa.get("src")),
        IpAddress.parse((String) sa.get("dst")),
        null,
        child.replayWindow(),
        child.lifetime(),
        true);
  }

  private static void assertIsPing(byte[] packet) {
    assertEquals(0, IpPackets.checksum(packet, 0, 20));
    assertEquals(1, packet[9]);
    assertEquals(packet.length, ByteBuffer.wrap(packet).getShort(2));
    assertEquals(0, IpPackets.checksum(packet, 20, packet.length - 20));
    assertTrue(packet[20] == 0 || packet[20] == 8);
  }

  /** The MACs that the kernel's packets were opened with are right: RFC 4493 4 and RFC 3566 4. */
  @Test
  void knownAnswersOfTheTestMacs() throws GeneralSecurityException {
    byte[] key = HEX.parseHex("2b7e151628aed2a6abf7158809cf4f3c");
    byte[] text =
        HEX.parseHex(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411");
    assertEquals(
        "bb1d6929e95937287fa37d129b756746", HEX.formatHex(AhCrypto.cmac(key, new byte[0])));
    assertEquals(
        "070a16b46b4d4144f79bdd9dd04a287c",
        HEX.formatHex(AhCrypto.cmac(key, Arrays.copyOf(text, 16))));
    assertEquals("dfa66747de9ae63030ca32611497c827", HEX.formatHex(AhCrypto.cmac(key, text)));
    byte[] counting = new byte[16];
    for (int i = 0; i < 16; i++) {
      counting[i] = (byte) i;
    }
    assertEquals(
        "75f0251d528ac01c4573dfd584d79f29", HEX.formatHex(AhCrypto.xcbc(counting, new byte[0])));
    assertEquals(
        "5b376580ae2f19afe7219ceef172756f",
        HEX.formatHex(AhCrypto.xcbc(counting, Arrays.copyOf(counting, 3))));
    assertEquals(
        "d2a246fa349b68a79998a4394ff7a263", HEX.formatHex(AhCrypto.xcbc(counting, counting)));
  }

  /**
   * Routers with OSPFv3 under AH (RFC 4552): the keys are not known, but that the header is taken
   * out rightly is seen in the checksum, which covers addresses and length.
   */
  @Test
  void ospfOfTcpdump() throws IOException {
    Lab lab = AhLab.lab(IntegrityAlgorithm.HMAC_SHA1_96, false);
    lab.crypto = new NoAhCrypto();
    lab.mode = SaMode.TRANSPORT;
    lab.outerV4 = false;
    lab.spi = 0x100;
    // several senders, one SA
    lab.options = lab.options.withReplayProtection(ReplayProtection.OFF);
    List<byte[]> packets = ipPackets(resource("OSPFv3_with_AH.pcap"));
    int opened = 0;
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      for (byte[] packet : packets) {
        PacketBurst burst = AhLab.open(opener, packet);
        assertEquals(DropReason.NONE, burst.dropReason(0));
        byte[] ospf = Lab.window(burst, 0);
        assertEquals(packet.length - 24, ospf.length);
        assertEquals(89, ospf[6]);
        assertEquals(3, ospf[40], "version");
        assertEquals(ospf.length - 40, ByteBuffer.wrap(ospf).getShort(42));
        String from = IpAddress.of(Arrays.copyOfRange(ospf, 8, 24)).toString();
        String to = IpAddress.of(Arrays.copyOfRange(ospf, 24, 40)).toString();
        byte[] message = Arrays.copyOfRange(ospf, 40, ospf.length);
        assertEquals(0, IpPackets.upperChecksum(from, to, 89, message));
        opened++;
      }
    }
    assertRefused(lab, packets);
    report("tcpdump OSPFv3_with_AH", opened, 0);
    assertEquals(61, opened);
  }

  /** ESP in AH: what the capture's own analysis says of SPIs and numbers, layer by layer. */
  @Test
  void espInAhOfZeek() throws IOException {
    List<byte[]> packets = ipPackets(resource("IPsec_ESP-AH_tunnel_mode.cap"));
    int run = 0;
    for (int spi : new int[] {0x8179b705, 0xba8bd060}) {
      Lab lab = AhLab.lab(IntegrityAlgorithm.HMAC_SHA1_96, false);
      lab.crypto = new NoAhCrypto();
      lab.mode = SaMode.TRANSPORT;
      lab.spi = spi;
      try (IpsecInbound opener = new IpsecInbound(lab.sad(), List.of(lab.crypto), 1);
          AhInbound ah = AhLab.opener(lab, lab.sad())) {
        int number = 0;
        for (byte[] packet : packets) {
          if (ByteBuffer.wrap(packet).getInt(24) != spi) {
            continue;
          }
          PacketBurst burst = AhLab.open(ah, packet);
          assertEquals(DropReason.NONE, burst.dropReason(0));
          assertEquals(++number, ah.sequence(0));
          byte[] esp = Lab.window(burst, 0);
          assertEquals(50, esp[9]);
          assertEquals(0, IpPackets.checksum(esp, 0, 20));
          assertArrayEquals(
              Arrays.copyOfRange(packet, 44, packet.length),
              Arrays.copyOfRange(esp, 20, esp.length));
          burst = AhLab.burst(packet);
          opener.open(burst, PacketForm.FULL_IP, 1);
          assertEquals(DropReason.UNKNOWN_SPI, burst.dropReason(0), "of the ESP inside");
          assertEquals(1, opener.layers(0));
          run++;
        }
        assertEquals(5, number);
      }
      assertRefused(lab, packets);
    }
    report("zeek ESP-AH", run, 0);
    assertEquals(10, run);
  }

  /** With real cryptography and some key none of them opens. */
  private static void assertRefused(Lab lab, List<byte[]> packets) {
    lab.crypto = new AhCrypto();
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      for (byte[] packet : packets) {
        DropReason reason = AhLab.open(opener, packet).dropReason(0);
        assertEquals(
            opener.sa(0) == null ? DropReason.UNKNOWN_SPI : DropReason.ICV_MISMATCH, reason);
      }
    }
  }

  private static void report(String name, int run, int skipped) {
    System.out.println("vectors: " + name + ": " + run + " run, " + skipped + " skipped");
  }

  /** The IP packets of a pcap file of Ethernet (1), Linux cooked (113) or raw IP frames. */
  static List<byte[]> ipPackets(byte[] pcap) {
    ByteBuffer file = ByteBuffer.wrap(pcap);
    file.order(file.getInt(0) == 0xd4c3b2a1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int link = file.getInt(20) & 0xffff;
    int header = link == 1 ? 14 : link == 113 ? 16 : 0;
    List<byte[]> packets = new ArrayList<>();
    int at = 24;
    while (at + 16 <= pcap.length) {
      int length = file.getInt(at + 8);
      byte[] frame = Arrays.copyOfRange(pcap, at + 16 + header, at + 16 + length);
      at += 16 + length;
      IpHeaderView view = new IpHeaderView();
      if (view.parse(ByteBuffer.wrap(frame), 0, frame.length)) {
        packets.add(Arrays.copyOf(frame, view.totalLength()));
      }
    }
    return packets;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = AhVectors.class.getResourceAsStream("vectors/" + name)) {
      assertNotNull(in, name);
      return in.readAllBytes();
    }
  }
}
