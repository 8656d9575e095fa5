package org.ipsec4j.esp.tfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.packet.DropReason;
import org.jspecify.annotations.NullUnmarked;

/** What holds for every sequence of packets, every size of payload, and every disorder. */
@NullUnmarked
class AggfragProperties {
  private static final long MS = 1_000_000L;

  private static SenderSettings settings(Random random) {
    int size = random.nextInt(3) == 0 ? 44 + random.nextInt(60) : 64 + random.nextInt(9000);
    SenderSettings settings =
        switch (random.nextInt(3)) {
          case 0 -> SenderSettings.constantRate(size, MS);
          case 1 -> SenderSettings.onDemand(size, 0);
          default -> SenderSettings.onDemand(size, 3 * MS);
        };
    if (random.nextBoolean() && size >= 64) {
      settings = settings.withReports();
    }
    int room = size - settings.headerLength();
    if (random.nextInt(3) == 0) {
      settings = settings.withMinFragment(6 + random.nextInt(room - 5));
    }
    return settings.withQueue(100, 1_000_000);
  }

  private static List<byte[]> packets(Random random, int count, int longest) {
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean v4 = random.nextBoolean();
      int least = v4 ? 20 : 40;
      int most = random.nextInt(4) == 0 ? longest : Math.min(longest, 300);
      packets.add(TfsLab.packet(v4, least + random.nextInt(most - least + 1), random.nextInt()));
    }
    return packets;
  }

  /** Offers packets at random times and polls whenever the sender asks for it. */
  private static List<byte[]> send(AggfragSender sender, List<byte[]> packets, Random random) {
    List<byte[]> payloads = new ArrayList<>();
    long now = 0;
    for (byte[] packet : packets) {
      assertEquals(DropReason.AGGFRAG_QUEUED, TfsLab.offer(sender, now, packet));
      if (random.nextInt(3) == 0) {
        now += random.nextInt(4_000_000);
        payloads.addAll(TfsLab.poll(sender, now));
      }
    }
    payloads.addAll(TfsLab.pollAll(sender, now));
    return payloads;
  }

  /** Any packets of 20 to 9,000 octets come out as they went in, in order, none missing. */
  @Property(tries = 300)
  void everythingArrivesUnchangedInOrder(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int count) {
    Random random = new Random(seed);
    SenderSettings settings = settings(random);
    AggfragFeedback feedback = new AggfragFeedback();
    AggfragSender sender = new AggfragSender(settings, feedback, 0);
    List<byte[]> packets = packets(random, count, 9000);
    List<byte[]> payloads = send(sender, packets, random);
    AggfragReceiver receiver =
        new AggfragReceiver(ReceiverSettings.DEFAULT, new AggfragFeedback(), TfsLab.ANY);
    List<byte[]> delivered = new ArrayList<>();
    long number = 1;
    for (byte[] payload : payloads) {
      delivered.addAll(TfsLab.receive(receiver, number * MS, number++, payload));
    }
    TfsLab.assertSame(packets, delivered);
    assertEquals(0, receiver.counters().drops());
    assertEquals(packets.size(), sender.counters().packets());
    assertEquals(payloads.size(), receiver.counters().payloads());
    long bare = payloads.stream().mapToLong(payload -> payload.length).sum();
    bare -= (long) payloads.size() * settings.headerLength();
    assertEquals(bare, sender.counters().octets() + sender.counters().padOctets());
  }

  /** One arrival of a payload: its number and when. */
  record Arrival(long number, double at) {}

  /** Loss, duplication, and reordering by no more than the window. */
  private static List<Arrival> network(
      Random random, int payloads, int window, double loss, Set<Long> lost) {
    List<Arrival> arrivals = new ArrayList<>();
    for (long number = 1; number <= payloads; number++) {
      if (random.nextDouble() < loss) {
        lost.add(number);
        continue;
      }
      // a payload comes before every one that is more than the window beyond it
      arrivals.add(new Arrival(number, number + random.nextDouble() * window));
      if (random.nextInt(8) == 0) {
        arrivals.add(new Arrival(number, number + random.nextDouble() * 4 * window));
      }
    }
    arrivals.sort(Comparator.comparingDouble(Arrival::at));
    return arrivals;
  }

  /**
   * Whatever no lost payload touched is delivered, in order, once, and nothing else is. A packet of
   * which a part came and a part did not is counted once.
   */
  @Property(tries = 300)
  void lossDuplicationAndReordering(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 60) int count,
      @ForAll @IntRange(min = 0, max = 40) int window) {
    Random random = new Random(seed);
    AggfragSender sender = new AggfragSender(settings(random), new AggfragFeedback(), 0);
    List<byte[]> payloads = send(sender, packets(random, count, 3000), random);
    Set<Long> lost = new TreeSet<>();
    double loss = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.3;
    List<Arrival> arrivals = network(random, payloads.size(), window, loss, lost);
    AggfragReceiver receiver =
        new AggfragReceiver(
            new ReceiverSettings(window, Long.MAX_VALUE / 2, 9216),
            new AggfragFeedback(),
            TfsLab.ANY);
    List<byte[]> delivered = new ArrayList<>();
    Set<Long> seen = new TreeSet<>();
    for (Arrival arrival : arrivals) {
      byte[] payload = payloads.get((int) arrival.number() - 1);
      DropReason expected = DropReason.AGGFRAG_CONSUMED;
      if (!seen.add(arrival.number())) {
        boolean passed = arrival.number() < receiver.expected();
        expected = passed ? DropReason.AGGFRAG_LATE : DropReason.REPLAY;
      }
      delivered.addAll(
          TfsLab.receive(receiver, (long) arrival.at(), arrival.number(), payload, expected));
    }
    delivered.addAll(TfsLab.drain(receiver, Long.MAX_VALUE - 1));

    List<byte[]> whole = new ArrayList<>();
    int broken = 0;
    for (TfsLab.Span span : TfsLab.decode(payloads)) {
      boolean complete = span.numbers().stream().noneMatch(lost::contains);
      if (complete) {
        whole.add(span.packet());
      } else if (!lost.containsAll(span.numbers())) {
        broken++;
      }
    }
    TfsLab.assertSame(whole, delivered);
    long incomplete = receiver.counters().drops(DropReason.AGGFRAG_INCOMPLETE);
    long waiting = receiver.isPartial() ? 1 : 0;
    // two packets may look like one when the loss swallows the border between them
    assertTrue(incomplete + waiting <= broken, incomplete + " of " + broken);
    assertTrue(incomplete + waiting >= Math.min(1, broken), incomplete + " of " + broken);
    assertEquals(0, receiver.counters().drops(DropReason.MALFORMED_AGGFRAG));
    assertEquals(seen.size(), receiver.counters().payloads());
  }

  /** Loss of single payloads: what is incomplete is counted exactly. */
  @Property(tries = 200)
  void incompletePacketsAreCountedOnce(@ForAll long seed) {
    Random random = new Random(seed);
    // packets of odd lengths and even rooms: the border between two is never hidden
    AggfragSender sender = new AggfragSender(SenderSettings.constantRate(504, MS), null, 0);
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      packets.add(TfsLab.packet(true, 501 + random.nextInt(3000), i));
    }
    List<byte[]> payloads = send(sender, packets, random);
    AggfragReceiver receiver =
        new AggfragReceiver(new ReceiverSettings(0, 1, 1000), null, TfsLab.ANY);
    Set<Long> lost = new TreeSet<>();
    for (long number = 1; number <= payloads.size(); number++) {
      // never the last, whose loss nobody would notice, nor two in a row
      if (number < payloads.size() && !lost.contains(number - 1) && random.nextInt(6) == 0) {
        lost.add(number);
      } else {
        TfsLab.receive(receiver, number, number, payloads.get((int) number - 1));
      }
    }
    long broken =
        TfsLab.decode(payloads).stream()
            .filter(span -> span.numbers().stream().anyMatch(lost::contains))
            .filter(span -> !lost.containsAll(span.numbers()))
            .count();
    assertEquals(broken, receiver.counters().drops(DropReason.AGGFRAG_INCOMPLETE));
    // the first one is nothing that was missed: nothing had begun
    assertEquals(lost.size() - (lost.contains(1L) ? 1 : 0), receiver.counters().lostPayloads());
  }

  /** With a constant rate nothing of the inner traffic shows: neither in sizes nor in times. */
  @Property(tries = 100)
  void constantRateIsConstant(
      @ForAll long seed,
      @ForAll @IntRange(min = 44, max = 2000) int size,
      @ForAll @IntRange(min = 1, max = 5_000_000) int interval) {
    Random random = new Random(seed);
    long start = random.nextInt(1_000_000);
    AggfragSender sender =
        new AggfragSender(SenderSettings.constantRate(size, interval), null, start);
    long now = start;
    for (int slot = 0; slot < 200; slot++) {
      if (random.nextInt(3) == 0) {
        boolean v4 = random.nextBoolean();
        TfsLab.offer(sender, now, TfsLab.packet(v4, 40 + random.nextInt(3000), slot));
      }
      assertEquals(start + (long) slot * interval, sender.nextTimeout());
      now = sender.nextTimeout();
      if (random.nextInt(4) == 0) {
        assertTrue(TfsLab.poll(sender, now - 1).isEmpty());
      }
      List<byte[]> payloads = TfsLab.poll(sender, now);
      assertEquals(1, payloads.size());
      assertEquals(size, payloads.get(0).length);
    }
  }

  /** The ring of waiting packets against a list. */
  @Property(tries = 200)
  void queueIsAList(@ForAll long seed) {
    Random random = new Random(seed);
    int most = 60 + random.nextInt(2000);
    int capacity = 1 + random.nextInt(10);
    InnerQueue queue = new InnerQueue(capacity, most);
    List<byte[]> model = new ArrayList<>();
    var slab = TfsLab.burst(1, 4096).slab();
    for (int step = 0; step < 300; step++) {
      if (random.nextInt(5) < 3) {
        byte[] packet = TfsLab.packet(true, 20 + random.nextInt(most), step);
        slab.put(3, packet);
        int octets = model.stream().mapToInt(each -> each.length).sum();
        if (queue.offer(slab, 3, packet.length, step)) {
          model.add(packet);
          assertTrue(model.size() <= capacity);
          assertTrue(octets + packet.length <= most);
        } else {
          assertTrue(octets + packet.length > most || model.size() == capacity);
        }
      } else if (!queue.isEmpty()) {
        byte[] front = model.remove(0);
        int skip = random.nextInt(front.length);
        queue.copyFront(skip, front.length - skip, slab, 5);
        byte[] read = new byte[front.length - skip];
        slab.get(5, read);
        assertTrue(Arrays.equals(front, skip, front.length, read, 0, read.length));
        assertEquals(front.length, queue.frontLength());
        queue.pop();
      }
      assertEquals(model.size(), queue.packets());
      assertEquals(model.stream().mapToInt(each -> each.length).sum(), queue.octets());
    }
  }
}
