package org.ipsec4j.esp.tfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/**
 * Random and nearly right payloads under random numbers: nothing is thrown, each payload ends with
 * one counted reason, and what is delivered is always a whole IP packet.
 */
@NullUnmarked
class AggfragFuzz {
  private static final int PAYLOADS = 300_000;
  private static final int LONGEST = 400;

  private final Random random = new Random(9347);
  private final Map<DropReason, Long> seen = new EnumMap<>(DropReason.class);
  private final IpHeaderView view = new IpHeaderView();
  private final PacketBurst carriers = TfsLab.burst(1, LONGEST);
  private final PacketBurst out = TfsLab.burst(3, 5000);

  @Test
  void payloads() {
    List<byte[]> right = rightPayloads();
    for (int stream = 0; stream < 300; stream++) {
      int window = random.nextInt(3) == 0 ? 0 : random.nextInt(20);
      AggfragReceiver receiver =
          new AggfragReceiver(
              new ReceiverSettings(window, 5, 64 + random.nextInt(LONGEST)),
              new AggfragFeedback(),
              TfsLab.ANY);
      run(receiver, right);
    }
    System.out.println("fuzz aggfrag: " + seen);
    assertTrue(seen.containsKey(DropReason.AGGFRAG_CONSUMED));
    for (DropReason reason :
        List.of(
            DropReason.MALFORMED_AGGFRAG,
            DropReason.TOO_LONG,
            DropReason.REPLAY,
            DropReason.AGGFRAG_LATE)) {
      assertTrue(seen.containsKey(reason), "reached " + reason);
    }
  }

  private void run(AggfragReceiver receiver, List<byte[]> right) {
    long number = 1;
    long now = 0;
    long refused = 0;
    long delivered = 0;
    for (int i = 0; i < PAYLOADS / 300; i++) {
      number = Math.max(1, nextNumber(number));
      now += random.nextInt(3);
      carriers.clear();
      carriers.add(ByteBuffer.wrap(mutate(right.get(random.nextInt(right.size())))));
      receiver.receive(now, carriers, 0, number, random.nextInt(5) == 0);
      DropReason reason = carriers.dropReason(0);
      seen.merge(reason, 1L, Long::sum);
      refused += reason == DropReason.AGGFRAG_CONSUMED ? 0 : 1;
      delivered += drain(receiver, now);
    }
    delivered += drain(receiver, now + 10);
    AggfragCounters counters = receiver.counters();
    assertEquals(delivered, counters.packets());
    // payloads and inner packets share the counter of a reason
    assertTrue(counters.drops() >= refused);
  }

  private long nextNumber(long number) {
    return switch (random.nextInt(8)) {
      case 0 -> number - random.nextInt(4);
      case 1 -> number + random.nextInt(8);
      case 2 -> random.nextInt(200) == 0 ? number + (random.nextLong() >>> 24) : number;
      default -> number + 1;
    };
  }

  private long drain(AggfragReceiver receiver, long now) {
    long delivered = 0;
    boolean more = true;
    while (more) {
      more = receiver.drain(now, out);
      for (int i = 0; i < out.size(); i++) {
        if (out.isAlive(i)) {
          assertTrue(view.parse(out.slab(), out.offset(i), out.length(i)));
          assertEquals(out.length(i), view.totalLength());
          delivered++;
        } else {
          assertEquals(DropReason.TOO_LONG, out.dropReason(i));
        }
      }
      out.clear();
    }
    return delivered;
  }

  private byte[] mutate(byte[] right) {
    byte[] octets = right.clone();
    switch (random.nextInt(6)) {
      case 0 -> {
        octets = new byte[random.nextInt(LONGEST)];
        random.nextBytes(octets);
        if (octets.length > 0) {
          octets[0] = (byte) random.nextInt(3);
        }
      }
      case 1, 2 -> {
        for (int flips = random.nextInt(4); flips >= 0; flips--) {
          octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 3 -> octets = java.util.Arrays.copyOf(octets, random.nextInt(LONGEST));
      case 4 -> octets[2 + random.nextInt(2)] = (byte) random.nextInt();
      default -> {
        // as it was made
      }
    }
    return octets;
  }

  private List<byte[]> rightPayloads() {
    List<byte[]> payloads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      SenderSettings settings = SenderSettings.constantRate(64 + random.nextInt(LONGEST - 64), 1);
      AggfragSender sender =
          new AggfragSender(
              i % 2 == 0 ? settings : settings.withReports(), new AggfragFeedback(), 0);
      for (int k = 0; k < 20; k++) {
        int length = 40 + random.nextInt(k % 4 == 0 ? 900 : 100);
        TfsLab.offer(sender, 0, TfsLab.packet(random.nextBoolean(), length, k));
      }
      payloads.addAll(TfsLab.pollAll(sender, 0));
    }
    return payloads;
  }
}
