package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Extended sequence numbers after the loss of whole subspaces (RFC 4303 A3). */
@NullUnmarked
class ResyncTest {
  private static final byte[] INNER = IpPackets.udp(true, 7, 8, Lab.octets(1, 60));

  /** Counts verifications. */
  private static final class Counting extends TestCrypto {
    int verifications;

    @Override
    public PacketWorker packetWorker() {
      PacketWorker real = super.packetWorker();
      return new PacketWorker() {
        @Override
        public boolean submit(CryptoBurst burst) {
          verifications += burst.size();
          return real.submit(burst);
        }

        @Override
        public void close() {
          real.close();
        }
      };
    }
  }

  private final Lab lab = new Lab();
  private final Counting crypto = new Counting();

  ResyncTest() {
    lab.crypto = crypto;
    lab.transform = Lab.GCM_ESN;
  }

  private OutboundSa sendingFrom(long number) {
    lab.firstNumber = number;
    return lab.outbound();
  }

  private void listen(EspInbound opener) {
    byte[] first = lab.seal(sendingFrom(0xf0000000L), INNER, PacketForm.PAYLOAD);
    assertTrue(Lab.open(opener, PacketForm.PAYLOAD, 1, first).isAlive(0));
  }

  @Test
  void findsTheUpperHalfAgain() {
    for (int subspaces = 1; subspaces <= 4; subspaces++) {
      Sad sad = lab.sad();
      try (EspInbound opener = lab.opener(sad)) {
        listen(opener);
        OutboundSa far = sendingFrom(((long) subspaces << 32) + 0x1_00000000L + 5);
        int lost = 0;
        PacketBurst burst;
        do {
          burst = Lab.open(opener, PacketForm.PAYLOAD, 1, lab.seal(far, INNER, PacketForm.PAYLOAD));
          lost++;
        } while (!burst.isAlive(0) && lost < 1000);
        assertTrue(
            lost > InboundSa.REFUSALS_BEFORE_DOUBT && lost <= InboundSa.REFUSALS_BEFORE_DOUBT + 40,
            subspaces + " subspaces: " + lost);
        assertArrayEquals(INNER, Lab.window(burst, 0));
        assertTrue(opener.isAuthentic(0));
        InboundSa sa = sad.find(lab.spi);
        assertEquals(subspaces + 1, sa.replayWindow().top() >>> 32);
        assertEquals(lost - 1, sa.counters().drops(DropReason.ICV_MISMATCH), "one reason each");
        int before = crypto.verifications;
        byte[] next = lab.seal(far, INNER, PacketForm.PAYLOAD);
        before = crypto.verifications;
        assertTrue(Lab.open(opener, PacketForm.PAYLOAD, 1, next).isAlive(0), "in step again");
        assertEquals(before + 1, crypto.verifications);
      }
    }
  }

  /** Whatever the size of bursts, and whatever forgeries came before them. */
  @Test
  void findsTheUpperHalfAgainInBursts() {
    for (int size : new int[] {1, 3, 8, 32, 64}) {
      for (int forgeries = 0; forgeries <= 9; forgeries += 3) {
        for (int subspaces = 1; subspaces <= 4; subspaces++) {
          try (EspInbound opener = lab.opener(lab.sad())) {
            listen(opener);
            refuse(opener, forgeries);
            OutboundSa far = sendingFrom(((long) subspaces << 32) + 0x1_00000000L + 5);
            int bursts = 0;
            boolean found = false;
            while (!found && bursts * size < 800) {
              byte[][] packets = new byte[size][];
              for (int i = 0; i < size; i++) {
                packets[i] = lab.seal(far, INNER, PacketForm.PAYLOAD);
              }
              PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, packets);
              for (int i = 0; i < size; i++) {
                found |= burst.isAlive(i);
              }
              bursts++;
            }
            assertTrue(found, size + " in a burst, " + forgeries + " forged, gap " + subspaces);
          }
        }
      }
    }
  }

  private void refuse(EspInbound opener, int forgeries) {
    byte[] forged = lab.seal(sendingFrom(0xf0000100L), INNER, PacketForm.PAYLOAD);
    forged[20] ^= 1;
    for (int i = 0; i < forgeries; i++) {
      assertEquals(
          DropReason.ICV_MISMATCH,
          Lab.open(opener, PacketForm.PAYLOAD, 1, forged.clone()).dropReason(0));
    }
  }

  /** What an outsider buys: nothing but one more verification for every eighth forgery. */
  @Test
  void forgeriesCostLittleAndStopNobody() {
    Sad sad = lab.sad();
    OutboundSa out = sendingFrom(1);
    byte[] forged = lab.seal(sendingFrom(7L << 32 | 77), INNER, PacketForm.PAYLOAD);
    forged[20] ^= 1;
    try (EspInbound opener = lab.opener(sad)) {
      for (int i = 0; i < 400; i++) {
        ByteBuffer.wrap(forged).putInt(4, 1000 + i);
        PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, forged);
        assertEquals(DropReason.ICV_MISMATCH, burst.dropReason(0));
        byte[] left = Lab.window(burst, 0);
        for (int k = 0; k < left.length - 16; k++) {
          assertEquals(0, left[k], "wiped");
        }
      }
      assertTrue(crypto.verifications <= 400 + 60 + 1, "verifications: " + crypto.verifications);
      byte[] good = lab.seal(out, INNER, PacketForm.PAYLOAD);
      assertArrayEquals(INNER, Lab.window(Lab.open(opener, PacketForm.PAYLOAD, 1, good), 0));
      assertEquals(1, sad.find(lab.spi).replayWindow().top());
    }
  }

  @Test
  void withinABurstOnePacketIsTriedAgain() {
    Sad sad = lab.sad();
    try (EspInbound opener = lab.opener(sad)) {
      listen(opener);
      OutboundSa far = sendingFrom(0x2_00000005L);
      byte[][] packets = new byte[64][];
      for (int i = 0; i < 64; i++) {
        packets[i] = lab.seal(far, INNER, PacketForm.PAYLOAD);
      }
      PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, packets);
      for (int i = 0; i < 64; i++) {
        assertEquals(DropReason.ICV_MISMATCH, burst.dropReason(i));
      }
      for (int i = 0; i < 32; i++) {
        packets[i] = lab.seal(far, INNER, PacketForm.PAYLOAD);
      }
      int before = crypto.verifications;
      burst = Lab.open(opener, PacketForm.PAYLOAD, 1, java.util.Arrays.copyOf(packets, 32));
      assertEquals(before + 33, crypto.verifications);
      assertTrue(burst.isAlive(0));
      assertEquals(DropReason.ICV_MISMATCH, burst.dropReason(1));
      burst = Lab.open(opener, PacketForm.PAYLOAD, 1, lab.seal(far, INNER, PacketForm.PAYLOAD));
      assertTrue(burst.isAlive(0));
    }
  }

  @Test
  void withoutExtendedNumbersNothingIsTriedAgain() {
    lab.transform = Lab.GCM;
    byte[] forged = lab.seal(sendingFrom(77), INNER, PacketForm.PAYLOAD);
    forged[20] ^= 1;
    try (EspInbound opener = lab.opener(lab.sad())) {
      int before = crypto.verifications;
      for (int i = 0; i < 200; i++) {
        Lab.open(opener, PacketForm.PAYLOAD, 1, forged);
      }
      assertEquals(before + 200, crypto.verifications);
    }
  }
}
