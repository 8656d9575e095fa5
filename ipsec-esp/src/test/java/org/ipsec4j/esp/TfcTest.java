package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lengths and idle times hidden (RFC 4303 2.6, 2.7), and the room that it takes. */
@NullUnmarked
class TfcTest {
  private final Lab lab = new Lab();

  @Test
  void allPacketsHaveOneLength() {
    lab.options = lab.options.withTfcPadding(new TfcPadding.ToLength(1000));
    OutboundSa sa = lab.outbound();
    Set<Integer> lengths = new HashSet<>();
    PacketBurst burst = new PacketBurst(1, sa.maxHeadroom(), 1000, sa.maxTailroom());
    try (EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(lab.sad())) {
      for (int size = 0; size <= 972; size += 3) {
        byte[] inner = IpPackets.udp(true, 1, 2, Lab.octets(size, size));
        burst.clear();
        burst.add(ByteBuffer.wrap(inner));
        sealer.protect(burst, new OutboundSa[] {sa}, PacketForm.PAYLOAD, 1);
        lengths.add(burst.length(0));
        opener.open(burst, PacketForm.PAYLOAD, 1);
        assertArrayEquals(inner, Lab.window(burst, 0));
      }
      assertEquals(1, lengths.size());
      byte[] longer = IpPackets.udp(true, 1, 2, new byte[1200]);
      assertEquals(
          longer.length + 8 + 8 + 2 + 16 + 2, lab.seal(sa, longer, PacketForm.PAYLOAD).length);
    }
  }

  @Test
  void lengthsAreMultiples() {
    lab.options = lab.options.withTfcPadding(new TfcPadding.ToMultiple(256));
    OutboundSa sa = lab.outbound();
    PacketBurst burst = new PacketBurst(1, sa.maxHeadroom(), 2000, sa.maxTailroom());
    try (EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(lab.sad())) {
      for (int size = 0; size <= 1500; size++) {
        byte[] inner = IpPackets.udp(false, 1, 2, Lab.octets(size, size));
        burst.clear();
        burst.add(ByteBuffer.wrap(inner));
        sealer.protect(burst, new OutboundSa[] {sa}, PacketForm.PAYLOAD, 1);
        // a multiple of 256 needs two octets of padding in front of the trailer
        int payload = burst.length(0) - 8 - 8 - 2 - 2 - 16;
        assertEquals((inner.length + 255) / 256 * 256, payload);
        opener.open(burst, PacketForm.PAYLOAD, 1);
        assertArrayEquals(inner, Lab.window(burst, 0));
      }
    }
  }

  @Test
  void transportModeCannotHide() {
    lab.mode = SaMode.TRANSPORT;
    byte[] inner = IpPackets.udp("192.0.2.1", "198.51.100.2", 1, 2, new byte[10]);
    int plain = lab.seal(lab.outbound(), inner, PacketForm.PAYLOAD).length;
    lab.options = lab.options.withTfcPadding(new TfcPadding.ToLength(1000));
    assertEquals(plain, lab.seal(lab.outbound(), inner, PacketForm.PAYLOAD).length);
  }

  @Test
  void whatWasInTheBufferDoesNotTravel() {
    lab.crypto = new NoCrypto();
    lab.options = lab.options.withTfcPadding(new TfcPadding.ToLength(200));
    PacketBurst burst = Lab.burst(1, 1000);
    for (int at = 0; at < burst.slab().capacity(); at++) {
      burst.slab().put(at, (byte) 0x77);
    }
    byte[] inner = IpPackets.udp(true, 1, 2, new byte[12]);
    burst.add(ByteBuffer.wrap(inner));
    int at = burst.offset(0) + inner.length;
    try (EspOutbound sealer = lab.sealer()) {
      sealer.protect(burst, new OutboundSa[] {lab.outbound()}, PacketForm.PAYLOAD, 1);
    }
    for (; at < burst.offset(0) + 16 + 200; at++) {
      assertEquals(0, burst.slab().get(at));
    }
  }

  @ParameterizedTest
  @EnumSource(SaMode.class)
  void dummiesAreMadeAndDiscarded(SaMode mode) {
    if (mode == SaMode.BEET) {
      lab.bind(true);
    }
    lab.mode = mode;
    OutboundSa sa = lab.outbound();
    Sad sad = lab.sad();
    PacketBurst burst = Lab.burst(3, 1500);
    try (EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(sad)) {
      for (PacketForm form : PacketForm.values()) {
        burst.clear();
        sealer.dummies(burst, sa, new int[] {0, 100, 1400, 7}, form, 1);
        assertEquals(3, burst.size(), "as far as there is room");
        int outer = form == PacketForm.FULL_IP ? 20 : 0;
        assertEquals(outer + 8 + 8 + 2 + 2 + 16, burst.length(0));
        assertEquals(outer + 8 + 8 + 1400 + 2 + 2 + 16, burst.length(2));
        opener.open(burst, form, 1);
        for (int i = 0; i < 3; i++) {
          assertEquals(DropReason.DUMMY, burst.dropReason(i));
          assertTrue(opener.isAuthentic(i));
        }
      }
      assertEquals(6, sad.find(lab.spi).counters().drops(DropReason.DUMMY));
      assertEquals(6, sa.numbersUsed());
      assertThrows(
          IllegalArgumentException.class,
          () -> sealer.dummies(burst, sa, new int[] {1}, PacketForm.PAYLOAD, 1));
      burst.clear();
      assertThrows(
          IllegalArgumentException.class,
          () -> sealer.dummies(burst, sa, new int[] {1, 99999}, PacketForm.PAYLOAD, 1));
      assertEquals(0, burst.size(), "nothing unprotected is left to be sent");
    }
  }

  @Test
  void aBufferOfTheRoomsOfTheSaIsNeverTooSmall() {
    for (TfcPadding padding :
        new TfcPadding[] {
          new TfcPadding.None(), new TfcPadding.ToMultiple(512), new TfcPadding.ToLength(700)
        }) {
      lab.outerV4 = false;
      lab.udp = true;
      lab.options = lab.options.withTfcPadding(padding);
      lab.transform = Lab.CBC_SHA256;
      OutboundSa sa = lab.outbound();
      assertEquals(sa.maxOverhead(), sa.maxHeadroom() + sa.maxTailroom());
      try (EspOutbound sealer = lab.sealer()) {
        for (int size = 0; size < 1000; size++) {
          byte[] inner = IpPackets.udp(true, 1, 2, new byte[size]);
          PacketBurst burst = new PacketBurst(1, sa.maxHeadroom(), inner.length, sa.maxTailroom());
          burst.add(ByteBuffer.wrap(inner));
          sealer.protect(burst, new OutboundSa[] {sa}, PacketForm.FULL_IP, 1);
          assertEquals(DropReason.NONE, burst.dropReason(0), padding + " size " + size);
        }
      }
    }
  }

  @Test
  void aPacketThatDoesNotFitSaysByHowMuch() {
    OutboundSa sa = lab.outbound();
    byte[] inner = IpPackets.udp(true, 1, 2, new byte[16]);
    try (EspOutbound sealer = lab.sealer()) {
      // slots are multiples of 64: 44 octets of packet, so 7 in front leave 13 behind
      PacketBurst burst = new PacketBurst(1, 7, inner.length, 13);
      burst.add(ByteBuffer.wrap(inner));
      sealer.protect(burst, new OutboundSa[] {sa}, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.NO_HEADROOM, burst.dropReason(0));
      assertEquals(20 + 8 + 8 - 7, sealer.missingHeadroom(0));
      assertEquals(2 + 2 + 16 - 13, sealer.missingTailroom(0));
      assertEquals(0, sealer.excess(0));
      PacketBurst enough =
          new PacketBurst(
              1, 7 + sealer.missingHeadroom(0), inner.length, 13 + sealer.missingTailroom(0));
      enough.add(ByteBuffer.wrap(inner));
      sealer.protect(enough, new OutboundSa[] {sa}, PacketForm.FULL_IP, 1);
      assertTrue(enough.isAlive(0));
      assertEquals(0, sealer.missingHeadroom(0) + sealer.missingTailroom(0));

      PacketBurst big = Lab.burst(1, 70000);
      big.add(ByteBuffer.wrap(IpPackets.udp(true, 1, 2, new byte[65507])));
      sealer.protect(big, new OutboundSa[] {sa}, PacketForm.PAYLOAD, 1);
      assertEquals(DropReason.TOO_LONG, big.dropReason(0));
      // 65,535 octets of packet, 3 of padding, and what is always there
      assertEquals(20 + 8 + 8 + 3 + 2 + 16, sealer.excess(0));
      assertFalse(big.isAlive(0));
    }
  }

  @Test
  void paddingOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new TfcPadding.ToLength(0));
    assertThrows(IllegalArgumentException.class, () -> new TfcPadding.ToMultiple(65536));
  }
}
