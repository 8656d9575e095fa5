package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Payloads of tunnel mode that are no IP packets, as RFC 9347 has them. */
@NullUnmarked
class PayloadTest {
  private static final int AGGFRAG = 144;
  private static final byte[] PAYLOAD = Lab.octets(5, 101);

  private final Lab lab = new Lab();

  private PacketBurst protect(OutboundSa sa, int nextHeader, PacketForm form) {
    PacketBurst burst = Lab.burst(1, 1500);
    burst.add(ByteBuffer.wrap(PAYLOAD));
    try (EspOutbound sealer = lab.sealer()) {
      sealer.protectPayloads(burst, new OutboundSa[] {sa}, nextHeader, form, 1);
    }
    return burst;
  }

  @ParameterizedTest
  @EnumSource(PacketForm.class)
  void travelsAsItIs(PacketForm form) {
    lab.options = lab.options.withAggfrag(true);
    lab.headerPolicy = new OuterHeaderPolicy(64, 46, OuterHeaderPolicy.DontFragment.COPY);
    OutboundSa sa = lab.outbound();
    byte[] sealed = Lab.window(protect(sa, AGGFRAG, form), 0);
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst opened = Lab.open(opener, form, 1, sealed);
      assertEquals(DropReason.NONE, opened.dropReason(0));
      assertArrayEquals(PAYLOAD, Lab.window(opened, 0));
      assertTrue(opener.isPayload(0));
      assertTrue(opener.isAuthentic(0));
      assertEquals(AGGFRAG, opener.nextHeader(0));
      assertEquals(1, opener.sequence(0));
      assertEquals(form == PacketForm.FULL_IP ? 46 << 2 : -1, opener.outerTrafficClass(0));
    }
    assertEquals(PAYLOAD.length, sa.counters().bytes());
    assertEquals(PAYLOAD.length, sad.find(lab.spi).counters().bytes());
    if (form == PacketForm.FULL_IP) {
      IpHeaderView outer = new IpHeaderView();
      assertTrue(outer.parse(ByteBuffer.wrap(sealed), 0, sealed.length));
      assertTrue(outer.dontFragment());
    }
  }

  @Test
  void anInnerPacketIsNoPayload() {
    lab.options = lab.options.withAggfrag(true);
    byte[] inner = IpPackets.udp(true, 1, 2, PAYLOAD);
    byte[] sealed = lab.seal(lab.outbound(), inner, PacketForm.PAYLOAD);
    try (EspInbound opener = lab.opener(lab.sad())) {
      assertArrayEquals(inner, Lab.window(Lab.open(opener, PacketForm.PAYLOAD, 1, sealed), 0));
      assertFalse(opener.isPayload(0));
      assertEquals(4, opener.nextHeader(0));
    }
  }

  @Test
  void isRefusedWhereItWasNotAgreed() {
    byte[] sealed = Lab.window(protect(lab.outbound(), AGGFRAG, PacketForm.PAYLOAD), 0);
    try (EspInbound opener = lab.opener(lab.sad())) {
      PacketBurst opened = Lab.open(opener, PacketForm.PAYLOAD, 1, sealed);
      assertEquals(DropReason.BAD_NEXT_HEADER, opened.dropReason(0));
    }
    lab.mode = SaMode.TRANSPORT;
    assertEquals(
        DropReason.NOT_TRANSPORTABLE,
        protect(lab.outbound(), AGGFRAG, PacketForm.PAYLOAD).dropReason(0));
    assertThrows(
        IllegalArgumentException.class, () -> protect(null, 256, PacketForm.PAYLOAD).size());
  }

  @Test
  void eachInnerPacketIsCheckedAndCounted() {
    lab.senderSelectors = List.of(TrafficSelector.of("192.168.1.0/24"));
    InboundSa sa = lab.inbound();
    IpHeaderView view = new IpHeaderView();
    byte[] good = IpPackets.udp("192.168.1.7", "10.0.0.1", 1, 2, PAYLOAD);
    byte[] bad = IpPackets.udp("192.168.2.7", "10.0.0.1", 1, 2, PAYLOAD);
    assertTrue(view.parse(ByteBuffer.wrap(good), 0, good.length));
    assertEquals(DropReason.NONE, sa.check(view, 1));
    assertTrue(view.parse(ByteBuffer.wrap(bad), 0, bad.length));
    assertEquals(DropReason.SELECTOR_MISMATCH, sa.check(view, 1));
    assertEquals(1, sa.counters().drops(DropReason.SELECTOR_MISMATCH));
  }

  @Test
  void noInnerPacketPassesAfterTheHardLifetime() {
    lab.options = lab.options.withTimeLifetime(new TimeLifetime(0, 150));
    InboundSa sa = lab.inbound();
    sa.begin(1000);
    IpHeaderView view = new IpHeaderView();
    byte[] packet = IpPackets.udp("192.168.1.7", "10.0.0.1", 1, 2, PAYLOAD);
    assertTrue(view.parse(ByteBuffer.wrap(packet), 0, packet.length));
    assertEquals(DropReason.NONE, sa.check(view, 1149));
    // no packet of the SA itself has met the limit yet
    assertEquals(DropReason.LIFETIME_EXPIRED, sa.check(view, 1150));
    assertEquals(1, sa.counters().drops(DropReason.LIFETIME_EXPIRED));
  }
}
