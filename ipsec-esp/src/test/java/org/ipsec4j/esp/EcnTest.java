package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.IpHeaderView;
import org.junit.jupiter.api.Test;

/** RFC 6040 4.2, figure 4, row by row. */
class EcnTest {
  private static final int NOT_ECT = 0;
  private static final int ECT_1 = 1;
  private static final int ECT_0 = 2;
  private static final int CE = 3;

  @Test
  void figure4() {
    row(NOT_ECT, NOT_ECT, NOT_ECT, NOT_ECT, Ecn.DROP);
    row(ECT_0, ECT_0, ECT_0, ECT_1, CE);
    row(ECT_1, ECT_1, ECT_1, ECT_1, CE);
    row(CE, CE, CE, CE, CE);
  }

  private static void row(int inner, int notEct, int ect0, int ect1, int ce) {
    assertEquals(notEct, Ecn.decapsulated(inner, NOT_ECT));
    assertEquals(ect0, Ecn.decapsulated(inner, ECT_0));
    assertEquals(ect1, Ecn.decapsulated(inner, ECT_1));
    assertEquals(ce, Ecn.decapsulated(inner, CE));
  }

  @Test
  void changesOnlyTheFieldAndTheChecksum() {
    for (int dscp = 0; dscp < 64; dscp++) {
      byte[] v4 =
          IpPackets.v4("10.0.0.1", "10.0.0.2", 17, new byte[8], dscp << 2 | 2, 0, new byte[4]);
      byte[] expected =
          IpPackets.v4("10.0.0.1", "10.0.0.2", 17, new byte[8], dscp << 2 | 3, 0, new byte[4]);
      assertTrue(decapsulate(v4, CE));
      assertArrayEquals(expected, v4);
      byte[] v6 = IpPackets.v6("fd00::1", "fd00::2", 17, new byte[8], dscp << 2 | 2);
      assertTrue(decapsulate(v6, CE));
      assertArrayEquals(IpPackets.v6("fd00::1", "fd00::2", 17, new byte[8], dscp << 2 | 3), v6);
    }
  }

  @Test
  void congestionOnAPacketThatCannotShowIt() {
    byte[] packet = IpPackets.v4("10.0.0.1", "10.0.0.2", 17, new byte[8]);
    byte[] before = packet.clone();
    assertFalse(decapsulate(packet, CE));
    assertArrayEquals(before, packet);
  }

  private static boolean decapsulate(byte[] packet, int outer) {
    ByteBuffer memory = ByteBuffer.wrap(packet);
    IpHeaderView view = new IpHeaderView();
    assertTrue(view.parse(memory, 0, packet.length));
    return Ecn.decapsulate(memory, view, outer);
  }
}
