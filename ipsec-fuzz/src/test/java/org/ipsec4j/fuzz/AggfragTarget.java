package org.ipsec4j.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.tfs.AggfragFeedback;
import org.ipsec4j.esp.tfs.AggfragReceiver;
import org.ipsec4j.esp.tfs.ReceiverSettings;

/**
 * AGGFRAG payloads in any order: before each stands an octet that says how far its number lies from
 * that before, and whether time passes.
 */
final class AggfragTarget implements FuzzTarget {
  private static final long TIMEOUT = 1000;

  private final Slots slots = new Slots();
  private final PacketBurst out = new PacketBurst(2, 0, 3000, 0);
  private final IpHeaderView view = new IpHeaderView();

  @Override
  public String name() {
    return "aggfrag";
  }

  @Override
  public List<byte[]> seeds() {
    byte[] v4 = Bench.packet(new byte[] {10, 0, 0, 1}, new byte[] {10, 0, 0, 2}, 17, new byte[40]);
    byte[] v6 = Bench.packet(new byte[16], new byte[16], 17, new byte[30]);
    byte[] pad = new byte[20];
    byte[] both = payload(0, v4, v6, pad);
    byte[] begin = payload(0, v6, Arrays.copyOf(v4, 25));
    byte[] end = payload(v4.length - 25, Arrays.copyOfRange(v4, 25, v4.length), v6, pad);
    byte[] middle = payload(2000, Arrays.copyOfRange(v6, 20, 40));
    ByteBuffer congestion = ByteBuffer.allocate(24 + v4.length);
    congestion.put((byte) 1).put((byte) 0).putShort((short) 0).putInt(1000).putLong(0x0102030405L);
    congestion.putInt(77).putInt(66).put(v4);
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(stream(0, 1, both, 1, both));
    seeds.add(stream(1, 1, begin, 1, end, 1, congestion.array()));
    seeds.add(stream(0, 1, begin, 2, both, -1, end));
    seeds.add(stream(1, 1, begin, 1, middle, 1, end));
    seeds.add(stream(3, 1, payload(0, pad), 65, both, 1, begin));
    return seeds;
  }

  private static byte[] payload(int blockOffset, byte[]... blocks) {
    ByteBuffer payload = ByteBuffer.allocate(500);
    payload.putShort((short) 0).putShort((short) blockOffset);
    for (byte[] block : blocks) {
      payload.put(block);
    }
    return Arrays.copyOf(payload.array(), payload.position());
  }

  private static byte[] stream(int settings, Object... stepsAndPayloads) {
    ByteBuffer stream = ByteBuffer.allocate(2000);
    stream.put((byte) settings);
    for (Object part : stepsAndPayloads) {
      if (part instanceof Integer step) {
        stream.put(step.byteValue());
      } else {
        stream.put(Input.of(new byte[0], (byte[]) part));
      }
    }
    return Arrays.copyOf(stream.array(), stream.position());
  }

  @Override
  public void run(byte[] octets) {
    Input input = new Input(octets);
    int settings = input.octet();
    AggfragFeedback feedback = (settings & 1) == 0 ? null : new AggfragFeedback();
    ReceiverSettings window = new ReceiverSettings((settings >> 2) & 7, TIMEOUT, Slots.MOST_OCTETS);
    long number = 0;
    long now = 1;
    long consumed = 0;
    long refused = 0;
    try (AggfragReceiver receiver =
        new AggfragReceiver(
            window,
            feedback,
            (packet, at) -> packet.protocol() == 99 ? DropReason.NO_POLICY : DropReason.NONE)) {
      while (input.hasMore()) {
        int step = (byte) input.octet();
        number = Math.max(1, number + step % 16);
        now += (step & 64) == 0 ? 1 : TIMEOUT;
        PacketBurst burst = slots.fill(new Input(Input.of(new byte[0], input.packet(1900))));
        receiver.receive(now, burst, slots.first(), number, (settings & 2) != 0);
        slots.assertDeadSlotsUntouched();
        DropReason reason = burst.dropReason(slots.first());
        Slots.check(reason != DropReason.NONE, "a carrier that goes on");
        consumed += reason == DropReason.AGGFRAG_CONSUMED ? 1 : 0;
        refused += reason == DropReason.AGGFRAG_CONSUMED ? 0 : 1;
        long expected = receiver.expected();
        drain(receiver, now);
        Slots.check(receiver.expected() >= expected, "order goes back");
      }
      drain(receiver, now + TIMEOUT);
      Slots.check(receiver.counters().drops() >= refused, "drops counted");
      Slots.check(receiver.counters().payloads() <= consumed, "payloads counted");
    }
  }

  private void drain(AggfragReceiver receiver, long now) {
    boolean more;
    int calls = 0;
    do {
      out.clear();
      more = receiver.drain(now, out);
      for (int i = 0; i < out.size(); i++) {
        boolean valid = view.parse(out.slab(), out.offset(i), out.length(i));
        Slots.check(!out.isAlive(i) || (valid && view.totalLength() == out.length(i)), "no packet");
      }
      Slots.check(++calls < 10_000, "it never ends");
    } while (more);
  }
}
