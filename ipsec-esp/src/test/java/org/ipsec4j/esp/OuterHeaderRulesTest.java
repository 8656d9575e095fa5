package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.OuterHeaderPolicy.DontFragment;
import org.ipsec4j.esp.OuterHeaderPolicy.EcnMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Header construction for tunnel mode, line by line of the tables of RFC 4301 5.1.2.1 and 5.1.2.2,
 * for every combination of inner and outer version.
 */
@NullUnmarked
class OuterHeaderRulesTest {
  private static final int CE = 3;

  private final Lab lab = new Lab();
  private final IpHeaderView view = new IpHeaderView();

  private static byte[] inner(boolean v4, int trafficClass, boolean dontFragment, int hopLimit) {
    byte[] packet =
        v4
            ? IpPackets.v4(
                IpPackets.A4,
                IpPackets.B4,
                17,
                new byte[24],
                trafficClass,
                dontFragment ? 0x4000 : 0,
                new byte[0])
            : IpPackets.v6(IpPackets.A6, IpPackets.B6, 17, new byte[24], trafficClass);
    packet[v4 ? 8 : 7] = (byte) hopLimit;
    if (v4) {
      packet[10] = 0;
      packet[11] = 0;
      ByteBuffer.wrap(packet).putShort(10, (short) IpPackets.checksum(packet, 0, 20));
    }
    return packet;
  }

  private IpHeaderView outer(byte[] sealed) {
    assertTrue(view.parse(ByteBuffer.wrap(sealed), 0, sealed.length));
    if (view.isV4()) {
      assertEquals(0, IpPackets.checksum(sealed, 0, 20), "checksum: constructed");
      assertEquals(0x45, sealed[0], "header length: constructed; options: never copied");
      assertEquals(0, view.fragmentOffset());
    }
    assertEquals(sealed.length, view.totalLength(), "total length: constructed");
    return view;
  }

  private byte[] seal(byte[] inner) {
    return lab.seal(lab.outbound(), inner, PacketForm.FULL_IP);
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void atTheEncapsulator(boolean innerV4, boolean outerV4) {
    lab.outerV4 = outerV4;
    // DS and ECN: copied from inner hdr; TTL, src, dest: constructed; flow label: configured, 0
    for (int trafficClass = 0; trafficClass < 256; trafficClass++) {
      IpHeaderView outer = outer(seal(inner(innerV4, trafficClass, true, 9)));
      assertEquals(trafficClass, outer.trafficClass());
      assertEquals(64, outer.hopLimit());
      assertEquals(50, outer.protocol());
      assertEquals(lab.sender().low(), outer.sourceLow());
      assertEquals(lab.receiver().low(), outer.destinationLow());
      assertEquals(0, outer.flowLabel());
    }
    // DF: copied (IPv4 only), set or cleared
    for (boolean inner : new boolean[] {true, false}) {
      for (DontFragment mode : DontFragment.values()) {
        lab.headerPolicy = new OuterHeaderPolicy(64, OuterHeaderPolicy.COPY_DSCP, mode);
        boolean expected =
            switch (mode) {
              case COPY -> inner || !innerV4;
              case SET -> true;
              case CLEAR -> false;
            };
        assertEquals(outerV4 && expected, outer(seal(inner(innerV4, 0, inner, 9))).dontFragment());
      }
    }
    // DS mapped to what the domain wants, ECN by RFC 6040 4.1 in both modes
    for (int ecn = 0; ecn < 4; ecn++) {
      lab.headerPolicy = new OuterHeaderPolicy(3, 10, DontFragment.COPY);
      IpHeaderView outer = outer(seal(inner(innerV4, 46 << 2 | ecn, true, 9)));
      assertEquals(10 << 2 | ecn, outer.trafficClass());
      assertEquals(3, outer.hopLimit());
      lab.headerPolicy = lab.headerPolicy.withEcn(EcnMode.COMPATIBILITY);
      assertEquals(10 << 2, outer(seal(inner(innerV4, 46 << 2 | ecn, true, 9))).trafficClass());
    }
    // flow label: copied or configured
    lab.headerPolicy = OuterHeaderPolicy.DEFAULT.withFlowLabel(0xfffff);
    assertEquals(outerV4 ? 0 : 0xfffff, outer(seal(inner(innerV4, 0, true, 9))).flowLabel());
    lab.headerPolicy = OuterHeaderPolicy.DEFAULT.withFlowLabel(OuterHeaderPolicy.COPY_FLOW_LABEL);
    int label = outer(seal(inner(innerV4, 0, true, 9))).flowLabel();
    assertEquals(outerV4 || innerV4 ? 0 : 0x1abcd, label);
  }

  /** ECN: constructed (RFC 6040 4.2); DS: no change, unless asked for (note 9); all else stays. */
  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void atTheDecapsulator(boolean innerV4, boolean outerV4) {
    lab.outerV4 = outerV4;
    OutboundSa sa = lab.outbound();
    Sad sad = lab.sad();
    Lab inward = new Lab();
    inward.outerV4 = outerV4;
    inward.spi = 99999;
    inward.headerPolicy = OuterHeaderPolicy.DEFAULT.withDscpInward(true);
    OutboundSa inwardSa = inward.outbound();
    sad.install(inward.inbound());
    try (EspInbound opener = lab.opener(sad)) {
      for (int innerEcn = 0; innerEcn < 4; innerEcn++) {
        for (int outerEcn = 0; outerEcn < 4; outerEcn++) {
          byte[] inner = inner(innerV4, 46 << 2 | innerEcn, true, 1);
          int outerClass = 8 << 2 | outerEcn;
          int ecn = Ecn.decapsulated(innerEcn, outerEcn);
          byte[] sealed = lab.seal(sa, inner, PacketForm.FULL_IP);
          arrive(opener, remark(sealed, outerClass), innerV4, ecn, 46);
          sealed = inward.seal(inwardSa, inner, PacketForm.FULL_IP);
          arrive(opener, remark(sealed, outerClass), innerV4, ecn, 8);
        }
      }
    }
  }

  private static void arrive(EspInbound opener, byte[] sealed, boolean v4, int ecn, int dscp) {
    PacketBurst burst = Lab.open(opener, PacketForm.FULL_IP, 1, sealed);
    if (ecn == Ecn.DROP) {
      assertEquals(DropReason.ECN_CONGESTION, burst.dropReason(0));
    } else {
      assertArrayEquals(inner(v4, dscp << 2 | ecn, true, 1), Lab.window(burst, 0));
    }
  }

  /** What a router on the way does to the outer header. */
  private static byte[] remark(byte[] sealed, int trafficClass) {
    byte[] marked = sealed.clone();
    ByteBuffer packet = ByteBuffer.wrap(marked);
    if (marked[0] == 0x45) {
      marked[1] = (byte) trafficClass;
      packet.putShort(10, (short) 0).putShort(10, (short) IpPackets.checksum(marked, 0, 20));
    } else {
      packet.putInt(0, (packet.getInt(0) & 0xf00fffff) | (trafficClass << 20));
    }
    return marked;
  }

  /** TTL and hop limit: decrement (2) on both sides, when the packet is forwarded. */
  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void hopsAreSpentByThoseWhoForward(boolean innerV4, boolean outerV4) {
    lab.outerV4 = outerV4;
    lab.options = lab.options.withForwarding(true);
    OutboundSa sa = lab.outbound();
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad);
        EspOutbound sealer = lab.sealer()) {
      for (int hops = 0; hops < 256; hops++) {
        PacketBurst burst = Lab.burst(1, 200);
        burst.add(ByteBuffer.wrap(inner(innerV4, 1, true, hops)));
        sealer.protect(burst, new OutboundSa[] {sa}, PacketForm.FULL_IP, 1);
        if (hops <= 1) {
          assertEquals(DropReason.TTL_EXPIRED, burst.dropReason(0));
          assertArrayEquals(inner(innerV4, 1, true, hops), Lab.window(burst, 0), "as it was");
          continue;
        }
        assertEquals(64, Lab.window(burst, 0)[outerV4 ? 8 : 7]);
        opener.open(burst, PacketForm.FULL_IP, 1);
        if (hops == 2) {
          assertEquals(DropReason.TTL_EXPIRED, burst.dropReason(0));
        } else {
          assertArrayEquals(inner(innerV4, 1, true, hops - 2), Lab.window(burst, 0));
        }
      }
      assertEquals(2, sa.counters().drops(DropReason.TTL_EXPIRED));
      assertEquals(1, sad.find(lab.spi).counters().drops(DropReason.TTL_EXPIRED));
    }
  }

  @Test
  void aWrongInnerChecksumStaysWrong() {
    lab.options = lab.options.withForwarding(true);
    byte[] wrong = inner(true, 1, true, 9);
    wrong[11] ^= 0x10;
    byte[] sealed = lab.seal(lab.outbound(), wrong, PacketForm.FULL_IP);
    try (EspInbound opener = lab.opener(lab.sad())) {
      byte[] came = Lab.window(Lab.open(opener, PacketForm.FULL_IP, 1, remark(sealed, CE)), 0);
      assertEquals(7, came[8]);
      assertTrue(IpPackets.checksum(came, 0, 20) != 0);
      came[11] ^= 0x10;
      assertEquals(1 | CE, came[1]);
      byte[] right = inner(true, CE, true, 7);
      assertArrayEquals(Arrays.copyOf(right, 10), Arrays.copyOf(came, 10));
    }
  }

  @Test
  void numbersOutOfRange() {
    assertThrows(
        IllegalArgumentException.class, () -> OuterHeaderPolicy.DEFAULT.withFlowLabel(0x100000));
    assertThrows(
        IllegalArgumentException.class, () -> new OuterHeaderPolicy(0, 1, DontFragment.COPY));
    assertThrows(
        IllegalArgumentException.class, () -> new OuterHeaderPolicy(1, 64, DontFragment.COPY));
  }
}
