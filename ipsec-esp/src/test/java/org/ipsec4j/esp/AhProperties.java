package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.AhModel.Look;
import org.jspecify.annotations.NullUnmarked;

/** What must hold for every header in front of AH, against a twin that knows it from its making. */
@NullUnmarked
class AhProperties {
  private static final IntegrityAlgorithm MAC = IntegrityAlgorithm.HMAC_SHA2_256_128;

  /** The path writes the octets that the twin would write. */
  @Property(tries = 1500)
  void sentAsTheTwinSends(@ForAll long seed) throws GeneralSecurityException {
    Random random = new Random(seed);
    boolean v4 = random.nextBoolean();
    AhModel model = v4 ? AhModel.v4(random) : AhModel.v6(random, false);
    Case made = new Case(random, model);
    byte[] plain = made.plain(Look.SENT);
    OutboundSa sa =
        OutboundSa.startingAt(
            made.lab.child(true),
            made.lab.key(),
            made.lab.options.withAhPadding(made.padding),
            made.number);
    byte[] sent = AhLab.seal(made.lab, sa, plain);
    assertArrayEquals(made.sealed(Look.SENT), sent);
    assertEquals(1, sa.counters().packets());
    assertEquals(plain.length, sa.counters().bytes());
  }

  /** What the twin sends opens, after routers have changed what they may, and is as it arrived. */
  @Property(tries = 1500)
  void arrivedIsOpened(@ForAll long seed) throws GeneralSecurityException {
    Random random = new Random(seed);
    AhModel model = random.nextBoolean() ? AhModel.v4(random) : AhModel.v6(random, true);
    Case made = new Case(random, model);
    Sad sad = made.lab.sad();
    try (AhInbound opener = AhLab.opener(made.lab, sad)) {
      PacketBurst burst = AhLab.open(opener, made.sealed(Look.ARRIVED), made.sealed(Look.ARRIVED));
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertTrue(opener.isAuthentic(0));
      assertArrayEquals(made.plain(Look.ARRIVED), Lab.window(burst, 0));
      assertEquals(DropReason.REPLAY, burst.dropReason(1));
      assertEquals(1, sad.find(made.lab.transform.protocol(), made.lab.spi).counters().packets());
      assertEquals(1, sad.find(made.lab.transform.protocol(), made.lab.spi).counters().drops());
    }
  }

  /** Any bit that the ICV covers is refused and counted once; any that it does not, passes. */
  @Property(tries = 1500)
  void flippedBits(@ForAll long seed) throws GeneralSecurityException {
    Random random = new Random(seed);
    AhModel model = random.nextBoolean() ? AhModel.v4(random) : AhModel.v6(random, true);
    Case made = new Case(random, model);
    byte[] wire = made.sealed(Look.ARRIVED);
    byte[] free = model.header(Look.FREE, 0, 0);
    boolean[] zeroed = new boolean[free.length];
    byte[] covered = model.header(Look.COVERED, 51, wire.length);
    // a flip to a free bit, or anywhere
    int bit = random.nextInt(random.nextBoolean() ? free.length * 8 : wire.length * 8);
    int at = bit / 8;
    int mask = 1 << bit % 8;
    wire[at] ^= (byte) mask;
    boolean passes = at < free.length && (free[at] & mask) != 0;
    for (int i = 0; i < zeroed.length; i++) {
      zeroed[i] = covered[i] == 0 && made.sealed(Look.ARRIVED)[i] != 0;
    }
    Sad sad = made.lab.sad();
    try (AhInbound opener = AhLab.opener(made.lab, sad)) {
      PacketBurst burst = AhLab.open(opener, wire);
      InboundSa sa = sad.find(made.lab.transform.protocol(), made.lab.spi);
      if (passes) {
        assertEquals(DropReason.NONE, burst.dropReason(0), "bit " + bit);
      } else if (at >= free.length || !zeroed[at]) {
        assertNotEquals(DropReason.NONE, burst.dropReason(0), "bit " + bit);
        assertEquals(1, sa.counters().drops() + opener.withoutSa().drops());
        assertEquals(0, sa.counters().packets());
        assertFalse(opener.isAuthentic(0));
      }
    }
  }

  /** Protect then open is the identity. */
  @Property(tries = 400)
  void thereAndBack(@ForAll long seed, @ForAll @IntRange(max = 9000) int size) {
    Random random = new Random(seed);
    IntegrityAlgorithm mac = AhCrypto.MACS.get(random.nextInt(AhCrypto.MACS.size()));
    Lab lab = AhLab.lab(mac, random.nextBoolean());
    lab.mode = random.nextBoolean() ? SaMode.TUNNEL : SaMode.TRANSPORT;
    lab.outerV4 = random.nextBoolean();
    lab.firstNumber = random.nextBoolean() ? 1 : 0x7fffffff;
    boolean innerV4 = lab.mode == SaMode.TUNNEL ? random.nextBoolean() : lab.outerV4;
    byte[] packet = IpPackets.udp(innerV4, 1, 2, Lab.octets(size, size));
    byte[] wire = AhLab.seal(lab, lab.outbound(), packet);
    assertTrue(wire.length - packet.length <= lab.outbound().maxOverhead());
    assertEquals(lab.outerV4 ? 4 : 6, wire[0] >> 4 & 15);
    try (AhInbound opener = AhLab.opener(lab, lab.sad())) {
      PacketBurst burst = AhLab.open(opener, wire);
      assertEquals(DropReason.NONE, burst.dropReason(0), lab.transform.toString());
      assertArrayEquals(packet, Lab.window(burst, 0));
      assertEquals(lab.firstNumber, opener.sequence(0));
    }
  }

  /** One packet: a header of the twin's, a payload, and what the twin makes of them. */
  private static final class Case {
    final Lab lab;
    final AhModel model;
    final byte[] payload;
    final int upper;
    final long number;
    final AhPadding padding;

    Case(Random random, AhModel model) {
      this.model = model;
      boolean esn = random.nextBoolean();
      lab = AhLab.lab(MAC, esn);
      lab.mode = SaMode.TRANSPORT;
      lab.outerV4 = model.v4;
      number = esn ? 1 + (random.nextLong() >>> 40) : 1 + random.nextInt(1 << 20);
      lab.firstNumber = number;
      payload = Lab.octets(random.nextInt(), random.nextInt(200));
      upper = 253;
      padding = model.v4 && random.nextBoolean() ? AhPadding.EIGHT_OCTETS : AhPadding.FOUR_OCTETS;
    }

    byte[] plain(Look look) {
      return TestCrypto.concat(model.header(look, upper, model.length() + payload.length), payload);
    }

    byte[] sealed(Look look) throws GeneralSecurityException {
      int ahLength = model.v4 && padding == AhPadding.FOUR_OCTETS ? 28 : 32;
      int total = model.length() + ahLength + payload.length;
      ByteBuffer ah = ByteBuffer.allocate(ahLength);
      ah.put((byte) upper).put((byte) (ahLength / 4 - 2)).putShort((short) 0);
      ah.putInt(lab.spi).putInt((int) number);
      byte[] covered =
          TestCrypto.concat(model.header(Look.COVERED, 51, total), ah.array(), payload);
      if (lab.transform.extendedSequenceNumbers()) {
        byte[] high = ByteBuffer.allocate(4).putInt((int) (number >>> 32)).array();
        covered = TestCrypto.concat(covered, high);
      }
      byte[] key = Lab.octets(2, MAC.keyLength());
      ah.put(12, Arrays.copyOf(AhCrypto.hmac("HmacSHA256", key, covered), 16));
      return TestCrypto.concat(model.header(look, 51, total), ah.array(), payload);
    }
  }
}
