package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.ipcomp.IpcompAssociation;
import org.ipsec4j.esp.ipcomp.IpcompInbound;
import org.ipsec4j.esp.ipcomp.IpcompOutbound;
import org.ipsec4j.esp.ipcomp.IpcompSettings;
import org.ipsec4j.esp.ipcomp.IpcompTable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compression first, protection behind it: IPComp in tunnel mode inside ESP in transport mode, as
 * Linux lays out a tunnel with compression, and both in transport mode.
 */
@NullUnmarked
class EspWithIpcompTest {
  @ParameterizedTest
  @CsvSource({
    "TUNNEL, true, 600, 3",
    "TUNNEL, true, 600, 256",
    "TUNNEL, false, 1300, 20",
    "TUNNEL, false, 1300, 256",
    "TRANSPORT, true, 600, 3",
    "TRANSPORT, false, 600, 256"
  })
  void bothStagesComeBack(SaMode mode, boolean v4, int size, int symbols) {
    Lab lab = new Lab();
    lab.mode = SaMode.TRANSPORT;
    lab.outerV4 = v4;
    byte[] data = Lab.octets(3, size);
    for (int i = 0; i < size; i++) {
      data[i] = (byte) ((data[i] & 0xff) % symbols);
    }
    byte[] packet =
        mode == SaMode.TUNNEL
            ? IpPackets.udp(true, 5, 6, data)
            : IpPackets.tcp(lab.sender().toString(), lab.receiver().toString(), data);
    IpcompSettings settings = IpcompSettings.of(0x4321, mode, lab.sender(), lab.receiver());
    IpcompAssociation association = IpcompAssociation.of(settings);
    IpcompTable table = new IpcompTable();
    table.install(IpcompAssociation.of(settings));
    PacketBurst burst = Lab.burst(1, 1600);
    burst.add(ByteBuffer.wrap(packet));
    try (IpcompOutbound compressor = new IpcompOutbound();
        EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(lab.sad());
        IpcompInbound expander = new IpcompInbound(table, 1)) {
      compressor.compress(burst, new IpcompAssociation[] {association});
      int compressed = burst.length(0);
      assertEquals(symbols < 256, association.counters().changed() == 1);
      sealer.protect(burst, new OutboundSa[] {lab.outbound()}, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertTrue(burst.length(0) > compressed);
      opener.open(burst, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertEquals(compressed, burst.length(0));
      expander.expand(burst);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertArrayEquals(packet, Lab.window(burst, 0));
    }
  }
}
