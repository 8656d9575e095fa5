package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Numbers, limits, outer headers and what transport mode refuses (RFC 4303 3.3, RFC 4301 5.1). */
@NullUnmarked
class EspOutboundTest {
  private static final byte[] INNER = IpPackets.udp(true, 1000, 2000, Lab.octets(3, 41));

  private final Lab lab = new Lab();

  private PacketBurst protect(OutboundSa sa, PacketForm form, byte[]... packets) {
    PacketBurst burst = Lab.burst(packets.length, 66000);
    OutboundSa[] sas = new OutboundSa[packets.length];
    for (int i = 0; i < packets.length; i++) {
      burst.add(ByteBuffer.wrap(packets[i]));
      sas[i] = sa;
    }
    try (EspOutbound sealer = lab.sealer()) {
      sealer.protect(burst, sas, form, 1);
    }
    return burst;
  }

  private static int number(PacketBurst burst, int i) {
    return burst.slab().getInt(burst.offset(i) + 4);
  }

  @Test
  void withoutEsnTheLastNumberIsTheEnd() {
    lab.firstNumber = 0xfffffffdL;
    OutboundSa sa = lab.outbound();
    PacketBurst burst = protect(sa, PacketForm.PAYLOAD, INNER, INNER, INNER, INNER, INNER);
    assertEquals(0xfffffffd, number(burst, 0));
    assertEquals(0xffffffff, number(burst, 2));
    assertEquals(DropReason.SEQUENCE_EXHAUSTED, burst.dropReason(3));
    assertEquals(DropReason.SEQUENCE_EXHAUSTED, burst.dropReason(4));
    assertTrue(sa.isExpired());
    assertTrue(sa.takeSoftExpired());
    assertFalse(sa.takeSoftExpired());
    assertEquals(0xffffffffL, sa.numbersUsed());
    burst = protect(sa, PacketForm.PAYLOAD, INNER);
    assertEquals(DropReason.SEQUENCE_EXHAUSTED, burst.dropReason(0));
    assertEquals(3, sa.counters().drops(DropReason.SEQUENCE_EXHAUSTED));
  }

  @Test
  void withEsnNumbersGoOn() {
    lab.transform = Lab.CBC_SHA1_ESN;
    lab.firstNumber = 0xffffffffL;
    OutboundSa sa = lab.outbound();
    PacketBurst burst = protect(sa, PacketForm.PAYLOAD, INNER, INNER);
    assertTrue(burst.isAlive(0) && burst.isAlive(1));
    assertEquals(-1, number(burst, 0));
    assertEquals(0, number(burst, 1));
    assertFalse(sa.isExpired());
    assertFalse(sa.takeSoftExpired());
  }

  /** The end of 64-bit numbers is the end too: nothing wraps, and nothing begins anew. */
  @Test
  void withEsnTheLastNumberIsTheEnd() {
    lab.transform = Lab.CBC_SHA1_ESN;
    lab.firstNumber = Long.MAX_VALUE - 2;
    OutboundSa sa = lab.outbound();
    PacketBurst burst = protect(sa, PacketForm.PAYLOAD, INNER, INNER, INNER, INNER, INNER);
    assertEquals(-3, number(burst, 0));
    assertEquals(-2, number(burst, 1));
    for (int round = 0; round < 3; round++) {
      assertEquals(DropReason.SEQUENCE_EXHAUSTED, burst.dropReason(2));
      assertEquals(DropReason.SEQUENCE_EXHAUSTED, burst.dropReason(4));
      assertTrue(sa.isExpired());
      assertEquals(Long.MAX_VALUE - 1, sa.numbersUsed());
      assertEquals(Long.MAX_VALUE, sa.reserve(Integer.MAX_VALUE));
      burst = protect(sa, PacketForm.PAYLOAD, INNER, INNER, INNER, INNER, INNER);
      assertEquals(DropReason.SEQUENCE_EXHAUSTED, burst.dropReason(0));
    }
  }

  @Test
  void theFirstNumberIsOneThatThereIs() {
    for (boolean esn : new boolean[] {false, true}) {
      lab.transform = esn ? Lab.GCM_ESN : Lab.GCM;
      long last = esn ? Long.MAX_VALUE - 1 : 0xffffffffL;
      for (long wrong : new long[] {0, -1, Long.MIN_VALUE, last + 2}) {
        lab.firstNumber = wrong;
        String said =
            assertThrows(IllegalArgumentException.class, () -> lab.outbound()).getMessage();
        assertTrue(said.endsWith("1.." + (last + 1)), said);
      }
      lab.firstNumber = last + 1;
      OutboundSa sa = lab.outbound();
      assertTrue(sa.isExpired());
      assertEquals(
          DropReason.SEQUENCE_EXHAUSTED, protect(sa, PacketForm.PAYLOAD, INNER).dropReason(0));
    }
  }

  @Test
  void aRekeyIsAskedForBeforeNumbersRunOut() {
    lab.firstNumber = 0xefffffffL;
    OutboundSa sa = lab.outbound();
    protect(sa, PacketForm.PAYLOAD, INNER);
    assertFalse(sa.takeSoftExpired());
    protect(sa, PacketForm.PAYLOAD, INNER);
    assertTrue(sa.takeSoftExpired());
  }

  @Test
  void numbersOfPacketsThatDidNotComeToSealingAreNotUsed() {
    OutboundSa sa = lab.outbound();
    PacketBurst burst = protect(sa, PacketForm.PAYLOAD, INNER, new byte[5], INNER);
    assertEquals(DropReason.MALFORMED_INNER, burst.dropReason(1));
    assertEquals(1, number(burst, 0));
    assertEquals(2, number(burst, 2));
    assertEquals(2, sa.numbersUsed());
  }

  @Test
  void numbersOfAFailedBurstAreBurnt() {
    TestCrypto failing =
        new TestCrypto() {
          @Override
          public PacketWorker packetWorker() {
            return new PacketWorker() {
              @Override
              public boolean submit(CryptoBurst burst) {
                burst.op(0).status = CryptoOp.Status.FAILED;
                throw new IllegalStateException("worse than promised");
              }

              @Override
              public void close() {}
            };
          }
        };
    OutboundSa sa = lab.outbound();
    PacketBurst burst = Lab.burst(2, 200);
    burst.add(ByteBuffer.wrap(INNER));
    burst.add(ByteBuffer.wrap(INNER));
    try (EspOutbound sealer = new EspOutbound(List.of(failing), 2)) {
      sealer.protect(burst, new OutboundSa[] {sa, sa}, PacketForm.PAYLOAD, 1);
    }
    assertEquals(DropReason.CRYPTO_FAILED, burst.dropReason(0));
    assertEquals(DropReason.CRYPTO_FAILED, burst.dropReason(1), "left undone counts as failed");
    assertEquals(0, sa.counters().packets());
    assertEquals(3, number(protect(sa, PacketForm.PAYLOAD, INNER), 0));
  }

  @Test
  void aProviderMayTakeItsTime() {
    TestCrypto slow =
        new TestCrypto() {
          @Override
          public PacketWorker packetWorker() {
            PacketWorker real = super.packetWorker();
            return new PacketWorker() {
              private CryptoBurst waiting;
              private int polls;

              @Override
              public boolean submit(CryptoBurst burst) {
                waiting = burst;
                return false;
              }

              @Override
              public CryptoBurst poll() {
                if (polls++ % 5 < 4) {
                  return null;
                }
                real.submit(waiting);
                return waiting;
              }

              @Override
              public void close() {
                real.close();
              }
            };
          }
        };
    lab.crypto = slow;
    byte[] sealed = lab.seal(lab.outbound(), INNER, PacketForm.PAYLOAD);
    try (EspInbound opener = lab.opener(lab.sad())) {
      assertArrayEquals(INNER, Lab.window(Lab.open(opener, PacketForm.PAYLOAD, 1, sealed), 0));
    }
  }

  @Test
  void anAhSaIsNoneForEsp() {
    lab.transform =
        new PacketTransform(
            SecurityProtocol.AH,
            new EncryptionTransform(EncryptionAlgorithm.NULL, 0),
            IntegrityAlgorithm.HMAC_SHA1_96,
            false);
    OutboundSa ah = lab.outbound();
    assertEquals(DropReason.NO_SA, protect(ah, PacketForm.PAYLOAD, INNER).dropReason(0));
    assertEquals(1, ah.counters().drops(DropReason.NO_SA));
    Sad sad = lab.sad();
    assertNull(sad.find(lab.spi));
    assertEquals(SecurityProtocol.AH, sad.find(SecurityProtocol.AH, lab.spi).protocol());
  }

  @Test
  void twoThreadsNeverUseANumberTwice() throws InterruptedException {
    OutboundSa sa = lab.outbound();
    Set<Integer> seen = new HashSet<>();
    Runnable work =
        () -> {
          for (int i = 0; i < 200; i++) {
            PacketBurst burst = protect(sa, PacketForm.PAYLOAD, INNER, INNER, INNER);
            synchronized (seen) {
              for (int k = 0; k < 3; k++) {
                assertTrue(seen.add(number(burst, k)));
              }
            }
          }
        };
    Thread other = new Thread(work);
    other.start();
    work.run();
    other.join();
    assertEquals(1200, seen.size());
    assertEquals(1200, sa.numbersUsed());
    assertEquals(1200, sa.counters().packets());
  }

  @Test
  void hardLimitIsNeverPassed() {
    lab.lifetime = new Lifetime(0, INNER.length * 2L + 10, 1, 0);
    OutboundSa sa = lab.outbound();
    PacketBurst burst = protect(sa, PacketForm.PAYLOAD, INNER, INNER, INNER, INNER);
    assertEquals(DropReason.NONE, burst.dropReason(1));
    assertEquals(DropReason.LIFETIME_EXPIRED, burst.dropReason(2));
    assertEquals(DropReason.LIFETIME_EXPIRED, burst.dropReason(3));
    assertTrue(sa.takeSoftExpired());
    assertTrue(sa.isExpired());
    assertEquals(2L * INNER.length, sa.counters().bytes());
    assertEquals(2, sa.numbersUsed(), "an expired SA uses no numbers");
  }

  @Test
  void noSaNoProviderNoRoom() {
    PacketBurst burst = protect(null, PacketForm.PAYLOAD, INNER);
    assertEquals(DropReason.NO_SA, burst.dropReason(0));
    PacketBurst tight = new PacketBurst(2, 15, INNER.length, 16);
    tight.add(ByteBuffer.wrap(INNER));
    OutboundSa sa = lab.outbound();
    try (EspOutbound sealer = lab.sealer()) {
      sealer.protect(tight, new OutboundSa[] {sa}, PacketForm.PAYLOAD, 1);
      assertEquals(DropReason.NO_HEADROOM, tight.dropReason(0));
      assertArrayEquals(INNER, Lab.window(tight, 0), "untouched");
    }
    lab.crypto = new TestCrypto("other");
    assertEquals(DropReason.CRYPTO_FAILED, protect(sa, PacketForm.PAYLOAD, INNER).dropReason(0));
  }

  @Test
  void theLargestThatAnIpPacketCarries() {
    lab.udp = true;
    OutboundSa sa = lab.outbound();
    // 20 + 8 + 8 + 8 + n + 2 + padding + 16 <= 65535, n + 2 a multiple of 4
    byte[] most = IpPackets.v4("10.1.0.1", "10.2.0.2", 99, new byte[65470 - 20]);
    byte[] more = IpPackets.v4("10.1.0.1", "10.2.0.2", 99, new byte[65474 - 20]);
    PacketBurst burst = protect(sa, PacketForm.FULL_IP, most, more);
    assertEquals(65532, burst.length(0));
    assertEquals(DropReason.TOO_LONG, burst.dropReason(1));
    burst = protect(sa, PacketForm.PAYLOAD, most, more);
    assertEquals(65504, burst.length(0));
    assertEquals(DropReason.TOO_LONG, burst.dropReason(1));
  }

  @Test
  void dontFragmentAndDscpByPolicy() {
    byte[] free = IpPackets.v4("10.1.0.1", "10.2.0.2", 99, new byte[4], 0xba, 0, new byte[0]);
    byte[] outer = lab.seal(lab.outbound(), free, PacketForm.FULL_IP);
    assertEquals(0xba, outer[1] & 0xff);
    assertEquals(0, outer[6]);
    assertEquals(64, outer[8]);
    assertEquals(0x40, lab.seal(lab.outbound(), INNER, PacketForm.FULL_IP)[6], "copied");
    byte[] v6 = IpPackets.udp(false, 1, 2, new byte[1]);
    assertEquals(0x40, lab.seal(lab.outbound(), v6, PacketForm.FULL_IP)[6], "IPv6 implies it");
    lab.headerPolicy = new OuterHeaderPolicy(7, 5, OuterHeaderPolicy.DontFragment.SET);
    outer = lab.seal(lab.outbound(), free, PacketForm.FULL_IP);
    assertEquals(5 << 2 | 2, outer[1] & 0xff, "ECN is copied whatever the DSCP");
    assertEquals(0x40, outer[6]);
    assertEquals(7, outer[8]);
    lab.headerPolicy = new OuterHeaderPolicy(7, 5, OuterHeaderPolicy.DontFragment.CLEAR);
    assertEquals(0, lab.seal(lab.outbound(), INNER, PacketForm.FULL_IP)[6]);
  }

  @Test
  void aNatsChangeMovesTheOuterHeader() {
    lab.udp = true;
    OutboundSa sa = lab.outbound();
    sa.updateEncapsulation(
        new UdpEncapsulation(
            new Endpoint(lab.sender(), 4500), new Endpoint(IpAddress.parse("203.0.113.9"), 60001)));
    ByteBuffer outer = ByteBuffer.wrap(lab.seal(sa, INNER, PacketForm.FULL_IP));
    assertEquals(0xcb007109, outer.getInt(16));
    assertEquals(60001, outer.getShort(22) & 0xffff);
  }

  @Test
  void transportKeepsWhatRoutersRead() {
    // IPv6 | hop-by-hop | dst options | routing | dst options | UDP: ESP goes behind routing
    lab.mode = SaMode.TRANSPORT;
    lab.outerV4 = false;
    byte[] extensions = {
      60, 0, 1, 4, 0, 0, 0, 0, 43, 0, 1, 4, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0,
      0, 0
    };
    byte[] upper = {0, 1, 0, 2, 0, 8, 0, 0};
    byte[] inner =
        IpPackets.v6(
            lab.sender().toString(),
            lab.receiver().toString(),
            0,
            TestCrypto.concat(extensions, upper));
    byte[] outer = lab.seal(lab.outbound(), inner, PacketForm.FULL_IP);
    assertArrayEquals(Arrays.copyOfRange(inner, 6, 56), Arrays.copyOfRange(outer, 6, 56));
    assertEquals(50, outer[56], "the routing header announces ESP");
    assertEquals(outer.length - 40, ByteBuffer.wrap(outer).getShort(4));
    assertEquals(lab.spi, ByteBuffer.wrap(outer).getInt(64));
    try (EspInbound opener = lab.opener(lab.sad())) {
      PacketBurst opened = Lab.open(opener, PacketForm.FULL_IP, 1, outer);
      assertArrayEquals(inner, Lab.window(opened, 0));
    }
    PacketBurst burst = protect(lab.outbound(), PacketForm.PAYLOAD, inner);
    assertEquals(DropReason.NOT_TRANSPORTABLE, burst.dropReason(0), "a socket would lose them");
  }

  @Test
  void transportKeepsIpv4Options() {
    lab.mode = SaMode.TRANSPORT;
    byte[] options = {(byte) 148, 4, 0, 0};
    byte[] inner = IpPackets.v4("192.0.2.1", "198.51.100.2", 2, new byte[8], 0xc0, 0x4000, options);
    byte[] outer = lab.seal(lab.outbound(), inner, PacketForm.FULL_IP);
    assertEquals(50, outer[9]);
    assertArrayEquals(options, Arrays.copyOfRange(outer, 20, 24));
    assertEquals(0, IpPackets.checksum(outer, 0, 24));
    try (EspInbound opener = lab.opener(lab.sad())) {
      assertArrayEquals(inner, Lab.window(Lab.open(opener, PacketForm.FULL_IP, 1, outer), 0));
    }
  }

  @Test
  void transportRefusesFragmentsAndOtherFamilies() {
    lab.mode = SaMode.TRANSPORT;
    byte[] first =
        IpPackets.v4("192.0.2.1", "198.51.100.2", 17, new byte[8], 0, 0x2000, new byte[0]);
    byte[] last = IpPackets.v4("192.0.2.1", "198.51.100.2", 17, new byte[8], 0, 9, new byte[0]);
    byte[] v6 = IpPackets.udp(false, 1, 2, new byte[8]);
    PacketBurst burst = protect(lab.outbound(), PacketForm.FULL_IP, first, last, v6);
    for (int i = 0; i < 3; i++) {
      assertEquals(DropReason.NOT_TRANSPORTABLE, burst.dropReason(i));
    }
  }

  @Test
  void tunnelCarriesFragments() {
    byte[] last = IpPackets.v4("192.0.2.1", "198.51.100.2", 17, new byte[8], 0, 9, new byte[0]);
    byte[] outer = lab.seal(lab.outbound(), last, PacketForm.FULL_IP);
    assertEquals(0, outer[6] | outer[7], "the outer packet is whole");
    try (EspInbound opener = lab.opener(lab.sad())) {
      assertArrayEquals(last, Lab.window(Lab.open(opener, PacketForm.FULL_IP, 1, outer), 0));
    }
  }

  @Test
  void cbcIvsDoNotRepeatAndAreNoNumbers() {
    lab.transform = Lab.CBC_SHA256;
    OutboundSa sa = lab.outbound();
    Set<String> ivs = new HashSet<>();
    for (int i = 1; i <= 100; i++) {
      byte[] iv = Arrays.copyOfRange(lab.seal(sa, INNER, PacketForm.PAYLOAD), 8, 24);
      assertTrue(ivs.add(Arrays.toString(iv)));
      assertFalse(ByteBuffer.wrap(iv).getLong(8) == i, "the IV is not the bare number");
    }
  }

  @Test
  void keysAreForTheirSa() {
    lab.transform = Lab.CBC_SHA256;
    var key = lab.key();
    lab.transform = Lab.GCM;
    assertThrows(IllegalArgumentException.class, () -> OutboundSa.of(lab.child(true), key));
    assertThrows(IllegalArgumentException.class, () -> lab.outbound().replaceKey(key));
    assertThrows(IllegalArgumentException.class, () -> lab.inbound().replaceKey(key));
    lab.replayWindow = 0;
    assertThrows(IllegalArgumentException.class, lab::inbound);
    lab.replayWindow = 64;
    OutboundSa gone = new Lab().outbound();
    gone.destroy();
    assertTrue(TestCrypto.isDestroyed(gone.key()));
    assertFalse(gone.toString().isEmpty());
  }

  @Test
  void maxOverheadHolds() {
    for (PacketTransform transform : EspRoundTripTest.transforms()) {
      lab.transform = transform;
      lab.outerV4 = false;
      lab.udp = true;
      OutboundSa sa = lab.outbound();
      for (int size = 0; size < 40; size++) {
        byte[] inner = IpPackets.udp(true, 1, 2, new byte[size]);
        int grown = lab.seal(sa, inner, PacketForm.FULL_IP).length - inner.length;
        assertTrue(grown <= sa.maxOverhead(), transform + ": " + grown);
      }
      assertTrue(sa.maxOverhead() <= EspOutbound.MAX_HEADROOM + EspOutbound.MAX_TAILROOM);
    }
  }
}
