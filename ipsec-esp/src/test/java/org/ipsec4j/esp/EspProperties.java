package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every packet: identity, refusal of every change, no octet touched outside. */
@NullUnmarked
class EspProperties {
  private static final byte CANARY = (byte) 0xa5;

  static List<PacketTransform> transforms() {
    return EspRoundTripTest.transforms();
  }

  /** Bursts of random packets in random order over several SAs come out as they went in. */
  @Property(tries = 150)
  void burstsComeBackAsTheyWere(@ForAll long seed, @ForAll @IntRange(min = 1, max = 24) int count) {
    Random random = new Random(seed);
    List<PacketTransform> transforms = transforms();
    Sad sad = new Sad();
    OutboundSa[] distinct = new OutboundSa[3];
    Lab lab = new Lab();
    lab.outerV4 = random.nextBoolean();
    lab.udp = random.nextBoolean();
    for (int i = 0; i < distinct.length; i++) {
      lab.spi = (random.nextInt() & ~3) | (i + 1);
      lab.transform = transforms.get(random.nextInt(transforms.size()));
      distinct[i] = lab.outbound();
      sad.install(lab.inbound());
    }
    PacketForm form = random.nextBoolean() ? PacketForm.PAYLOAD : PacketForm.FULL_IP;
    PacketBurst burst = Lab.burst(count, 9100);
    OutboundSa[] sas = new OutboundSa[count];
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int size = random.nextInt(random.nextInt(5) == 0 ? 9001 : 200);
      packets.add(IpPackets.udp(random.nextBoolean(), 1, 2, Lab.octets(random.nextInt(), size)));
      burst.add(ByteBuffer.wrap(packets.get(i)));
      sas[i] = distinct[random.nextInt(distinct.length)];
    }
    try (EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(sad)) {
      sealer.protect(burst, sas, form, 1);
      List<byte[]> sealed = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        assertEquals(DropReason.NONE, burst.dropReason(i));
        sealed.add(Lab.window(burst, i));
      }
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        order.add(i);
      }
      java.util.Collections.shuffle(order, random);
      burst.clear();
      order.forEach(i -> burst.add(ByteBuffer.wrap(sealed.get(i))));
      opener.open(burst, form, 1);
      for (int i = 0; i < count; i++) {
        assertEquals(DropReason.NONE, burst.dropReason(i));
        assertArrayEquals(packets.get(order.get(i)), Lab.window(burst, i));
        assertEquals(sas[order.get(i)].spi(), opener.sa(i).spi());
      }
    }
  }

  /** Seal, then open, is the identity: any transform, any way, any size. */
  @Property(tries = 500)
  void openUndoesSeal(
      @ForAll @IntRange(max = 9000) int size,
      @ForAll @IntRange(max = 10_000) int transform,
      @ForAll @IntRange(max = 10_000) int way,
      @ForAll long number) {
    List<PacketTransform> transforms = EveryTransformTest.transforms();
    List<EveryTransformTest.Way> ways = EveryTransformTest.Way.all();
    EveryTransformTest.Way chosen = ways.get(way % ways.size());
    Lab lab = chosen.lab(transforms.get(transform % transforms.size()));
    boolean esn = lab.transform.extendedSequenceNumbers();
    lab.firstNumber = 1 + (number & (esn ? 0x3f_ffffffffL : 0x7fffffffL));
    byte[] packet = chosen.packet(lab, size, transform);
    OutboundSa sa = lab.outbound();
    InboundSa inbound = lab.inbound();
    if (lab.firstNumber > 1) {
      inbound.replayWindow().commit(lab.firstNumber - 1);
    }
    Sad sad = new Sad();
    sad.install(inbound);
    byte[] sealed = lab.seal(sa, packet, chosen.form());
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst burst = Lab.open(opener, chosen.form(), 1, sealed);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      int from = chosen.comparedFrom();
      byte[] came = Lab.window(burst, 0);
      assertArrayEquals(
          Arrays.copyOfRange(packet, from, packet.length),
          Arrays.copyOfRange(came, from, came.length));
      assertEquals(lab.firstNumber, opener.sequence(0));
    }
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void noFlippedBitIsDelivered(PacketTransform transform) {
    Lab lab = new Lab();
    lab.transform = transform;
    byte[] inner = IpPackets.udp(true, 7, 8, Lab.octets(1, 20));
    OutboundSa out = lab.outbound();
    byte[] sealed = lab.seal(out, inner, PacketForm.PAYLOAD);
    Sad sad = lab.sad();
    InboundSa sa = sad.find(lab.spi);
    try (EspInbound opener = lab.opener(sad)) {
      for (int bit = 0; bit < sealed.length * 8; bit++) {
        byte[] flipped = sealed.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, flipped);
        assertFalse(burst.isAlive(0), "bit " + bit);
        assertFalse(opener.isAuthentic(0), "bit " + bit);
        if (opener.sa(0) != null && burst.dropReason(0) == DropReason.ICV_MISMATCH) {
          byte[] left = Arrays.copyOf(Lab.window(burst, 0), sealed.length - transform.icvLength());
          assertArrayEquals(new byte[left.length], left, "wiped");
        }
      }
      assertEquals(sealed.length * 8L, sa.counters().drops() + opener.withoutSa().drops());
      assertEquals(0, sa.replayWindow().top());
      assertArrayEquals(
          inner, Lab.window(Lab.open(opener, PacketForm.PAYLOAD, 1, sealed), 0), "still opens");
    }
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void noOtherLengthIsDelivered(PacketTransform transform) {
    Lab lab = new Lab();
    lab.transform = transform;
    byte[] sealed =
        lab.seal(lab.outbound(), IpPackets.udp(true, 7, 8, new byte[50]), PacketForm.PAYLOAD);
    try (EspInbound opener = lab.opener(lab.sad())) {
      for (int length = 0; length < sealed.length + 64; length++) {
        PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, Arrays.copyOf(sealed, length));
        assertEquals(length == sealed.length, burst.isAlive(0), "length " + length);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void withEsnTheHighHalfIsCovered(PacketTransform transform) {
    if (!transform.extendedSequenceNumbers()) {
      return;
    }
    Lab lab = new Lab();
    lab.transform = transform;
    byte[] inner = IpPackets.udp(true, 7, 8, new byte[50]);
    lab.firstNumber = 5L << 32 | 1;
    byte[] far = lab.seal(lab.outbound(), inner, PacketForm.PAYLOAD);
    try (EspInbound opener = lab.opener(lab.sad())) {
      PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 1, far);
      assertEquals(DropReason.ICV_MISMATCH, burst.dropReason(0));
    }
  }

  /** Sealing and opening write between the ends of the outer packet and nowhere else. */
  @Property(tries = 200)
  void nothingOutsideThePacketIsTouched(@ForAll long seed) {
    Random random = new Random(seed);
    Lab lab = new Lab();
    List<PacketTransform> transforms = transforms();
    lab.transform = transforms.get(random.nextInt(transforms.size()));
    lab.mode = random.nextBoolean() ? SaMode.TUNNEL : SaMode.TRANSPORT;
    lab.outerV4 = random.nextBoolean();
    lab.udp = random.nextBoolean();
    PacketForm form = random.nextBoolean() ? PacketForm.PAYLOAD : PacketForm.FULL_IP;
    byte[] inner =
        IpPackets.udp(
            lab.sender().toString(),
            lab.receiver().toString(),
            1,
            2,
            new byte[random.nextInt(300)]);
    PacketBurst burst = Lab.burst(3, 400);
    for (int at = 0; at < burst.slab().capacity(); at++) {
      burst.slab().put(at, CANARY);
    }
    burst.add();
    int index = burst.add(ByteBuffer.wrap(inner));
    burst.add();
    burst.drop(0, DropReason.STOPPING);
    burst.drop(2, DropReason.STOPPING);
    int from = burst.offset(index);
    int to = from + inner.length;
    OutboundSa sa = lab.outbound();
    try (EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(lab.sad())) {
      sealer.protect(burst, new OutboundSa[] {sa, sa, sa}, form, 1);
      assertTrue(burst.isAlive(index));
      from = Math.min(from, burst.offset(index));
      to = Math.max(to, burst.offset(index) + burst.length(index));
      assertCanaries(burst, from, to);
      opener.open(burst, form, 1);
      assertTrue(burst.isAlive(index));
      // a header that is made anew may begin in front of what was received
      from = Math.min(from, burst.offset(index));
      assertCanaries(burst, from, to);
    }
  }

  private static void assertCanaries(PacketBurst burst, int from, int to) {
    for (int at = 0; at < burst.slab().capacity(); at++) {
      if (at < from || at >= to) {
        assertEquals(CANARY, burst.slab().get(at), "octet " + at);
      }
    }
  }

  @Test
  void equalPacketsLookDifferent() {
    for (PacketTransform transform : transforms()) {
      Lab lab = new Lab();
      lab.transform = transform;
      OutboundSa sa = lab.outbound();
      byte[] inner = IpPackets.udp(true, 7, 8, new byte[64]);
      byte[] one = lab.seal(sa, inner, PacketForm.PAYLOAD);
      byte[] two = lab.seal(sa, inner, PacketForm.PAYLOAD);
      // a block cipher's IV hides in the text, a counter's shows; the ICV tells in every case
      int icv = one.length - transform.icvLength();
      assertNotEquals(
          ByteBuffer.wrap(one, icv, 8), ByteBuffer.wrap(two, icv, 8), transform.toString());
    }
  }
}
