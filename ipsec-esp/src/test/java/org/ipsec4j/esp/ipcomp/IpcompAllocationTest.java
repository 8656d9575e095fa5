package org.ipsec4j.esp.ipcomp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.AllocationMeter;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Good packets, compressible or not, cost no memory in either direction. */
@NullUnmarked
class IpcompAllocationTest {
  private static final int BURST = 16;

  @ParameterizedTest
  @EnumSource(
      value = SaMode.class,
      names = {"TRANSPORT", "TUNNEL"})
  void nothingPerPacket(SaMode mode) throws ReflectiveOperationException {
    IpcompSettings settings = Packets.settings(true, mode);
    IpcompAssociation association = IpcompAssociation.of(settings);
    IpcompAssociation[] all = Packets.all(BURST, association);
    ByteBuffer[] packets = new ByteBuffer[BURST];
    for (int i = 0; i < BURST; i++) {
      packets[i] = ByteBuffer.wrap(Packets.v4(17, Packets.octets(i, 60 * i, i % 3 == 0 ? 256 : 5)));
    }
    PacketBurst burst = Packets.burst(BURST, 1500);
    long least = Long.MAX_VALUE;
    long idle = Long.MAX_VALUE;
    try (IpcompOutbound outbound = new IpcompOutbound(1);
        IpcompInbound inbound = new IpcompInbound(Packets.table(settings), BURST)) {
      for (int round = 0; round < 8; round++) {
        long before = AllocationMeter.octets();
        idle = Math.min(idle, AllocationMeter.octets() - before);
        before = AllocationMeter.octets();
        for (int n = 0; n < 300; n++) {
          burst.clear();
          for (ByteBuffer packet : packets) {
            packet.rewind();
            burst.add(packet);
          }
          outbound.compress(burst, all);
          inbound.expand(burst);
        }
        least = Math.min(least, AllocationMeter.octets() - before);
      }
    }
    assertEquals(idle, least, "octets allocated around " + 300 * BURST + " packets");
    assertEquals(0, association.counters().drops());
  }
}
