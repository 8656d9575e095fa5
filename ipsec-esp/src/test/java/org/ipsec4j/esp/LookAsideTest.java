package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Providers that answer late: bursts are begun, and finished when they come back. */
@NullUnmarked
class LookAsideTest {
  private final LateCrypto device = new LateCrypto();
  private final Lab lab = new Lab();

  LookAsideTest() {
    lab.crypto = device;
  }

  private static byte[] inner(int n) {
    return IpPackets.udp(true, 1, n, Lab.octets(n, 50 + n));
  }

  private static PacketBurst burst(int from, int count) {
    PacketBurst burst = new PacketBurst(8, IpsecOutbound.maxHeadroom(2), 300, 200);
    for (int n = from; n < from + count; n++) {
      burst.add(ByteBuffer.wrap(inner(n)));
    }
    return burst;
  }

  private static OutboundSa[] all(OutboundSa sa) {
    OutboundSa[] sas = new OutboundSa[8];
    Arrays.fill(sas, sa);
    return sas;
  }

  private static OutboundBundle[] all(OutboundBundle bundle) {
    OutboundBundle[] bundles = new OutboundBundle[8];
    Arrays.fill(bundles, bundle);
    return bundles;
  }

  @Test
  void aBurstIsTheCallersOnlyWhenItCameBack() {
    device.patience = 2;
    OutboundSa sa = lab.outbound();
    Sad sad = lab.sad();
    PacketBurst burst = burst(1, 3);
    try (EspOutbound out = lab.sealer();
        EspInbound in = lab.opener(sad)) {
      assertTrue(out.finish(), "nothing is under way");
      out.begin(burst, all(sa), PacketForm.FULL_IP, 5);
      assertFalse(out.finish());
      assertEquals(0, sa.counters().packets());
      assertThrows(
          IllegalStateException.class, () -> out.begin(burst, all(sa), PacketForm.FULL_IP, 5));
      assertFalse(out.finish());
      assertTrue(out.finish());
      assertEquals(3, sa.counters().packets());
      in.begin(burst, PacketForm.FULL_IP, 5);
      assertFalse(in.finish());
      assertThrows(IllegalStateException.class, () -> in.begin(burst, PacketForm.FULL_IP, 5));
      assertFalse(in.finish());
      assertTrue(in.finish());
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(inner(i + 1), Lab.window(burst, i));
      }
    }
  }

  @Test
  void severalEnginesHaveSeveralBurstsUnderWayAndComeBackInAnyOrder() {
    device.patience = 1;
    OutboundSa sa = lab.outbound();
    List<EspOutbound> engines = new ArrayList<>();
    List<PacketBurst> bursts = new ArrayList<>();
    for (int e = 0; e < 3; e++) {
      engines.add(lab.sealer());
      bursts.add(burst(10 * e, 4));
      engines.get(e).begin(bursts.get(e), all(sa), PacketForm.FULL_IP, 1);
    }
    for (LateCrypto.Device each : device.devices) {
      assertEquals(1, each.waiting());
    }
    assertEquals(12, sa.numbersUsed());
    try (EspInbound in = lab.opener(lab.sad())) {
      for (int e = 2; e >= 0; e--) {
        assertFalse(engines.get(e).finish());
        assertTrue(engines.get(e).finish());
        in.open(bursts.get(e), PacketForm.FULL_IP, 1);
        for (int i = 0; i < 4; i++) {
          assertEquals(DropReason.NONE, bursts.get(e).dropReason(i));
          assertArrayEquals(inner(10 * e + i), Lab.window(bursts.get(e), i));
        }
        engines.get(e).close();
      }
    }
  }

  @Test
  void theSimpleCallWaits() {
    device.patience = 100;
    byte[] sealed = lab.seal(lab.outbound(), inner(3), PacketForm.FULL_IP);
    try (EspInbound in = lab.opener(lab.sad())) {
      PacketBurst opened = Lab.open(in, PacketForm.FULL_IP, 1, sealed);
      assertArrayEquals(inner(3), Lab.window(opened, 0));
    }
  }

  @Test
  void aWorkerThatThrowsFailsItsBurstAndNoOther() {
    OutboundSa sa = lab.outbound();
    PacketBurst burst = burst(1, 2);
    try (EspOutbound out = lab.sealer()) {
      device.broken = true;
      out.begin(burst, all(sa), PacketForm.FULL_IP, 1);
      assertTrue(out.finish());
      assertEquals(DropReason.CRYPTO_FAILED, burst.dropReason(0));
      assertEquals(2, sa.counters().drops(DropReason.CRYPTO_FAILED));
      assertEquals(2, sa.numbersUsed(), "their numbers are burnt");
    }
  }

  @Test
  void layersFollowOneAnotherWithoutWaiting() {
    device.patience = 1;
    lab.spi = 0x1001;
    OutboundSa tunnel = lab.outbound();
    Sad sad = lab.sad();
    lab.spi = 0x1002;
    lab.mode = SaMode.TRANSPORT;
    OutboundSa around = lab.outbound();
    sad.install(lab.inbound());
    OutboundBundle bundle = OutboundBundle.of(List.of(tunnel, around));
    PacketBurst burst = burst(1, 3);
    boolean[] mine = new boolean[8];
    Arrays.fill(mine, true);
    try (IpsecOutbound out = new IpsecOutbound(List.of(device), 8);
        IpsecInbound in = new IpsecInbound(sad, List.of(device), 8)) {
      out.begin(burst, all(bundle), mine, PacketForm.FULL_IP, 1);
      assertFalse(out.finish());
      assertThrows(
          IllegalStateException.class,
          () -> out.begin(burst, all(bundle), mine, PacketForm.FULL_IP, 1));
      int polls = 1;
      while (!out.finish()) {
        polls++;
      }
      assertTrue(polls > 1, "two layers, each of which takes its time");
      assertEquals(3, tunnel.counters().packets());
      assertEquals(3, around.counters().packets());
      in.begin(burst, PacketForm.FULL_IP, 1);
      assertFalse(in.finish());
      assertThrows(IllegalStateException.class, () -> in.begin(burst, PacketForm.FULL_IP, 1));
      while (!in.finish()) {
        assertEquals(0, in.refused().drops());
      }
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(inner(i + 1), Lab.window(burst, i));
        assertEquals(2, in.layers(i));
      }
    }
  }
}
