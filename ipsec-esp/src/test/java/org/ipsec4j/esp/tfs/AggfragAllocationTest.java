package org.ipsec4j.esp.tfs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.AllocationMeter;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither end allocates per packet, with loss and disorder on the way. */
@NullUnmarked
class AggfragAllocationTest {
  private static final int ROUNDS = 2_000;
  private static final long MS = 1_000_000L;

  @ParameterizedTest
  @ValueSource(strings = {"onDemand", "constantRate", "congestionControlled"})
  void nothingPerPacket(String pace) throws ReflectiveOperationException {
    SenderSettings settings =
        switch (pace) {
          case "onDemand" -> SenderSettings.onDemand(1400, MS);
          case "constantRate" -> SenderSettings.constantRate(1400, MS / 8);
          default -> SenderSettings.congestionControlled(1400, 10 * MS, MS / 8);
        };
    Loop loop = new Loop(settings);
    AllocationMeter.assertNothing(loop::run, 10, "in " + ROUNDS + " rounds");
    assertTrue(loop.receiver.counters().packets() > ROUNDS, "packets were carried");
    assertTrue(loop.receiver.counters().lostPayloads() > 0, "payloads were lost");
  }

  /** Both directions share the feedback, so that a tunnel reports to itself. */
  private static final class Loop {
    private final AggfragFeedback feedback = new AggfragFeedback();
    private final AggfragSender sender;
    private final AggfragReceiver receiver =
        new AggfragReceiver(new ReceiverSettings(8, MS, 2000), feedback, TfsLab.ANY);
    private final PacketBurst in = TfsLab.burst(8, 3000);
    private final PacketBurst wire = TfsLab.burst(8, 2000);
    private final PacketBurst out = TfsLab.burst(8, 3000);
    private final ByteBuffer[] packets = new ByteBuffer[8];
    private long now;
    private long number = 1;

    Loop(SenderSettings settings) {
      sender =
          new AggfragSender(settings.reports() ? settings : settings.withReports(), feedback, 0);
      for (int i = 0; i < packets.length; i++) {
        packets[i] = ByteBuffer.wrap(TfsLab.packet(i % 2 == 0, 60 + i * 300, i));
      }
    }

    void run() {
      for (int round = 0; round < ROUNDS; round++) {
        now += MS;
        in.clear();
        for (ByteBuffer packet : packets) {
          packet.rewind();
          in.add(packet);
        }
        for (int i = 0; i < in.size(); i++) {
          sender.offer(now, in, i);
        }
        wire.clear();
        int made = sender.poll(now, wire);
        for (int i = made - 1; i >= 0; i--) {
          // backwards, and every thirteenth is lost
          if ((number + i) % 13 != 0) {
            receiver.receive(now, wire, i, number + i, i == 3);
            drain();
          }
        }
        number += made;
      }
    }

    private void drain() {
      out.clear();
      while (receiver.drain(now, out)) {
        out.clear();
      }
    }
  }
}
