package org.ipsec4j.esp.tfs;

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
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What leaves, when, and what does not. */
@NullUnmarked
class AggfragSenderTest {
  private static final long MS = 1_000_000L;

  private static int blockOffset(byte[] payload) {
    return ByteBuffer.wrap(payload).getShort(2) & 0xffff;
  }

  /** RFC 9347 Appendix A, Figure 11: its packets give its offsets, 0, 100, 2000 and 600. */
  @Test
  void theExampleOfTheAppendix() {
    AggfragSender sender = new AggfragSender(SenderSettings.constantRate(1404, MS), null, 0);
    int[] lengths = {750, 750, 60, 240, 3000};
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      packets.add(TfsLab.packet(i % 2 == 0, lengths[i], i));
      TfsLab.offer(sender, 0, packets.get(i));
    }
    List<byte[]> payloads = TfsLab.pollAll(sender, 0);
    assertEquals(
        List.of(0, 100, 2000, 600), payloads.stream().map(AggfragSenderTest::blockOffset).toList());
    assertEquals(List.of(1404, 1404, 1404, 1404), sizes(payloads));
    assertArrayEquals(new byte[800], Arrays.copyOfRange(payloads.get(3), 604, 1404), "[pad]");
    // what ended with padding is followed by a new block
    byte[] next = TfsLab.poll(sender, 4 * MS).get(0);
    assertArrayEquals(new byte[1404], next);

    AggfragReceiver receiver = new AggfragReceiver(ReceiverSettings.DEFAULT, null, TfsLab.ANY);
    List<byte[]> delivered = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      delivered.addAll(TfsLab.receive(receiver, 0, i + 1, payloads.get(i)));
    }
    TfsLab.assertSame(packets, delivered);
    assertEquals(5, sender.counters().packets());
    assertEquals(4800, sender.counters().octets());
    assertEquals(5, sender.counters().payloads());
    assertEquals(5 * 1400 - 4800, sender.counters().padOctets());
  }

  @Test
  void idleConstantRateSendsPadding() {
    AggfragSender sender = new AggfragSender(SenderSettings.constantRate(100, MS), null, 7);
    assertEquals(7, sender.nextTimeout());
    assertArrayEquals(new byte[100], TfsLab.poll(sender, 7).get(0));
    assertEquals(7 + MS, sender.nextTimeout());
    assertTrue(TfsLab.poll(sender, 6 + MS).isEmpty());
    assertEquals(1, TfsLab.poll(sender, 7 + MS).size());
    // a poll that is late makes up for the time, within bounds
    assertEquals(10, TfsLab.poll(sender, 7 + 11 * MS).size());
    assertEquals(64, TfsLab.poll(sender, 7 + 1011 * MS).size());
    assertEquals(1000 - 64, sender.counters().skippedSlots());
    assertEquals(7 + 1012 * MS, sender.nextTimeout());
  }

  @Test
  void onDemandSendsWhatIsThere() {
    AggfragSender sender = new AggfragSender(SenderSettings.onDemand(1000, 0), null, 0);
    assertEquals(AggfragSender.NEVER, sender.nextTimeout());
    assertTrue(TfsLab.poll(sender, 0).isEmpty());
    byte[] first = TfsLab.packet(true, 100, 1);
    byte[] second = TfsLab.packet(false, 50, 2);
    TfsLab.offer(sender, 1, first);
    TfsLab.offer(sender, 1, second);
    assertEquals(1, sender.nextTimeout());
    List<byte[]> payloads = TfsLab.poll(sender, 1);
    assertEquals(1, payloads.size());
    assertEquals(154, payloads.get(0).length, "no padding");
    assertArrayEquals(first, Arrays.copyOfRange(payloads.get(0), 4, 104));
    assertArrayEquals(second, Arrays.copyOfRange(payloads.get(0), 104, 154));
  }

  @Test
  void onDemandWaitsForCompany() {
    AggfragSender sender = new AggfragSender(SenderSettings.onDemand(1004, 5 * MS), null, 0);
    TfsLab.offer(sender, 10, TfsLab.packet(true, 400, 1));
    assertEquals(10 + 5 * MS, sender.nextTimeout());
    TfsLab.offer(sender, 20, TfsLab.packet(true, 400, 2));
    assertTrue(TfsLab.poll(sender, 20).isEmpty());
    // now a payload is full
    TfsLab.offer(sender, 30, TfsLab.packet(true, 400, 3));
    assertTrue(sender.nextTimeout() <= 30);
    assertEquals(List.of(1004), sizes(TfsLab.poll(sender, 30)));
    // the rest waits from when its packet came
    assertEquals(30 + 5 * MS, sender.nextTimeout());
    assertTrue(TfsLab.poll(sender, 29 + 5 * MS).isEmpty());
    assertEquals(List.of(204), sizes(TfsLab.poll(sender, 30 + 5 * MS)));
  }

  private static List<Integer> sizes(List<byte[]> payloads) {
    List<Integer> sizes = new ArrayList<>();
    payloads.forEach(payload -> sizes.add(payload.length));
    return sizes;
  }

  /** The peer set D in its USE_AGGFRAG: "inner packets MUST be sent using a single Data Block". */
  @Test
  void withoutFragmentsPacketsStayWhole() {
    SenderSettings settings = SenderSettings.constantRate(1004, MS).withFragments(false);
    AggfragSender sender = new AggfragSender(settings, null, 0);
    assertEquals(1000, sender.effectiveMtu());
    assertEquals(
        DropReason.NEEDS_FRAGMENTATION, TfsLab.offer(sender, 0, TfsLab.packet(true, 1001, 1)));
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      packets.add(TfsLab.packet(i % 2 == 0, 300 + 35 * i, i));
      assertEquals(DropReason.AGGFRAG_QUEUED, TfsLab.offer(sender, 0, packets.get(i)));
    }
    List<byte[]> payloads = TfsLab.pollAll(sender, 0);
    payloads.forEach(payload -> assertEquals(0, blockOffset(payload)));
    List<byte[]> decoded = new ArrayList<>();
    for (TfsLab.Span span : TfsLab.decode(payloads)) {
      assertEquals(1, span.numbers().size());
      decoded.add(span.packet());
    }
    TfsLab.assertSame(packets, decoded);
  }

  @Test
  void smallRoomIsPaddedRatherThanFilledWithSmallParts() {
    SenderSettings settings = SenderSettings.constantRate(1004, MS).withMinFragment(200);
    AggfragSender sender = new AggfragSender(settings, null, 0);
    for (int i = 0; i < 3; i++) {
      TfsLab.offer(sender, 0, TfsLab.packet(true, 801, i));
    }
    TfsLab.poll(sender, 0);
    // 199 octets were left, one less than a part may have
    assertEquals(199, sender.counters().padOctets());
    TfsLab.offer(sender, 0, TfsLab.packet(true, 800, 4));
    assertEquals(0, blockOffset(TfsLab.poll(sender, MS).get(0)));
  }

  /** 16 bits of BlockOffset cannot say more than 65,535 octets. */
  @Test
  void theLongestPacketFitsBlockOffset() {
    AggfragSender sender = new AggfragSender(SenderSettings.constantRate(104, MS), null, 0);
    byte[] filler = TfsLab.packet(true, 70, 1);
    byte[] longest = TfsLab.packet(false, TfsLab.LONGEST, 2);
    TfsLab.offer(sender, 0, filler);
    TfsLab.offer(sender, 0, longest);
    List<byte[]> payloads = TfsLab.pollAll(sender, 0);
    List<TfsLab.Span> spans = TfsLab.decode(payloads);
    assertArrayEquals(longest, spans.get(1).packet());
    assertEquals(2L, spans.get(1).numbers().first(), "30 octets of room were too few to begin");
    assertEquals(TfsLab.LONGEST - 100, blockOffset(payloads.get(2)));
  }

  @Test
  void theQueueIsBounded() {
    SenderSettings settings = SenderSettings.constantRate(1004, MS).withQueue(3, 1000);
    AggfragSender sender = new AggfragSender(settings, null, 0);
    assertEquals(DropReason.AGGFRAG_QUEUED, TfsLab.offer(sender, 0, TfsLab.packet(true, 600, 1)));
    assertEquals(
        DropReason.AGGFRAG_QUEUE_FULL, TfsLab.offer(sender, 0, TfsLab.packet(true, 401, 2)));
    assertEquals(DropReason.AGGFRAG_QUEUED, TfsLab.offer(sender, 0, TfsLab.packet(true, 200, 3)));
    assertEquals(DropReason.AGGFRAG_QUEUED, TfsLab.offer(sender, 0, TfsLab.packet(true, 20, 4)));
    assertEquals(
        DropReason.AGGFRAG_QUEUE_FULL, TfsLab.offer(sender, 0, TfsLab.packet(true, 20, 5)));
    assertEquals(3, sender.waiting());
    assertEquals(2, sender.counters().drops());
    assertEquals(2, sender.counters().drops(DropReason.AGGFRAG_QUEUE_FULL));
  }

  @Test
  void whatIsNoPacketIsRefused() {
    AggfragSender sender = new AggfragSender(SenderSettings.onDemand(1000, 0), null, 0);
    assertEquals(DropReason.MALFORMED_INNER, TfsLab.offer(sender, 0, new byte[0]));
    assertEquals(DropReason.MALFORMED_INNER, TfsLab.offer(sender, 0, new byte[60]));
    byte[] cut = Arrays.copyOf(TfsLab.packet(true, 100, 1), 99);
    assertEquals(DropReason.MALFORMED_INNER, TfsLab.offer(sender, 0, cut));
    // octets behind the packet's own end stay behind
    byte[] longer = Arrays.copyOf(TfsLab.packet(true, 100, 1), 140);
    assertEquals(DropReason.AGGFRAG_QUEUED, TfsLab.offer(sender, 0, longer));
    assertEquals(List.of(104), sizes(TfsLab.poll(sender, 0)));
    // what somebody else dropped stays as it is
    PacketBurst burst = TfsLab.burst(1, 100);
    burst.add(ByteBuffer.wrap(TfsLab.packet(true, 100, 1)));
    burst.drop(0, DropReason.NO_POLICY);
    sender.offer(0, burst, 0);
    assertEquals(DropReason.NO_POLICY, burst.dropReason(0));
    assertEquals(0, sender.waiting());
    assertEquals(3, sender.counters().drops(DropReason.MALFORMED_INNER));
  }

  /** "MUST NOT send initial fragments using one SA and subsequent fragments in a different SA." */
  @Test
  void afterRestartACutPacketBeginsAnew() {
    AggfragSender sender = new AggfragSender(SenderSettings.constantRate(504, MS), null, 0);
    byte[] packet = TfsLab.packet(true, 800, 1);
    TfsLab.offer(sender, 0, packet);
    assertEquals(1, TfsLab.poll(sender, 0).size());
    sender.restart();
    List<byte[]> payloads = TfsLab.pollAll(sender, MS);
    assertEquals(0, blockOffset(payloads.get(0)));
    assertArrayEquals(packet, TfsLab.decode(payloads).get(0).packet());
    assertEquals(1, sender.counters().packets());
  }

  @Test
  void resizingAppliesToLaterPayloads() {
    SenderSettings settings = SenderSettings.constantRate(1004, MS).withFragments(false);
    AggfragSender sender = new AggfragSender(settings, null, 0);
    TfsLab.offer(sender, 0, TfsLab.packet(true, 900, 1));
    TfsLab.offer(sender, 0, TfsLab.packet(true, 100, 2));
    sender.resize(504);
    List<byte[]> payloads = TfsLab.poll(sender, 0);
    assertEquals(List.of(504), sizes(payloads));
    assertEquals(100, TfsLab.decode(payloads).get(0).packet().length);
    assertEquals(1, sender.counters().drops(DropReason.NEEDS_FRAGMENTATION));
    assertThrows(IllegalArgumentException.class, () -> sender.resize(43));
    assertThrows(IllegalArgumentException.class, () -> sender.resize(65536));
  }

  @Test
  void aBurstWithSmallSlotsIsAMistakeOfTheCaller() {
    AggfragSender sender = new AggfragSender(SenderSettings.constantRate(1004, MS), null, 0);
    assertThrows(IllegalArgumentException.class, () -> sender.poll(0, TfsLab.burst(1, 500)));
  }

  @Test
  void closingOverwrites() {
    AggfragSender sender = new AggfragSender(SenderSettings.onDemand(1000, 0), null, 0);
    TfsLab.offer(sender, 0, TfsLab.packet(true, 100, 1));
    sender.close();
    assertEquals(0, sender.waiting());
    assertTrue(TfsLab.poll(sender, 0).isEmpty());
  }

  @Test
  void settingsAreChecked() {
    SenderSettings good = SenderSettings.constantRate(1000, MS);
    assertThrows(IllegalArgumentException.class, () -> SenderSettings.constantRate(43, MS));
    assertThrows(IllegalArgumentException.class, () -> SenderSettings.constantRate(65536, MS));
    assertThrows(IllegalArgumentException.class, () -> SenderSettings.constantRate(1000, 0));
    assertThrows(IllegalArgumentException.class, () -> SenderSettings.onDemand(1000, -1));
    assertThrows(IllegalArgumentException.class, () -> good.withMinFragment(5));
    assertThrows(IllegalArgumentException.class, () -> good.withMinFragment(997));
    assertThrows(IllegalArgumentException.class, () -> good.withQueue(0, 1000));
    assertThrows(IllegalArgumentException.class, () -> good.withQueue(1, 39));
    assertThrows(
        IllegalArgumentException.class, () -> SenderSettings.congestionControlled(1000, 1, 2));
    assertThrows(
        IllegalArgumentException.class,
        () -> SenderSettings.congestionControlled(1000, 65 * Pace.SECOND, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> SenderSettings.onDemand(1000, 0).withBreaker(new BreakerSettings(0.1, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> new AggfragSender(good.withReports(), null, 0));
    assertThrows(IllegalArgumentException.class, () -> new BreakerSettings(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new BreakerSettings(Double.NaN, 1));
    assertFalse(good.reports());
  }

  /** RFC 9347 2: the rate is the bandwidth divided by the size of the outer packets. */
  @Test
  void bandwidthGivesTheInterval() {
    assertEquals(1_200_000, Pace.ConstantRate.ofBandwidth(10_000_000, 1500).intervalNanos());
    assertEquals(1, Pace.ConstantRate.ofBandwidth(Long.MAX_VALUE, 1500).intervalNanos());
  }
}
