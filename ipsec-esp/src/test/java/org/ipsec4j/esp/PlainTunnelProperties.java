package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.NullUnmarked;

/** The short way does what the long way does: the same octets, drops, numbers and counters. */
@NullUnmarked
class PlainTunnelProperties {
  private static final int COUNT = 12;
  private static final int ROOM = 300;
  private static final AtomicInteger PLAIN = new AtomicInteger();
  private static final AtomicInteger OTHERS = new AtomicInteger();

  /** The property says something only when both ways were gone often. */
  @AfterContainer
  static void bothWaysWereGone() {
    assertTrue(PLAIN.get() > 500, PLAIN + " packets came through");
    assertTrue(OTHERS.get() > 500, OTHERS + " packets did not");
  }

  @Property(tries = 400)
  void bothWaysDoTheSame(@ForAll long seed) {
    Random random = new Random(seed);
    Lab lab = new Lab();
    List<OutboundSa> shortOut = new ArrayList<>();
    List<OutboundSa> longOut = new ArrayList<>();
    List<InboundSa> shortIn = new ArrayList<>();
    List<InboundSa> longIn = new ArrayList<>();
    Sad shortSad = new Sad();
    Sad longSad = new Sad();
    for (int k = 1; k <= 3; k++) {
      vary(lab, random, k);
      shortOut.add(lab.outbound());
      longOut.add(lab.outbound());
      shortIn.add(lab.inbound());
      longIn.add(lab.inbound());
      shortSad.install(shortIn.getLast());
      longSad.install(longIn.getLast());
    }
    PacketForm form = random.nextInt(3) == 0 ? PacketForm.PAYLOAD : PacketForm.FULL_IP;
    try (EspOutbound brief = lab.sealer();
        EspOutbound full = lab.sealer();
        EspInbound briefIn = lab.opener(shortSad);
        EspInbound fullIn = lab.opener(longSad)) {
      full.avoidShortWay();
      fullIn.avoidShortWay();
      for (int round = 0; round < 3; round++) {
        List<byte[]> sealed = seal(random, form, brief, full, shortOut, longOut);
        open(random, form, briefIn, fullIn, worsen(random, sealed));
      }
    }
    for (int k = 0; k < 3; k++) {
      sameSa(shortOut.get(k), longOut.get(k));
      assertEquals(shortOut.get(k).numbersUsed(), longOut.get(k).numbersUsed());
      sameSa(shortIn.get(k), longIn.get(k));
      assertEquals(shortIn.get(k).replayWindow().top(), longIn.get(k).replayWindow().top());
    }
  }

  private static void vary(Lab lab, Random random, int k) {
    lab.spi = k << 8 | random.nextInt(256);
    lab.mode = random.nextInt(6) == 0 ? SaMode.TRANSPORT : SaMode.TUNNEL;
    List<PacketTransform> transforms =
        List.of(
            Lab.GCM,
            Lab.GCM_ESN,
            Lab.CBC_SHA256,
            Lab.aead(EncryptionAlgorithm.AES_CCM_8, 128, false),
            Lab.CBC_SHA1_ESN);
    lab.transform = transforms.get(random.nextInt(transforms.size()));
    lab.outerV4 = random.nextInt(4) > 0;
    lab.udp = random.nextBoolean();
    lab.lifetime = random.nextInt(4) == 0 ? new Lifetime(0, 2000, 0, 9) : Lifetime.UNLIMITED;
    lab.replayWindow = random.nextBoolean() ? 64 : 1024;
    lab.firstNumber = random.nextInt(6) == 0 ? 0xfffffff0L : 1;
    List<TrafficSelector> some =
        switch (random.nextInt(4)) {
          case 0 -> Lab.ANY;
          case 1 -> List.of(TrafficSelector.of("0.0.0.0/0"));
          case 2 -> List.of(TrafficSelector.of("10.0.0.0/8"));
          default ->
              List.of(new TrafficSelector(17, 0, 7, TrafficSelector.of("10.0.0.0/8").addresses()));
        };
    lab.senderSelectors = some;
    lab.receiverSelectors = random.nextBoolean() ? Lab.ANY : some;
    lab.headerPolicy =
        switch (random.nextInt(5)) {
          case 0 -> new OuterHeaderPolicy(9, 11, OuterHeaderPolicy.DontFragment.SET);
          case 1 -> OuterHeaderPolicy.DEFAULT.withDscpInward(true);
          case 2 -> OuterHeaderPolicy.DEFAULT.withEcn(OuterHeaderPolicy.EcnMode.COMPATIBILITY);
          default -> OuterHeaderPolicy.DEFAULT;
        };
    lab.options =
        SaOptions.DEFAULT
            .withForwarding(random.nextInt(4) == 0)
            .withTfcPadding(
                random.nextInt(4) == 0 ? new TfcPadding.ToMultiple(32) : new TfcPadding.None());
  }

  private static byte[] packet(Random random) {
    byte[] data = Lab.octets(random.nextInt(), random.nextInt(ROOM - 60));
    byte[] options = new byte[random.nextInt(5) == 0 ? 4 : 0];
    int fragment = random.nextInt(6) == 0 ? random.nextInt(0x8000) : random.nextInt(2) * 0x4000;
    byte[] packet =
        random.nextInt(5) == 0
            ? IpPackets.v6(IpPackets.A6, IpPackets.B6, 17, data, random.nextInt(256))
            : IpPackets.v4(
                IpPackets.A4,
                random.nextInt(5) == 0 ? "11.1.1.1" : IpPackets.B4,
                random.nextBoolean() ? 17 : 6,
                data,
                random.nextInt(3) == 0 ? random.nextInt(256) : 0,
                fragment,
                options);
    if (random.nextInt(8) == 0) {
      packet[random.nextInt(Math.min(20, packet.length))] ^= (byte) (1 << random.nextInt(8));
    }
    return random.nextInt(12) == 0
        ? java.util.Arrays.copyOf(packet, random.nextInt(packet.length + 1))
        : packet;
  }

  private static List<byte[]> seal(
      Random random,
      PacketForm form,
      EspOutbound brief,
      EspOutbound full,
      List<OutboundSa> shortOut,
      List<OutboundSa> longOut) {
    // sometimes without room enough for everything
    int headroom = random.nextInt(5) == 0 ? random.nextInt(60) : EspOutbound.MAX_HEADROOM;
    PacketBurst one = new PacketBurst(COUNT, headroom, ROOM, 10);
    PacketBurst other = new PacketBurst(COUNT, headroom, ROOM, 10);
    OutboundSa[] ofOne = new OutboundSa[COUNT];
    OutboundSa[] ofOther = new OutboundSa[COUNT];
    int sa = 0;
    for (int i = 0; i < COUNT; i++) {
      byte[] packet = packet(random);
      one.add(ByteBuffer.wrap(packet));
      other.add(ByteBuffer.wrap(packet));
      sa = random.nextBoolean() ? sa : random.nextInt(3);
      ofOne[i] = shortOut.get(sa);
      ofOther[i] = longOut.get(sa);
    }
    brief.protect(one, ofOne, form, 7);
    full.protect(other, ofOther, form, 7);
    sameBurst(one, other);
    List<byte[]> sealed = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      assertEquals(full.missingHeadroom(i), brief.missingHeadroom(i));
      assertEquals(full.missingTailroom(i), brief.missingTailroom(i));
      assertEquals(full.excess(i), brief.excess(i));
      assertEquals(full.fits(i), brief.fits(i));
      if (one.isAlive(i)) {
        sealed.add(Lab.window(one, i));
      }
    }
    return sealed;
  }

  /** Some are changed, cut, come twice or in another order. */
  private static List<byte[]> worsen(Random random, List<byte[]> sealed) {
    List<byte[]> worse = new ArrayList<>();
    for (byte[] packet : sealed) {
      byte[] copy = packet.clone();
      switch (random.nextInt(8)) {
        case 0 -> copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        // congestion was marked on the way
        case 1 -> copy[1] ^= (byte) random.nextInt(4);
        case 2 -> copy = java.util.Arrays.copyOf(copy, random.nextInt(copy.length + 1));
        case 3 -> worse.add(copy);
        default -> {
          // as it is
        }
      }
      worse.add(copy);
    }
    if (random.nextBoolean()) {
      Collections.shuffle(worse, random);
    }
    return worse;
  }

  private static void open(
      Random random, PacketForm form, EspInbound brief, EspInbound full, List<byte[]> packets) {
    PacketBurst one = new PacketBurst(2 * COUNT, 60, 2 * ROOM, 0);
    PacketBurst other = new PacketBurst(2 * COUNT, 60, 2 * ROOM, 0);
    for (byte[] packet : packets) {
      one.add(ByteBuffer.wrap(packet));
      other.add(ByteBuffer.wrap(packet));
    }
    long now = random.nextInt(100);
    brief.open(one, form, now);
    full.open(other, form, now);
    sameBurst(one, other);
    for (int i = 0; i < one.size(); i++) {
      (one.isAlive(i) ? PLAIN : OTHERS).incrementAndGet();
      assertEquals(full.isAuthentic(i), brief.isAuthentic(i));
      assertEquals(full.isPayload(i), brief.isPayload(i));
      assertEquals(full.sa(i) == null, brief.sa(i) == null);
      assertEquals(full.outerTrafficClass(i), brief.outerTrafficClass(i));
      if (full.isAuthentic(i)) {
        assertEquals(full.sequence(i), brief.sequence(i));
      }
      if (one.isAlive(i)) {
        assertEquals(full.nextHeader(i), brief.nextHeader(i));
      }
    }
    for (DropReason reason : DropReason.values()) {
      assertEquals(full.withoutSa().drops(reason), brief.withoutSa().drops(reason));
    }
  }

  private static void sameBurst(PacketBurst one, PacketBurst other) {
    for (int i = 0; i < one.size(); i++) {
      assertEquals(other.dropReason(i), one.dropReason(i), "packet " + i);
      if (one.isAlive(i)) {
        assertArrayEquals(Lab.window(other, i), Lab.window(one, i), "packet " + i);
        assertEquals(other.offset(i), one.offset(i));
      }
    }
  }

  private static void sameSa(SecurityAssociation one, SecurityAssociation other) {
    assertEquals(other.counters().packets(), one.counters().packets());
    assertEquals(other.counters().bytes(), one.counters().bytes());
    for (DropReason reason : DropReason.values()) {
      assertEquals(other.counters().drops(reason), one.counters().drops(reason), reason.name());
    }
    assertEquals(other.lastUsed(), one.lastUsed());
    assertEquals(other.isExpired(), one.isExpired());
    assertEquals(other.takeSoftExpired(), one.takeSoftExpired());
  }
}
