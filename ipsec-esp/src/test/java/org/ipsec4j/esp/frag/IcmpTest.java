package org.ipsec4j.esp.frag;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.frag.IcmpErrors.Kind;
import org.ipsec4j.esp.frag.IcmpReplies.Outcome;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ICMP errors about our packets, and those that we send. */
@NullUnmarked
class IcmpTest {
  private static final byte[] NONE = {};
  private static final int SPI = 0x11223344;
  private static final long SECOND = 1_000_000_000L;

  private final IcmpErrors errors = new IcmpErrors();

  private Kind parse(byte[] packet) {
    return errors.parse(ByteBuffer.wrap(packet), 0, packet.length);
  }

  private static byte[] esp(int sequence) {
    return ByteBuffer.allocate(64).putInt(SPI).putInt(sequence).array();
  }

  private static byte[] ah() {
    return ByteBuffer.allocate(64)
        .put((byte) 4)
        .put((byte) 4)
        .putShort((short) 0)
        .putInt(SPI)
        .putInt(9)
        .array();
  }

  private static byte[] udp(byte[] data) {
    return ByteBuffer.allocate(8 + data.length)
        .putShort((short) 4500)
        .putShort((short) 14500)
        .putShort((short) (8 + data.length))
        .putShort((short) 0)
        .put(data)
        .array();
  }

  private static byte[] quote4(int protocol, byte[] upper) {
    return Packets.v4("192.0.2.1", "198.51.100.2", protocol, 3, Packets.DF, 0, NONE, upper);
  }

  private static byte[] quote6(int next, byte[] extensions, byte[] upper) {
    return Packets.v6("2001:db8::1", "2001:db8::2", 0, next, extensions, upper);
  }

  /** The second word holds the MTU. */
  static byte[] error4(int type, int code, int word, byte[] quote) {
    ByteBuffer icmp = ByteBuffer.allocate(8 + quote.length);
    icmp.put((byte) type).put((byte) code).putShort((short) 0).putInt(word).put(quote);
    icmp.putShort(2, (short) Packets.checksum(icmp.array(), 0, icmp.capacity()));
    return Packets.v4("203.0.113.9", "192.0.2.1", 1, 1, 0, 0, NONE, icmp.array());
  }

  static byte[] error6(int type, int code, int word, byte[] quote) {
    ByteBuffer icmp = ByteBuffer.allocate(8 + quote.length);
    icmp.put((byte) type).put((byte) code).putShort((short) 0).putInt(word).put(quote);
    ByteBuffer pseudo = ByteBuffer.allocate(40 + icmp.capacity());
    pseudo.put(IpAddress.parse("2001:db8::9").octets());
    pseudo.put(IpAddress.parse("2001:db8::1").octets());
    pseudo.putInt(icmp.capacity()).putInt(58).put(icmp.array());
    icmp.putShort(2, (short) Packets.checksum(pseudo.array(), 0, pseudo.capacity()));
    return Packets.v6("2001:db8::9", "2001:db8::1", 0, 58, NONE, icmp.array());
  }

  @Test
  void tooBigAboutEsp() {
    assertEquals(Kind.TOO_BIG, parse(error4(3, 4, 1400, quote4(50, esp(77)))));
    assertEquals(Kind.TOO_BIG, errors.kind());
    assertEquals(1400, errors.mtu());
    assertEquals(SPI, errors.spi());
    assertEquals(50, errors.protocol());
    assertTrue(errors.isV4() && errors.hasSequence());
    assertEquals(77, errors.sequence());
    assertEquals(84, errors.quotedLength());
    assertEquals(0xc0000201L, errors.sourceLow());
    assertEquals(0xc6336402L, errors.destinationLow());
    assertEquals(0, errors.sourcePort());
  }

  @Test
  void tooBigAboutEspOverV6() {
    byte[] hop = {50, 0, 5, 2, 0, 0, 1, 0};
    assertEquals(Kind.TOO_BIG, parse(error6(2, 0, 1300, quote6(0, hop, esp(78)))));
    assertEquals(1300, errors.mtu());
    assertEquals(SPI, errors.spi());
    assertEquals(78, errors.sequence());
    assertEquals(112, errors.quotedLength());
    assertEquals(0x20010db800000000L, errors.sourceHigh());
    assertEquals(1, errors.sourceLow());
    assertEquals(2, errors.destinationLow());
    assertFalse(errors.isV4());
    assertEquals(Kind.TOO_BIG, parse(error6(2, 0, -1, quote6(50, NONE, esp(1)))));
    assertEquals(Integer.MAX_VALUE, errors.mtu());
  }

  @Test
  void aboutAhAndUdp() {
    assertEquals(Kind.TOO_BIG, parse(error4(3, 4, 1400, quote4(51, ah()))));
    assertEquals(SPI, errors.spi());
    assertEquals(9, errors.sequence());
    assertEquals(Kind.UNREACHABLE, parse(error4(3, 3, 0, quote4(17, udp(esp(5))))));
    assertEquals(SPI, errors.spi());
    assertEquals(4500, errors.sourcePort());
    assertEquals(14500, errors.destinationPort());
    byte[] ike = ByteBuffer.allocate(32).array();
    assertEquals(Kind.FOREIGN, parse(error4(3, 3, 0, quote4(17, udp(ike)))));
  }

  /** RFC 792: the header and eight octets are all that a router must quote. */
  @Test
  void shortQuotes() {
    byte[] whole = quote4(50, esp(5));
    assertEquals(Kind.TOO_BIG, parse(error4(3, 4, 1400, Packets.slice(whole, 0, 28))));
    assertEquals(84, errors.quotedLength());
    assertEquals(5, errors.sequence());
    byte[] ah = quote4(51, ah());
    assertEquals(Kind.TOO_BIG, parse(error4(3, 4, 1400, Packets.slice(ah, 0, 28))));
    assertEquals(SPI, errors.spi());
    assertFalse(errors.hasSequence());
    byte[] udp = quote4(17, udp(esp(5)));
    assertEquals(Kind.TOO_BIG, parse(error4(3, 4, 1400, Packets.slice(udp, 0, 28))));
    assertEquals(IcmpErrors.NO_SPI, errors.spi());
    assertEquals(Kind.TOO_BIG, parse(error4(3, 4, 1400, Packets.slice(udp, 0, 32))));
    assertEquals(SPI, errors.spi());
    assertFalse(errors.hasSequence());
    for (int cut = 0; cut < 28; cut++) {
      assertEquals(Kind.MALFORMED, parse(error4(3, 4, 1400, Packets.slice(whole, 0, cut))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // RFC 792, RFC 1122 3.2.2
    "true, 3, 0, UNREACHABLE",
    "true, 3, 2, UNREACHABLE",
    "true, 3, 13, UNREACHABLE",
    "true, 3, 4, TOO_BIG",
    "true, 4, 0, OTHER",
    "true, 5, 1, OTHER",
    "true, 11, 0, TIME_EXCEEDED",
    "true, 12, 0, PARAMETER_PROBLEM",
    "true, 0, 0, NOT_AN_ERROR",
    "true, 8, 0, NOT_AN_ERROR",
    // RFC 4443 2.1
    "false, 1, 4, UNREACHABLE",
    "false, 2, 0, TOO_BIG",
    "false, 3, 1, TIME_EXCEEDED",
    "false, 4, 1, PARAMETER_PROBLEM",
    "false, 100, 0, OTHER",
    "false, 128, 0, NOT_AN_ERROR",
    "false, 137, 0, NOT_AN_ERROR",
  })
  void typesAndCodes(boolean v4, int type, int code, Kind kind) {
    byte[] packet =
        v4
            ? error4(type, code, 1300, quote4(50, esp(5)))
            : error6(type, code, 1300, quote6(50, NONE, esp(5)));
    assertEquals(kind, parse(packet));
  }

  @Test
  void whatIsNotOursIsForeign() {
    assertEquals(Kind.FOREIGN, parse(error4(3, 4, 1400, quote4(6, new byte[20]))));
    byte[] later = Packets.v4("192.0.2.1", "198.51.100.2", 50, 3, 10, 0, NONE, esp(1));
    assertEquals(Kind.FOREIGN, parse(error4(3, 4, 1400, later)));
    byte[] fragment = Packets.fragmentHeader(50, 8, true, 1);
    assertEquals(Kind.FOREIGN, parse(error6(2, 0, 1300, quote6(44, fragment, esp(1)))));
    byte[] first = Packets.fragmentHeader(50, 0, true, 1);
    assertEquals(Kind.TOO_BIG, parse(error6(2, 0, 1300, quote6(44, first, esp(1)))));
    assertEquals(Kind.FOREIGN, parse(error4(3, 4, 1400, quote6(50, NONE, esp(1)))));
    byte[] cutChain = {50, 9, 5, 2, 0, 0, 1, 0};
    assertEquals(Kind.FOREIGN, parse(error6(2, 0, 1300, quote6(60, cutChain, NONE))));
    assertEquals(Kind.NOT_AN_ERROR, parse(quote4(50, esp(1))));
    assertEquals(Kind.NOT_AN_ERROR, parse(new byte[10]));
  }

  @Test
  void checksumsAreChecked() {
    for (byte[] packet :
        List.of(
            error4(3, 4, 1400, quote4(50, esp(1))), error6(2, 0, 1400, quote6(50, NONE, esp(1))))) {
      for (int at = packet.length - 60; at < packet.length; at++) {
        packet[at] ^= 4;
        assertEquals(Kind.MALFORMED, parse(packet));
        packet[at] ^= 4;
      }
    }
    byte[] v6 = error6(2, 0, 1400, quote6(50, NONE, esp(1)));
    v6[20]++;
    assertEquals(Kind.MALFORMED, parse(v6), "the pseudo header counts too");
  }

  @Test
  void fuzz() {
    Random random = new Random(792);
    Map<Kind, Integer> seen = new EnumMap<>(Kind.class);
    for (int round = 0; round < 100_000; round++) {
      boolean v4 = random.nextBoolean();
      byte[] quote =
          v4
              ? quote4(random.nextInt(3) + 49, esp(1))
              : quote6(random.nextInt(64), new byte[8], esp(1));
      for (int i = random.nextInt(3); i > 0; i--) {
        quote[random.nextInt(quote.length)] = (byte) random.nextInt();
      }
      byte[] cut = Packets.slice(quote, 0, random.nextInt(quote.length + 1));
      int type = random.nextInt(v4 ? 13 : 5);
      byte[] packet = v4 ? error4(type, 4, 1400, cut) : error6(type, 0, 1400, cut);
      if (random.nextInt(10) == 0) {
        packet[random.nextInt(packet.length)] = (byte) random.nextInt();
      }
      seen.merge(parse(Packets.slice(packet, 0, packet.length)), 1, Integer::sum);
    }
    assertEquals(Kind.values().length, seen.size(), seen.toString());
  }

  // what we send

  private static IcmpReplies replies() {
    return new IcmpReplies(IpAddress.parse("10.1.0.254"), IpAddress.parse("fd00:1::fe"), 10, 10);
  }

  private static Outcome reply(IcmpReplies replies, byte[] about, PacketBurst into) {
    return replies.tooBig(Packets.burst(List.of(about), about.length), 0, 1438, into, 0);
  }

  @Test
  void tooBigOverV4() {
    PacketBurst into = new PacketBurst(1, 32, 1500, 0);
    byte[] about = Packets.v4(9, Packets.DF, 0, NONE, Packets.octets(1, 1480));
    assertEquals(Outcome.WRITTEN, reply(replies(), about, into));
    byte[] message = Packets.window(into, 0);
    assertEquals(576, message.length, "RFC 1812 4.3.2.3");
    ByteBuffer in = ByteBuffer.wrap(message);
    assertEquals(0x45000240, in.getInt(0));
    assertEquals(0, Packets.checksum(message, 0, 20));
    assertEquals(1, message[9]);
    assertArrayEquals(IpAddress.parse("10.1.0.254").octets(), Packets.slice(message, 12, 16));
    assertArrayEquals(IpAddress.parse("10.1.0.1").octets(), Packets.slice(message, 16, 20));
    assertEquals(0x0304, in.getShort(20));
    assertEquals(1438, in.getInt(24), "next-hop MTU in the lower half (RFC 1191 4)");
    assertEquals(0, Packets.checksum(message, 20, 556));
    assertArrayEquals(Packets.slice(about, 0, 548), Packets.slice(message, 28, 576));
  }

  @Test
  void tooBigOverV6() {
    PacketBurst into = new PacketBurst(1, 32, 1500, 0);
    byte[] about = Packets.v6(0, 17, NONE, Packets.octets(1, 1460));
    assertEquals(Outcome.WRITTEN, reply(replies(), about, into));
    byte[] message = Packets.window(into, 0);
    assertEquals(1280, message.length, "RFC 4443 2.4 c");
    byte[] quote = Packets.slice(about, 0, 1232);
    ByteBuffer icmp = ByteBuffer.allocate(1240).putInt(2 << 24).putInt(1438).put(quote);
    ByteBuffer pseudo = ByteBuffer.allocate(1280);
    pseudo.put(IpAddress.parse("fd00:1::fe").octets()).put(IpAddress.parse("fd00:1::1").octets());
    pseudo.putInt(1240).putInt(58).put(icmp.array());
    icmp.putShort(2, (short) Packets.checksum(pseudo.array(), 0, 1280));
    byte[] expected = Packets.v6("fd00:1::fe", "fd00:1::1", 0, 58, NONE, icmp.array());
    expected[1] = 0;
    expected[2] = 0;
    expected[3] = 0;
    expected[7] = 64;
    assertArrayEquals(expected, message);
  }

  @Test
  void smallPacketsAreQuotedWholeAndMtusAreBounded() {
    PacketBurst into = new PacketBurst(3, 32, 1500, 0);
    IcmpReplies replies = replies();
    PacketBurst about =
        Packets.burst(
            List.of(Packets.v4(9, 0, 0, NONE, new byte[30]), Packets.v6(0, 17, NONE, new byte[30])),
            100);
    assertEquals(Outcome.WRITTEN, replies.tooBig(about, 0, 12, into, 0));
    assertEquals(Outcome.WRITTEN, replies.tooBig(about, 1, 12, into, 0));
    assertEquals(78, into.length(0));
    assertEquals(68, into.slab().getInt(into.offset(0) + 24));
    assertEquals(1280, into.slab().getInt(into.offset(1) + 44));
  }

  @ParameterizedTest
  @CsvSource({
    // RFC 1122 3.2.2: sources that are no single host, groups and broadcast
    "0.0.0.0, 10.2.0.2",
    "0.1.2.3, 10.2.0.2",
    "127.0.0.1, 10.2.0.2",
    "224.0.0.1, 10.2.0.2",
    "240.0.0.1, 10.2.0.2",
    "255.255.255.255, 10.2.0.2",
    "10.1.0.1, 224.0.0.5",
    "10.1.0.1, 255.255.255.255",
    // RFC 4443 2.4 e.6
    "::, fd00::2",
    "::1, fd00::2",
    "ff02::1, fd00::2",
  })
  void someAddressesAreNeverAnswered(String source, String destination) {
    byte[] about =
        source.contains(":")
            ? Packets.v6(source, destination, 0, 17, NONE, new byte[100])
            : Packets.v4(source, destination, 17, 1, Packets.DF, 0, NONE, new byte[100]);
    PacketBurst into = new PacketBurst(1, 32, 1500, 0);
    assertEquals(Outcome.FORBIDDEN, reply(replies(), about, into));
    assertEquals(0, into.size());
  }

  @Test
  void groupsOverV6AreTheException() {
    byte[] about = Packets.v6("fd00::1", "ff02::5", 0, 17, NONE, new byte[100]);
    PacketBurst into = new PacketBurst(1, 32, 1500, 0);
    assertEquals(Outcome.WRITTEN, reply(replies(), about, into));
  }

  @Test
  void errorsAndLaterFragmentsAreNeverAnswered() {
    PacketBurst into = new PacketBurst(8, 32, 1500, 0);
    IcmpReplies replies = replies();
    assertEquals(Outcome.FORBIDDEN, reply(replies, error4(3, 4, 0, quote4(50, esp(1))), into));
    assertEquals(
        Outcome.FORBIDDEN, reply(replies, error6(1, 0, 0, quote6(50, NONE, esp(1))), into));
    assertEquals(Outcome.FORBIDDEN, reply(replies, error6(137, 0, 0, new byte[40]), into));
    byte[] later = Packets.v4(1, 5, 0, NONE, new byte[100]);
    assertEquals(Outcome.FORBIDDEN, reply(replies, later, into));
    byte[] later6 = Packets.v6(0, 44, Packets.fragmentHeader(17, 8, true, 1), new byte[100]);
    assertEquals(Outcome.FORBIDDEN, reply(replies, later6, into));
    byte[] noType = Packets.v4("10.1.0.1", "10.2.0.2", 1, 1, 0, 0, NONE, NONE);
    assertEquals(Outcome.FORBIDDEN, reply(replies, noType, into));
    assertEquals(Outcome.FORBIDDEN, reply(replies, new byte[50], into));
    assertEquals(0, into.size());
    assertEquals(Outcome.WRITTEN, reply(replies, error4(8, 0, 0, new byte[40]), into));
    byte[] first = Packets.v4(1, Packets.MORE | Packets.DF, 0, NONE, new byte[96]);
    assertEquals(Outcome.WRITTEN, reply(replies, first, into));
  }

  @Test
  void rateIsLimited() {
    IcmpReplies replies = replies();
    PacketBurst into = new PacketBurst(100, 32, 700, 0);
    PacketBurst about = Packets.burst(List.of(Packets.v4(9, 0, 0, NONE, new byte[30])), 100);
    int atOnce = 0;
    while (replies.tooBig(about, 0, 100, into, 5 * SECOND) == Outcome.WRITTEN) {
      atOnce++;
    }
    assertEquals(10, atOnce);
    int inThreeSeconds = 0;
    for (long now = 5 * SECOND; now < 8 * SECOND; now += SECOND / 100) {
      if (replies.tooBig(about, 0, 100, into, now) == Outcome.WRITTEN) {
        inThreeSeconds++;
      }
    }
    assertEquals(29, inThreeSeconds);
  }

  @Test
  void whatCannotBeSent() {
    IcmpReplies onlyV4 = new IcmpReplies(IpAddress.parse("10.1.0.254"), null, 10, 1);
    PacketBurst into = new PacketBurst(1, 32, 600, 0);
    byte[] v4 = Packets.v4(9, Packets.DF, 0, NONE, new byte[600]);
    byte[] v6 = Packets.v6(0, 17, NONE, new byte[600]);
    assertEquals(Outcome.NO_ADDRESS, reply(onlyV4, v6, into));
    assertEquals(Outcome.NO_ROOM, reply(replies(), v6, into));
    assertEquals(Outcome.WRITTEN, reply(onlyV4, v4, into));
    assertEquals(Outcome.NO_ROOM, reply(replies(), v4, into));
    assertThrows(
        IllegalArgumentException.class,
        () -> new IcmpReplies(IpAddress.parse("fd00::1"), null, 10, 1));
    assertThrows(IllegalArgumentException.class, () -> new IcmpReplies(null, null, 0, 1));
  }
}
