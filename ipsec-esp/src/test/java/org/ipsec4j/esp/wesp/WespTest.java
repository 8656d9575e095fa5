package org.ipsec4j.esp.wesp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.wesp.WespView.Carrier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The header octet by octet, and what becomes of packets that have it. */
@NullUnmarked
class WespTest {
  private static final HexFormat HEX = HexFormat.of();

  /** SPI, number, eight octets of payload, padding 1 2, pad length 2, next header 17, ICV of 12. */
  private static final String ESP =
      "11223344" + "00000001" + "a1a2a3a4a5a6a7a8" + "01020211" + "c1c2c3c4c5c6c7c8c9cacbcc";

  private static DropReason parse(WespView view, String octets, Carrier carrier) {
    byte[] packet = HEX.parseHex(octets);
    ByteBuffer memory = ByteBuffer.allocate(packet.length + 6);
    memory.put(3, packet);
    return view.parse(memory, 3, packet.length, carrier);
  }

  @Test
  void clearPayloadIsFound() {
    WespView view = new WespView();
    assertEquals(DropReason.NONE, parse(view, "110c0c00" + ESP, Carrier.IPV4));
    assertFalse(view.isEncrypted());
    assertEquals(17, view.nextHeader());
    assertEquals(0, view.ivLength());
    assertEquals(12, view.icvLength());
    assertEquals(3 + 12, view.payloadOffset());
    assertEquals(8, view.payloadLength());
    assertEquals(3 + 4, view.espOffset());
    assertEquals(ESP.length() / 2, view.espLength());
    assertEquals(0x11223344, view.spi());
  }

  @Test
  void ivAndPaddingAreCounted() {
    WespView view = new WespView();
    assertEquals(DropReason.NONE, parse(view, "11180c10" + "00000000" + ESP, Carrier.IPV6));
    assertEquals(8, view.ivLength());
    assertEquals(0, view.payloadLength());
    assertEquals(3 + 8, view.espOffset());
  }

  /** RFC 5840 2, rule by rule. */
  @ParameterizedTest
  @CsvSource({
    // version, and reserved bits, which are ignored
    "110c0c00, IPV4, NONE",
    "110c0c40, IPV4, MALFORMED_WESP",
    "110c0c80, IPV4, MALFORMED_WESP",
    "110c0c0f, IPV4, NONE",
    // padding by version
    "110c0c00, IPV6, MALFORMED_WESP",
    "1110 0c10 00000000, IPV6, NONE",
    "1110 0c10 00000000, IPV4, MALFORMED_WESP",
    "1110 0c10 00000000, UDP_OVER_IPV4, MALFORMED_WESP",
    "110c0c00, UDP_OVER_IPV4, NONE",
    "110c0c00, UDP_OVER_IPV6, NONE",
    "1110 0c10 00000000, UDP_OVER_IPV6, NONE",
    // with encryption the rest is zero
    "00000020, IPV4, NONE",
    "11000020, IPV4, MALFORMED_WESP",
    "000c0020, IPV4, MALFORMED_WESP",
    "00000c20, IPV4, MALFORMED_WESP",
    "00000030 00000000, IPV6, NONE",
    // the next header is that of the trailer
    "060c0c00, IPV4, MALFORMED_WESP",
    // HdrLen: at least 12, multiple of 4, of 8 over IPv6, within the packet
    "11080c00, IPV4, MALFORMED_WESP",
    "110d0c00, IPV4, MALFORMED_WESP",
    "11100c00, IPV4, NONE",
    "11140c10 00000000, IPV6, MALFORMED_WESP",
    "110c0c10 00000000, UDP_OVER_IPV6, MALFORMED_WESP",
    "11180c00, IPV4, MALFORMED_WESP",
    "11ff0c00, IPV4, MALFORMED_WESP",
    // TrailerLen: leads to a trailer within the packet
    "110c1000, IPV4, MALFORMED_WESP",
    "110cff00, IPV4, MALFORMED_WESP"
  })
  void rules(String header, Carrier carrier, DropReason expected) {
    WespView view = new WespView();
    assertEquals(expected, parse(view, header.replace(" ", "") + ESP, carrier));
  }

  @Test
  void cutPacketsAreMalformed() {
    WespView view = new WespView();
    String whole = "110c0c00" + ESP;
    for (int octets = 0; octets * 2 < whole.length(); octets++) {
      DropReason reason = parse(view, whole.substring(0, octets * 2), Carrier.IPV4);
      assertEquals(DropReason.MALFORMED_WESP, reason, "octets: " + octets);
    }
    assertEquals(DropReason.NONE, parse(view, "00000020" + "1122334400000001", Carrier.IPV4));
    assertEquals(DropReason.MALFORMED_WESP, parse(view, "00000020" + "112233", Carrier.IPV4));
  }

  /** A pad length that leads in front of the payload. */
  @Test
  void lyingPadLength() {
    String lying = ESP.replace("01020211", "01020b11");
    assertEquals(
        DropReason.MALFORMED_WESP, parse(new WespView(), "110c0c00" + lying, Carrier.IPV4));
  }

  @Test
  void theHeaderMustFitTheSa() {
    PacketTransform sha1 =
        PacketTransform.esp(EncryptionAlgorithm.NULL, 0, IntegrityAlgorithm.HMAC_SHA1_96, false);
    PacketTransform sha2 =
        PacketTransform.esp(
            EncryptionAlgorithm.NULL, 0, IntegrityAlgorithm.HMAC_SHA2_256_128, false);
    PacketTransform gmac =
        PacketTransform.esp(EncryptionAlgorithm.NULL_AES_GMAC, 128, IntegrityAlgorithm.NONE, false);
    PacketTransform gcm =
        PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
    WespView view = new WespView();
    parse(view, "110c0c00" + ESP, Carrier.IPV4);
    assertTrue(view.fits(sha1));
    assertFalse(view.fits(sha2));
    assertFalse(view.fits(gmac));
    assertFalse(view.fits(gcm));
    parse(view, "00000020" + ESP, Carrier.IPV4);
    assertFalse(view.fits(sha1));
    assertTrue(view.fits(gcm));
  }

  /** Wrapped and unwrapped again, a packet is the same to the octet. */
  @Property(tries = 300)
  void unwrappingLeavesThePacket(@ForAll Carrier carrier, @ForAll long seed) {
    Random random = new Random(seed);
    boolean v4 = carrier == Carrier.IPV4 || carrier == Carrier.UDP_OVER_IPV4;
    boolean udp = carrier == Carrier.UDP_OVER_IPV4 || carrier == Carrier.UDP_OVER_IPV6;
    byte[] esp = new byte[12 + random.nextInt(300)];
    random.nextBytes(esp);
    esp[0] = 1;
    byte[] header =
        carrier == Carrier.IPV6 ? HEX.parseHex("0000003000000000") : HEX.parseHex("00000020");
    byte[] marker = udp ? new byte[] {0, 0, 0, 2} : new byte[0];
    byte[] plain = packet(v4, udp, 50, esp);
    byte[] wrapped = packet(v4, udp, 141, concat(marker, header, esp));
    PacketBurst burst = new PacketBurst(2, 10, 500, 0);
    burst.add(ByteBuffer.wrap(wrapped));
    burst.add(ByteBuffer.wrap(plain));
    WespReader reader = new WespReader();
    assertTrue(reader.unwrap(burst, 0, PacketForm.FULL_IP));
    assertTrue(reader.view().isEncrypted());
    assertArrayEquals(plain, window(burst, 0));
    assertFalse(reader.unwrap(burst, 1, PacketForm.FULL_IP));
    assertArrayEquals(plain, window(burst, 1));
    assertEquals(1, reader.unwrapped());
  }

  @Test
  void payloadsOfUdpAreUnwrapped() {
    PacketBurst burst = new PacketBurst(4, 0, 100, 0);
    burst.add(ByteBuffer.wrap(HEX.parseHex("00000002" + "110c0c00" + ESP)));
    burst.add(ByteBuffer.wrap(HEX.parseHex(ESP)));
    burst.add(ByteBuffer.wrap(HEX.parseHex("00000002" + "110c0c40" + ESP)));
    burst.add(ByteBuffer.wrap(HEX.parseHex("00000002" + "0000")));
    WespReader reader = new WespReader();
    assertTrue(reader.unwrap(burst, 0, PacketForm.PAYLOAD));
    assertArrayEquals(HEX.parseHex(ESP), window(burst, 0));
    assertFalse(reader.unwrap(burst, 1, PacketForm.PAYLOAD));
    assertFalse(reader.unwrap(burst, 2, PacketForm.PAYLOAD));
    assertFalse(reader.unwrap(burst, 3, PacketForm.PAYLOAD));
    assertTrue(burst.isAlive(1));
    assertEquals(DropReason.MALFORMED_WESP, burst.dropReason(2));
    assertEquals(DropReason.MALFORMED_WESP, burst.dropReason(3));
    assertEquals(2, reader.malformed());
  }

  @ParameterizedTest
  @EnumSource(PacketForm.class)
  void noiseIsNeverUnwrappedOutside(PacketForm form) {
    Random random = new Random(5840);
    WespReader reader = new WespReader();
    PacketBurst burst = new PacketBurst(1, 40, 100, 0);
    byte[] right =
        packet(true, true, 141, concat(new byte[] {0, 0, 0, 2}, HEX.parseHex("110c0c00" + ESP)));
    for (int i = 0; i < 50_000; i++) {
      byte[] octets =
          form == PacketForm.FULL_IP ? right.clone() : Arrays.copyOfRange(right, 28, right.length);
      for (int n = random.nextInt(5); n > 0; n--) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      burst.clear();
      burst.add(
          ByteBuffer.wrap(
              octets, 0, random.nextInt(4) == 0 ? random.nextInt(octets.length) : octets.length));
      int before = burst.length(0);
      if (reader.unwrap(burst, 0, form)) {
        assertTrue(burst.length(0) < before);
      }
    }
    assertTrue(reader.unwrapped() > 1000 && reader.malformed() > 1000);
  }

  static byte[] packet(boolean v4, boolean udp, int protocol, byte[] payload) {
    byte[] inside = payload;
    if (udp) {
      ByteBuffer datagram = ByteBuffer.allocate(8 + payload.length);
      datagram.putShort((short) 4500).putShort((short) 4500);
      datagram.putShort((short) datagram.capacity()).putShort((short) 0).put(payload);
      inside = datagram.array();
    }
    int next = udp ? 17 : protocol;
    ByteBuffer packet = ByteBuffer.allocate((v4 ? 20 : 40) + inside.length);
    if (v4) {
      packet.putInt(0x45000000 | packet.capacity()).putInt(0x12340000);
      packet.putShort((short) (64 << 8 | next)).putShort((short) 0);
      packet.putInt(0xc0000201).putInt(0xc6336402);
      int sum = 0;
      for (int at = 0; at < 20; at += 2) {
        sum += packet.getShort(at) & 0xffff;
      }
      packet.putShort(10, (short) ~((sum & 0xffff) + (sum >> 16)));
    } else {
      packet.putInt(6 << 28).putShort((short) inside.length).put((byte) next).put((byte) 64);
      packet.putLong(0x20010db800000000L).putLong(1).putLong(0x20010db800000000L).putLong(2);
    }
    return packet.put(inside).array();
  }

  static byte[] concat(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  private static byte[] window(PacketBurst burst, int index) {
    byte[] copy = new byte[burst.length(index)];
    burst.slab().get(burst.offset(index), copy);
    return copy;
  }
}
