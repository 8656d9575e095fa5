package org.ipsec4j.esp;

import static org.ipsec4j.esp.TestCrypto.concat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** One named reason for everything that goes no further (RFC 4303 3.4, RFC 4301 5.2). */
@NullUnmarked
class EspInboundTest {
  private static final byte[] INNER = IpPackets.udp(true, 1000, 2000, Lab.octets(3, 41));

  private final Lab lab = new Lab();

  private DropReason open(byte[]... packets) {
    PacketBurst burst = openAll(packets);
    return burst.dropReason(packets.length - 1);
  }

  private PacketBurst openAll(byte[]... packets) {
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      return Lab.open(opener, PacketForm.PAYLOAD, 1, packets);
    }
  }

  private byte[] text(byte[] payload, int nextHeader, int... padding) {
    byte[] pad = new byte[padding.length + 2];
    for (int i = 0; i < padding.length; i++) {
      pad[i] = (byte) padding[i];
    }
    pad[padding.length] = (byte) padding.length;
    pad[padding.length + 1] = (byte) nextHeader;
    return concat(payload, pad);
  }

  @Test
  void replayWithinABurstAndAcrossBursts() {
    OutboundSa out = lab.outbound();
    byte[] one = lab.seal(out, INNER, PacketForm.PAYLOAD);
    byte[] two = lab.seal(out, INNER, PacketForm.PAYLOAD);
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, one, two, one, two);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertEquals(DropReason.NONE, burst.dropReason(1));
      assertEquals(DropReason.REPLAY, burst.dropReason(2), "found by commit, not by check");
      assertEquals(DropReason.REPLAY, burst.dropReason(3));
      assertTrue(opener.isAuthentic(0));
      assertFalse(opener.isAuthentic(2));
      assertArrayEquals(new byte[burst.length(2)], wiped(burst, 2, one), "and wiped");
      burst = Lab.open(opener, PacketForm.PAYLOAD, 1, one);
      assertEquals(DropReason.REPLAY, burst.dropReason(0), "found by check");
      assertEquals(3, opener.sa(0).counters().drops(DropReason.REPLAY));
      assertEquals(2, opener.sa(0).counters().packets());
    }
  }

  /** The window with its ICV, which is no secret and stays, zeroed. */
  private static byte[] wiped(PacketBurst burst, int i, byte[] sent) {
    byte[] window = Lab.window(burst, i);
    int icv = window.length - 16;
    assertArrayEquals(
        Arrays.copyOfRange(sent, icv, sent.length), Arrays.copyOfRange(window, icv, window.length));
    Arrays.fill(window, icv, window.length, (byte) 0);
    return window;
  }

  @Test
  void numbersThatMayNotCome() {
    byte[] text = text(INNER, 4, 1);
    assertEquals(DropReason.SEQUENCE_ZERO, open(lab.sealRaw(0, text)));
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      Lab.open(opener, PacketForm.PAYLOAD, 1, lab.sealRaw(1000, text));
      PacketBurst burst =
          Lab.open(opener, PacketForm.PAYLOAD, 1, lab.sealRaw(872, text), lab.sealRaw(873, text));
      assertEquals(DropReason.REPLAY_OLD, burst.dropReason(0));
      assertEquals(DropReason.NONE, burst.dropReason(1));
    }
  }

  @Test
  void aForgedPacketMovesNoWindow() {
    byte[] text = text(INNER, 4, 1);
    byte[] forged = lab.sealRaw(1_000_000, text);
    forged[forged.length - 1] ^= 1;
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 9, forged, lab.sealRaw(1, text));
      assertEquals(DropReason.ICV_MISMATCH, burst.dropReason(0));
      assertArrayEquals(new byte[forged.length], wiped(burst, 0, forged));
      assertEquals(DropReason.NONE, burst.dropReason(1));
      assertEquals(1, opener.sa(1).replayWindow().top());
      assertFalse(opener.isAuthentic(0));
    }
  }

  @Test
  void highHalfOfTheNumberIsRecoveredAndCovered() {
    lab.transform = Lab.GCM_ESN;
    byte[] text = text(INNER, 4, 1);
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      long[] numbers = {1, 0x7fffffffL, 0xffffff80L, 0xfffffffeL, 0x1_00000000L, 0x1_00000001L};
      for (long number : numbers) {
        PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, lab.sealRaw(number, text));
        assertEquals(DropReason.NONE, burst.dropReason(0), "number " + number);
      }
      PacketBurst burst =
          Lab.open(
              opener,
              PacketForm.PAYLOAD,
              1,
              lab.sealRaw(0xffffffffL, text),
              lab.sealRaw(0x2_00000002L, text));
      assertEquals(DropReason.NONE, burst.dropReason(0), "late, from before the edge");
      assertEquals(DropReason.ICV_MISMATCH, burst.dropReason(1), "a subspace too far");
    }
  }

  @Test
  void paddingIsLookedAt() {
    assertEquals(DropReason.NONE, open(lab.sealRaw(1, text(INNER, 4, 1, 2, 3, 4, 5))));
    assertEquals(DropReason.NONE, open(lab.sealRaw(1, text(INNER, 4))));
    assertEquals(DropReason.BAD_PADDING, open(lab.sealRaw(1, text(INNER, 4, 1, 2, 4))));
    assertEquals(DropReason.BAD_PADDING, open(lab.sealRaw(1, text(INNER, 4, 0, 0))));
    byte[] beyond = {1, 2, 9, 4};
    assertEquals(DropReason.BAD_PADDING, open(lab.sealRaw(1, beyond)), "longer than the text");
    int[] all = new int[255];
    Arrays.setAll(all, i -> i + 1);
    assertEquals(DropReason.NONE, open(lab.sealRaw(1, text(INNER, 4, all))), "the longest");
  }

  @Test
  void nextHeaders() {
    byte[] v6 = IpPackets.udp(false, 1, 2, new byte[3]);
    assertEquals(DropReason.NONE, open(lab.sealRaw(1, text(v6, 41, 1))));
    assertEquals(DropReason.BAD_NEXT_HEADER, open(lab.sealRaw(1, text(INNER, 17, 1))));
    assertEquals(DropReason.MALFORMED_INNER, open(lab.sealRaw(1, text(INNER, 41, 1))));
    assertEquals(DropReason.MALFORMED_INNER, open(lab.sealRaw(1, text(v6, 4, 1))));
    assertEquals(DropReason.DUMMY, open(lab.sealRaw(1, text(Lab.octets(1, 60), 59, 1))));
  }

  @Test
  void aDummyIsAuthentic() {
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      Lab.open(opener, PacketForm.PAYLOAD, 77, lab.sealRaw(1, text(new byte[4], 59)));
      assertTrue(opener.isAuthentic(0));
      assertTrue(opener.sa(0).wasUsed());
      assertEquals(77, opener.sa(0).lastInboundNanos());
      assertEquals(0, opener.sa(0).counters().packets());
      assertEquals(1, opener.sa(0).counters().drops(DropReason.DUMMY));
    }
  }

  @Test
  void innerHeaderMustBeTrue() {
    byte[] longer = INNER.clone();
    longer[3]++;
    assertEquals(DropReason.MALFORMED_INNER, open(lab.sealRaw(1, text(longer, 4))));
    byte[] version = INNER.clone();
    version[0] = 0x35;
    assertEquals(DropReason.MALFORMED_INNER, open(lab.sealRaw(1, text(version, 4))));
    assertEquals(DropReason.MALFORMED_INNER, open(lab.sealRaw(1, text(new byte[0], 4, 1, 2))));
  }

  @Test
  void trafficFlowPaddingFallsAway() {
    PacketBurst burst = openAll(lab.sealRaw(1, text(concat(INNER, Lab.octets(9, 500)), 4, 1)));
    assertEquals(DropReason.NONE, burst.dropReason(0));
    assertArrayEquals(INNER, Lab.window(burst, 0));
  }

  @Test
  void unknownSpiAndShortPackets() {
    byte[] sealed = lab.sealRaw(1, text(INNER, 4));
    byte[] other = sealed.clone();
    other[0] ^= 1;
    assertEquals(DropReason.UNKNOWN_SPI, open(other));
    for (int length = 0; length < 8; length++) {
      assertEquals(DropReason.TOO_SHORT, open(Arrays.copyOf(sealed, length)));
    }
    for (int length = 8; length < 8 + 8 + 16 + 2; length++) {
      assertEquals(DropReason.TOO_SHORT, open(Arrays.copyOf(sealed, length)));
    }
    Sad empty = new Sad();
    try (EspInbound opener = lab.opener(empty)) {
      Lab.open(opener, PacketForm.PAYLOAD, 1, sealed);
      assertNull(opener.sa(0));
      assertEquals(1, opener.withoutSa().drops(DropReason.UNKNOWN_SPI));
    }
  }

  @Test
  void cipherTextComesInWholeBlocks() {
    lab.transform = Lab.CBC_SHA256;
    byte[] sealed = lab.seal(lab.outbound(), INNER, PacketForm.PAYLOAD);
    assertEquals(DropReason.NONE, open(sealed));
    assertEquals(DropReason.MALFORMED_OUTER, open(Arrays.copyOf(sealed, sealed.length - 4)));
  }

  @Test
  void theInnerPacketMustBeOneOfTheSas() {
    lab.senderSelectors =
        List.of(new TrafficSelector(17, 1000, 1000, AddressRange.parse("10.1.0.0/16")));
    lab.receiverSelectors = List.of(TrafficSelector.of("10.2.0.0/16"));
    assertEquals(DropReason.NONE, open(lab.sealRaw(1, text(INNER, 4))));
    byte[] port = IpPackets.udp(true, 1001, 2000, new byte[5]);
    assertEquals(DropReason.SELECTOR_MISMATCH, open(lab.sealRaw(1, text(port, 4))));
    byte[] source = IpPackets.udp("10.3.0.1", "10.2.0.2", 1000, 2000, new byte[5]);
    PacketBurst burst = openAll(lab.sealRaw(1, text(source, 4)));
    assertEquals(DropReason.SELECTOR_MISMATCH, burst.dropReason(0));
    byte[] sealed = lab.sealRaw(1, text(source, 4));
    assertArrayEquals(new byte[sealed.length], wiped(burst, 0, sealed), "plaintext is wiped");
    byte[] fragment =
        IpPackets.v4("10.1.0.1", "10.2.0.2", 17, new byte[16], 0, 0x2002, new byte[0]);
    assertEquals(DropReason.FRAGMENT_UNDECIDED, open(lab.sealRaw(1, text(fragment, 4))));
  }

  @Test
  void lifetimeIsSoftOnceAndThenHard() {
    lab.lifetime = new Lifetime(INNER.length * 2L, 0, 0, 3);
    Sad sad = lab.sad();
    byte[] text = text(INNER, 4);
    try (EspInbound opener = lab.opener(sad)) {
      InboundSa sa = sad.find(lab.spi);
      assertOpens(opener, lab.sealRaw(1, text), DropReason.NONE);
      assertFalse(sa.takeSoftExpired());
      assertOpens(opener, lab.sealRaw(2, text), DropReason.NONE);
      assertTrue(sa.takeSoftExpired());
      assertOpens(opener, lab.sealRaw(3, text), DropReason.NONE);
      assertFalse(sa.isExpired());
      assertOpens(opener, lab.sealRaw(4, text), DropReason.LIFETIME_EXPIRED);
      assertTrue(sa.isExpired());
      assertOpens(opener, lab.sealRaw(5, text), DropReason.LIFETIME_EXPIRED);
      assertFalse(sa.takeSoftExpired(), "only once");
      assertEquals(3L * INNER.length, sa.counters().bytes());
    }
  }

  private static void assertOpens(EspInbound opener, byte[] packet, DropReason expected) {
    assertEquals(expected, Lab.open(opener, PacketForm.PAYLOAD, 1, packet).dropReason(0));
  }

  @Test
  void congestionMarksComeThrough() {
    // RFC 6040 4.2 on whole packets: the router marks the outer header on the way
    byte[] ect = IpPackets.v4("10.1.0.1", "10.2.0.2", 17, new byte[8], 0xb8 | 2, 0, new byte[0]);
    byte[] ce = IpPackets.v4("10.1.0.1", "10.2.0.2", 17, new byte[8], 0xb8 | 3, 0, new byte[0]);
    byte[] not = IpPackets.v4("10.1.0.1", "10.2.0.2", 17, new byte[8], 0xb8, 0, new byte[0]);
    OutboundSa out = lab.outbound();
    byte[] marked = lab.seal(out, ect, PacketForm.FULL_IP);
    assertEquals(0xb8 | 2, marked[1] & 0xff, "copied out");
    marked[1] |= 3;
    byte[] lost = lab.seal(out, not, PacketForm.FULL_IP);
    lost[1] |= 3;
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst burst = Lab.open(opener, PacketForm.FULL_IP, 1, marked, lost);
      assertArrayEquals(ce, Lab.window(burst, 0));
      assertEquals(DropReason.ECN_CONGESTION, burst.dropReason(1));
    }
  }

  @Test
  void outerPacketsThatAreNoEsp() {
    byte[] sealed = lab.seal(lab.outbound(), INNER, PacketForm.FULL_IP);
    byte[] fragment = sealed.clone();
    fragment[6] = 0x20;
    byte[] tcp = sealed.clone();
    tcp[9] = 6;
    byte[] cut = Arrays.copyOf(sealed, sealed.length - 1);
    byte[] shortUdp = IpPackets.v4("192.0.2.1", "192.0.2.2", 17, new byte[7]);
    byte[] lyingUdp =
        IpPackets.v4("192.0.2.1", "192.0.2.2", 17, new byte[] {0, 1, 0, 2, 0, 7, 0, 0, 1, 2, 3, 4});
    byte[] longUdp =
        IpPackets.v4(
            "192.0.2.1", "192.0.2.2", 17, new byte[] {0, 1, 0, 2, 0, 13, 0, 0, 1, 2, 3, 4});
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst burst =
          Lab.open(opener, PacketForm.FULL_IP, 1, fragment, tcp, cut, shortUdp, lyingUdp, longUdp);
      for (int i = 0; i < burst.size(); i++) {
        assertEquals(DropReason.MALFORMED_OUTER, burst.dropReason(i), "packet " + i);
      }
      assertEquals(6, opener.withoutSa().drops(DropReason.MALFORMED_OUTER));
      assertEquals(6, opener.withoutSa().drops());
    }
  }

  @Test
  void octetsBehindTheOuterPacketDoNotCount() {
    byte[] sealed = lab.seal(lab.outbound(), INNER, PacketForm.FULL_IP);
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst burst = Lab.open(opener, PacketForm.FULL_IP, 1, concat(sealed, new byte[6]));
      assertArrayEquals(INNER, Lab.window(burst, 0));
    }
  }

  @Test
  void transportChecksumsAreMendedBehindANat() {
    // RFC 3948 3.1.2: the sender computed over 10.0.0.7, the NAT made it 192.0.2.1
    lab.mode = SaMode.TRANSPORT;
    lab.udp = true;
    byte[] sent = IpPackets.tcp("10.0.0.7", "198.51.100.2", Lab.octets(5, 33));
    byte[] expected = IpPackets.tcp("192.0.2.1", "198.51.100.2", Lab.octets(5, 33));
    byte[] sealed = lab.seal(lab.outbound(), sent, PacketForm.PAYLOAD);
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, sealed);
      byte[] came = Lab.window(burst, 0);
      assertArrayEquals(
          Arrays.copyOfRange(expected, 12, expected.length),
          Arrays.copyOfRange(came, 12, came.length));
    }
  }

  @Test
  void theHeaderFollowsANatsChange() {
    lab.mode = SaMode.TRANSPORT;
    lab.udp = true;
    Sad sad = lab.sad();
    InboundSa sa = sad.find(lab.spi);
    sa.updateEncapsulation(
        new UdpEncapsulation(
            new Endpoint(lab.receiver(), 14500),
            new Endpoint(IpAddress.parse("203.0.113.9"), 60001)));
    byte[] inner = IpPackets.udp("192.0.2.1", "198.51.100.2", 5, 6, new byte[9]);
    byte[] sealed = lab.seal(lab.outbound(), inner, PacketForm.PAYLOAD);
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, sealed);
      byte[] expected = IpPackets.udp("203.0.113.9", "198.51.100.2", 5, 6, new byte[9]);
      byte[] came = Lab.window(burst, 0);
      assertArrayEquals(
          Arrays.copyOfRange(expected, 12, expected.length),
          Arrays.copyOfRange(came, 12, came.length));
    }
  }

  @Test
  void aProviderThatIsNotThereAndOneThatFails() {
    byte[] sealed = lab.seal(lab.outbound(), INNER, PacketForm.PAYLOAD);
    Sad sad = lab.sad();
    try (EspInbound opener = new EspInbound(sad, List.of(new TestCrypto("other")), 4)) {
      assertOpens(opener, sealed, DropReason.CRYPTO_FAILED);
    }
    InboundSa sa = sad.find(lab.spi);
    sa.key().destroy();
    try (EspInbound opener = lab.opener(sad)) {
      assertOpens(opener, sealed, DropReason.CRYPTO_FAILED);
      sa.replaceKey(lab.key());
      assertOpens(opener, sealed, DropReason.NONE);
    }
  }
}
