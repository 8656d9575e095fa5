package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Transport mode through NATs on both sides: the peer wrote a private source and our public
 * address, the packet is delivered with the NAT's address and our private one (RFC 3948 3.1.2, RFC
 * 7296 2.23.1).
 */
@NullUnmarked
class NatChecksumTest {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int ICMPV6 = 58;
  private static final int UDP_LITE = 136;
  private static final int SCTP = 132;

  private final Lab lab = new Lab();

  record Case(boolean v4, int protocol, NatChecksum how, boolean known) {
    String writtenSource() {
      return v4 ? "10.9.8.7" : "fd00::9:8:7";
    }

    String writtenDestination() {
      return v4 ? "203.0.113.77" : "2001:db8:77::77";
    }

    AddressPair original() {
      return new AddressPair(
          IpAddress.parse(writtenDestination()), IpAddress.parse(writtenSource()));
    }

    /** The upper layer with a checksum over these addresses. */
    byte[] upper(String source, String destination, int seed) {
      byte[] octets = Lab.octets(seed, 40 + seed % 9);
      ByteBuffer upper = ByteBuffer.wrap(octets);
      int field = protocol == TCP ? 16 : protocol == ICMPV6 ? 2 : 6;
      int covered = octets.length;
      if (protocol == UDP) {
        upper.putShort(4, (short) octets.length);
      } else if (protocol == UDP_LITE) {
        covered = seed % 2 == 0 ? octets.length : 8 + seed % 20;
        upper.putShort(4, (short) (seed % 2 == 0 ? 0 : covered));
      } else if (protocol == TCP) {
        upper.put(12, (byte) 0x50);
      }
      if (protocol != SCTP) {
        upper.putShort(field, (short) 0);
        upper.putShort(field, (short) checksum(source, destination, octets, covered));
      }
      return octets;
    }

    private int checksum(String source, String destination, byte[] upper, int covered) {
      byte[] from = IpAddress.parse(source).octets();
      byte[] to = IpAddress.parse(destination).octets();
      ByteBuffer all = ByteBuffer.allocate(from.length + to.length + 8 + covered);
      all.put(from).put(to).putInt(upper.length).putInt(protocol).put(upper, 0, covered);
      int sum = IpPackets.checksum(all.array(), 0, all.capacity());
      return sum == 0 && (protocol == UDP || protocol == UDP_LITE) ? 0xffff : sum;
    }

    byte[] packet(String source, String destination, byte[] upper) {
      return v4
          ? IpPackets.v4(source, destination, protocol, upper)
          : IpPackets.v6(source, destination, protocol, upper);
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (NatChecksum how : NatChecksum.values()) {
      for (boolean known : new boolean[] {true, false}) {
        for (int protocol : new int[] {TCP, UDP, UDP_LITE, SCTP}) {
          cases.add(new Case(true, protocol, how, known));
          cases.add(new Case(false, protocol, how, known));
        }
        cases.add(new Case(false, ICMPV6, how, known));
      }
    }
    return cases;
  }

  /** Delivered as if the peer had written the addresses that arrive. */
  @ParameterizedTest
  @MethodSource("cases")
  void theChecksumFitsTheDeliveredAddresses(Case c) {
    behindNat(c);
    OutboundSa out = lab.outbound();
    try (EspInbound opener = lab.opener(lab.sad())) {
      for (int seed = 0; seed < 40; seed++) {
        byte[] sent = c.upper(c.writtenSource(), c.writtenDestination(), seed);
        byte[] came = through(c, opener, out, sent);
        String source = lab.sender().toString();
        String destination = lab.receiver().toString();
        byte[] expected = c.upper(source, destination, seed);
        if (c.how() == NatChecksum.CLEAR_UDP && c.protocol() == UDP && c.v4()) {
          expected[6] = 0;
          expected[7] = 0;
        }
        assertArrayEquals(c.packet(source, destination, expected), came, "seed " + seed);
      }
    }
  }

  private void behindNat(Case c) {
    lab.mode = SaMode.TRANSPORT;
    lab.udp = true;
    lab.outerV4 = c.v4();
    lab.options =
        lab.options.withNatChecksum(c.how()).withOriginalAddresses(c.known() ? c.original() : null);
  }

  /** The NATs change the addresses of the outer header; its own checksum is the test's affair. */
  private byte[] through(Case c, EspInbound opener, OutboundSa out, byte[] upper) {
    byte[] inner = c.packet(c.writtenSource(), c.writtenDestination(), upper);
    byte[] sealed = lab.seal(out, inner, PacketForm.FULL_IP);
    lab.sender().writeTo(ByteBuffer.wrap(sealed), c.v4() ? 12 : 8);
    lab.receiver().writeTo(ByteBuffer.wrap(sealed), c.v4() ? 16 : 24);
    PacketBurst burst = Lab.open(opener, PacketForm.FULL_IP, 1, sealed);
    assertEquals(DropReason.NONE, burst.dropReason(0));
    return Lab.window(burst, 0);
  }

  /** First way: an error of the peer stays one. Second way: nobody would see it any more. */
  @Test
  void whoRecomputesHidesErrors() {
    for (NatChecksum how : NatChecksum.values()) {
      Case c = new Case(true, TCP, how, true);
      behindNat(c);
      byte[] sent = c.upper(c.writtenSource(), c.writtenDestination(), 3);
      sent[25] ^= 4;
      byte[] expected = c.upper(lab.sender().toString(), lab.receiver().toString(), 3);
      try (EspInbound opener = lab.opener(lab.sad())) {
        byte[] came = through(c, opener, lab.outbound(), sent);
        if (how == NatChecksum.RECOMPUTE) {
          assertNotEquals(ByteBuffer.wrap(expected, 16, 2), ByteBuffer.wrap(came, 36, 2));
        } else {
          assertEquals(ByteBuffer.wrap(expected, 16, 2), ByteBuffer.wrap(came, 36, 2));
        }
      }
    }
  }

  @Test
  void noUdpChecksumOverIpv4StaysNone() {
    for (NatChecksum how : NatChecksum.values()) {
      Case c = new Case(true, UDP, how, true);
      behindNat(c);
      byte[] sent = c.upper(c.writtenSource(), c.writtenDestination(), 3);
      sent[6] = 0;
      sent[7] = 0;
      try (EspInbound opener = lab.opener(lab.sad())) {
        byte[] came = through(c, opener, lab.outbound(), sent);
        assertArrayEquals(sent, Arrays.copyOfRange(came, 20, came.length));
      }
    }
  }

  /** A peer may put a fragment header inside; of a part, only the known difference is mended. */
  @Test
  void fragments() {
    for (boolean known : new boolean[] {true, false}) {
      for (int offset : new int[] {0, 8}) {
        Case c = new Case(false, UDP, NatChecksum.ADJUST, known);
        behindNat(c);
        byte[] sent = c.upper(c.writtenSource(), c.writtenDestination(), 3);
        byte[] part = Arrays.copyOf(sent, 24);
        ByteBuffer payload = ByteBuffer.allocate(8 + part.length);
        payload.put((byte) UDP).put((byte) 0).putShort((short) (offset | 1)).putInt(77).put(part);
        byte[] inner = IpPackets.v6(c.writtenSource(), c.writtenDestination(), 44, payload.array());
        byte[] text = Arrays.copyOf(payload.array(), payload.capacity() + 4);
        text[text.length - 4] = 1;
        text[text.length - 3] = 2;
        text[text.length - 2] = 2;
        text[text.length - 1] = 44;
        try (EspInbound opener = lab.opener(lab.sad())) {
          byte[] came =
              Lab.window(Lab.open(opener, PacketForm.PAYLOAD, 1, lab.sealRaw(1, text)), 0);
          byte[] mended = c.upper(lab.sender().toString(), lab.receiver().toString(), 3);
          boolean changes = known && offset == 0;
          assertArrayEquals(
              Arrays.copyOf(changes ? mended : sent, 24),
              Arrays.copyOfRange(came, 48, came.length));
          assertEquals(inner.length, came.length);
        }
      }
    }
  }

  /** What lies behind a datagram's own end, such as padding of the peer, is not covered. */
  @Test
  void aDatagramEndsWhereItSays() {
    Case c = new Case(true, UDP, NatChecksum.RECOMPUTE, false);
    behindNat(c);
    byte[] padding = Lab.octets(4, 30);
    byte[] sent = c.upper(c.writtenSource(), c.writtenDestination(), 3);
    byte[] expected = c.upper(lab.sender().toString(), lab.receiver().toString(), 3);
    try (EspInbound opener = lab.opener(lab.sad())) {
      byte[] came = through(c, opener, lab.outbound(), TestCrypto.concat(sent, padding));
      assertArrayEquals(
          TestCrypto.concat(expected, padding), Arrays.copyOfRange(came, 20, came.length));
    }
  }

  /** Cut headers and lying coverage: left as they are, no octet outside is read or written. */
  @Test
  void shortHeaders() {
    for (int protocol : new int[] {TCP, UDP, UDP_LITE, ICMPV6}) {
      for (int length = 0; length < 20; length++) {
        Case c = new Case(false, protocol, NatChecksum.RECOMPUTE, false);
        behindNat(c);
        byte[] sent = new byte[length];
        if (protocol == UDP_LITE && length >= 8) {
          sent[5] = (byte) (length + 1);
        }
        int least = protocol == TCP ? 20 : protocol == ICMPV6 ? 4 : protocol == UDP ? 8 : 99;
        try (EspInbound opener = lab.opener(lab.sad())) {
          byte[] came = through(c, opener, lab.outbound(), sent);
          byte[] rest = Arrays.copyOfRange(came, 40, came.length);
          if (length < least) {
            assertArrayEquals(sent, rest);
          }
        }
      }
    }
  }
}
