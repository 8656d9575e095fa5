package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Bound end-to-end tunnel mode (RFC 7402 Appendix B). */
@NullUnmarked
class BeetTest {
  /** Nothing encrypted, so that the test reads what travels. */
  private static final PacketTransform CLEAR =
      PacketTransform.esp(EncryptionAlgorithm.NULL, 0, IntegrityAlgorithm.HMAC_SHA1_96, false);

  private final Lab lab = new Lab();

  private static byte[] v4WithOptions(int optionsLength) {
    byte[] options = new byte[optionsLength];
    for (int i = 0; i < optionsLength; i++) {
      // router alert (RFC 2113) again and again: four octets each
      options[i] = (byte) new int[] {0x94, 4, 0, 0}[i % 4];
    }
    byte[] udp = Arrays.copyOfRange(IpPackets.udp(true, 7, 8, Lab.octets(3, 30)), 20, 58);
    return IpPackets.v4(IpPackets.A4, IpPackets.B4, 17, udp, 0xb9, 0x4000, options);
  }

  /** B.1.2 and B.1.4: the outer header says what the inner said, but for the addresses. */
  @Test
  void theOuterHeaderRepeatsTheInner() {
    IpHeaderView outer = new IpHeaderView();
    for (boolean innerV4 : new boolean[] {true, false}) {
      for (boolean outerV4 : new boolean[] {true, false}) {
        lab.bind(innerV4);
        lab.outerV4 = outerV4;
        lab.transform = CLEAR;
        byte[] inner = IpPackets.udp(innerV4, 7, 8, Lab.octets(3, 30));
        byte[] sealed = lab.seal(lab.outbound(), inner, PacketForm.FULL_IP);
        assertTrue(outer.parse(ByteBuffer.wrap(sealed), 0, sealed.length));
        assertEquals(outerV4, outer.isV4());
        assertEquals(50, outer.protocol());
        assertEquals(innerV4 ? 63 : 62, outer.hopLimit());
        assertEquals(outerV4 || innerV4 ? 0 : 0x1abcd, outer.flowLabel());
        assertEquals(outerV4, outer.dontFragment());
        assertEquals(lab.sender().low(), outer.sourceLow());
        assertEquals(lab.receiver().low(), outer.destinationLow());
        int esp = outerV4 ? 20 : 40;
        int upper = innerV4 ? 20 : 40;
        assertArrayEquals(
            Arrays.copyOfRange(inner, upper, inner.length),
            Arrays.copyOfRange(sealed, esp + 8, esp + 8 + inner.length - upper),
            "transport mode's syntax");
        try (EspInbound opener = lab.opener(lab.sad())) {
          byte[] came = Lab.window(Lab.open(opener, PacketForm.FULL_IP, 1, sealed), 0);
          byte[] expected = inner.clone();
          if (innerV4 && !outerV4) {
            // no identification travels in IPv6; DF is set, so that none is needed (RFC 6864)
            expected[4] = 0;
            expected[5] = 0;
            fixChecksum(expected, 20);
          } else if (!innerV4 && outerV4) {
            // and no flow label in IPv4
            ByteBuffer.wrap(expected).putInt(0, 6 << 28);
          }
          assertArrayEquals(expected, came);
        }
      }
    }
  }

  private static void fixChecksum(byte[] packet, int header) {
    packet[10] = 0;
    packet[11] = 0;
    ByteBuffer.wrap(packet).putShort(10, (short) IpPackets.checksum(packet, 0, header));
  }

  /** B.1.7: pseudo header, padding in front, options, and all of it removed again. */
  @Test
  void ipv4OptionsTravelInAPseudoHeader() {
    for (boolean outerV4 : new boolean[] {true, false}) {
      for (int options = 4; options <= 40; options += 4) {
        lab.bind(true);
        lab.outerV4 = outerV4;
        lab.transform = CLEAR;
        byte[] inner = v4WithOptions(options);
        byte[] sealed = lab.seal(lab.outbound(), inner, PacketForm.FULL_IP);
        int at = (outerV4 ? 20 : 40) + 8;
        int padding = options % 8 == 0 ? 4 : 0;
        assertEquals(17, sealed[at]);
        assertEquals((4 + padding + options) / 8 - 1, sealed[at + 1]);
        assertEquals(padding, sealed[at + 2]);
        assertEquals(0, sealed[at + 3]);
        for (int i = 0; i < padding; i++) {
          assertEquals(1, sealed[at + 4 + i], "NOP");
        }
        assertArrayEquals(
            Arrays.copyOfRange(inner, 20, inner.length),
            Arrays.copyOfRange(sealed, at + 4 + padding, at + 4 + padding + inner.length - 20));
        assertEquals(94, sealed[sealed.length - 13], "next header of the trailer");
        try (EspInbound opener = lab.opener(lab.sad())) {
          byte[] came = Lab.window(Lab.open(opener, PacketForm.FULL_IP, 1, sealed), 0);
          byte[] expected = inner.clone();
          if (!outerV4) {
            expected[4] = 0;
            expected[5] = 0;
            fixChecksum(expected, 20 + options);
          }
          assertArrayEquals(expected, came, options + " octets of options");
        }
      }
    }
  }

  @Test
  void liesInThePseudoHeader() {
    lab.bind(true);
    lab.transform = CLEAR;
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      int number = 1;
      int[][] lies = {
        // too short; longer than there is; odd padding; more padding than header; options above 40
        {17, 0, 0, 0},
        {17, 9, 0, 0, 0, 0, 0, 0},
        {17, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {17, 0, 8, 0, 0, 0, 0, 0},
      };
      for (int[] lie : lies) {
        byte[] text = new byte[lie.length + 2 + (-(lie.length + 2) & 3)];
        for (int i = 0; i < lie.length; i++) {
          text[i] = (byte) lie[i];
        }
        PacketBurst burst =
            Lab.open(
                opener, PacketForm.PAYLOAD, 1, lab.sealRaw(number++, trailer(text, lie.length)));
        assertEquals(DropReason.MALFORMED_INNER, burst.dropReason(0), Arrays.toString(lie));
      }
      byte[] long48 = new byte[60];
      long48[0] = 17;
      long48[1] = 6;
      PacketBurst burst =
          Lab.open(opener, PacketForm.PAYLOAD, 1, lab.sealRaw(number, trailer(long48, 56)));
      assertEquals(DropReason.MALFORMED_INNER, burst.dropReason(0));
    }
    lab.bind(false);
    try (EspInbound opener = lab.opener(lab.sad())) {
      byte[] text = trailer(new byte[12], 8);
      PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, lab.sealRaw(1, text));
      assertEquals(DropReason.BAD_NEXT_HEADER, burst.dropReason(0), "options are of IPv4");
    }
  }

  private static byte[] trailer(byte[] text, int payload) {
    int padding = text.length - payload - 2;
    for (int i = 0; i < padding; i++) {
      text[payload + i] = (byte) (i + 1);
    }
    text[text.length - 2] = (byte) padding;
    text[text.length - 1] = 94;
    return text;
  }

  @Test
  void onlyTheInnerAddressesOfTheSa() {
    lab.bind(true);
    OutboundSa sa = lab.outbound();
    assertEquals(DropReason.NONE, protect(sa, IpPackets.udp(true, 1, 2, new byte[9])));
    DropReason mismatch = DropReason.SELECTOR_MISMATCH;
    assertEquals(mismatch, protect(sa, IpPackets.udp("10.1.0.9", IpPackets.B4, 1, 2, new byte[9])));
    assertEquals(mismatch, protect(sa, IpPackets.udp(IpPackets.A4, "10.2.0.9", 1, 2, new byte[9])));
    assertEquals(mismatch, protect(sa, IpPackets.udp(false, 1, 2, new byte[9])));
  }

  @Test
  void whatWouldBeLostIsRefused() {
    lab.bind(true);
    OutboundSa sa = lab.outbound();
    DropReason refused = DropReason.NOT_TRANSPORTABLE;
    byte[] upper = new byte[16];
    assertEquals(
        refused,
        protect(sa, IpPackets.v4(IpPackets.A4, IpPackets.B4, 17, upper, 0, 0x2000, new byte[0])));
    assertEquals(refused, protect(sa, IpPackets.v4(IpPackets.A4, IpPackets.B4, 94, upper)));
    lab.bind(false);
    byte[] hopByHop = {17, 0, 5, 2, 0, 0, 1, 0, 0, 1, 0, 2, 0, 8, 0, 0};
    assertEquals(
        refused, protect(lab.outbound(), IpPackets.v6(IpPackets.A6, IpPackets.B6, 0, hopByHop)));
  }

  private DropReason protect(OutboundSa sa, byte[] packet) {
    PacketBurst burst = Lab.burst(1, 200);
    burst.add(ByteBuffer.wrap(packet));
    try (EspOutbound sealer = lab.sealer()) {
      sealer.protect(burst, new OutboundSa[] {sa}, PacketForm.PAYLOAD, 1);
    }
    return burst.dropReason(0);
  }

  @Test
  void addressesComeFromSelectorsOfOneAddress() {
    lab.mode = SaMode.BEET;
    assertThrows(IllegalArgumentException.class, lab::outbound, "a network is no address");
    lab.senderSelectors = List.of(TrafficSelector.of(IpPackets.A4 + "/32"));
    lab.receiverSelectors = List.of(TrafficSelector.of(IpPackets.B4 + "/32"));
    assertEquals(DropReason.NONE, protect(lab.outbound(), IpPackets.udp(true, 1, 2, new byte[9])));
  }

  @Test
  void anInnerHeaderThatHasNoRoom() {
    lab.bind(false);
    byte[] sealed =
        lab.seal(lab.outbound(), IpPackets.udp(false, 1, 2, new byte[9]), PacketForm.FULL_IP);
    PacketBurst tight = new PacketBurst(1, 0, sealed.length, 0);
    tight.add(ByteBuffer.wrap(sealed));
    // 20 octets of outer header, ESP header and IV are less than 40
    try (EspInbound opener = lab.opener(lab.sad())) {
      opener.open(tight, PacketForm.FULL_IP, 1);
    }
    assertEquals(DropReason.NO_HEADROOM, tight.dropReason(0));
    int text = 20 + 8 + 8;
    for (int i = text; i < sealed.length - 16; i++) {
      assertEquals(0, tight.slab().get(i), "wiped");
    }
  }
}
