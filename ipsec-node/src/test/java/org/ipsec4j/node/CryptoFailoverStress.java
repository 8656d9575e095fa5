package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.testkit.crypto.SimulatedDevice;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Behaviour;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Mood;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two nodes on loopback with all their threads; the device of one of them breaks in turn in each
 * way and is readmitted, while packets flow both ways and SAs are rekeyed. Seconds by default;
 * minutes with {@code -Dipsec4j.stress.seconds=600}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
final class CryptoFailoverStress {
  private static final int BURST = 32;

  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicLong arrived = new AtomicLong();
  private final AtomicLong changed = new AtomicLong();
  private final CryptoProvider software = new JcaCryptoProvider();
  private final SimulatedDevice device =
      new SimulatedDevice("device", software, Behaviour.prompt(4).delayed(0, 3));

  private void send(TwoNodes.Side from, TwoNodes.Side to) {
    for (int i = 0; !stopping.get(); i++) {
      from.lan.write(TwoNodes.packet(from, to, i));
      if (i % 8 == 0) {
        pause(1);
      }
    }
  }

  private void receive(TwoNodes.Side from, TwoNodes.Side to) {
    while (!stopping.get()) {
      ByteBuffer packet = read(to);
      if (packet != null) {
        int number = packet.get(packet.position() + 28) & 0xff;
        boolean same = packet.equals(TwoNodes.packet(from, to, number));
        (same ? arrived : changed).incrementAndGet();
      }
    }
  }

  private static @org.jspecify.annotations.Nullable ByteBuffer read(TwoNodes.Side side) {
    try {
      return side.lan.read(50);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static long drops(TwoNodes.Side side, DropReason reason) {
    NodeCounters.Snapshot counters = side.counters();
    return counters.outboundDrops().getOrDefault(reason, 0L)
        + counters.inboundDrops().getOrDefault(reason, 0L);
  }

  @Test
  void deviceBreaksAndComesBackUnderTraffic() throws Exception {
    try (TwoNodes nodes = new TwoNodes()) {
      nodes.left.settings = builder -> builder.crypto(List.of(device, software));
      nodes.up();
      List<Thread> threads =
          List.of(
              new Thread(() -> send(nodes.left, nodes.right)),
              new Thread(() -> send(nodes.right, nodes.left)),
              new Thread(() -> receive(nodes.left, nodes.right)),
              new Thread(() -> receive(nodes.right, nodes.left)));
      threads.forEach(Thread::start);
      long end =
          System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("ipsec4j.stress.seconds", 6));
      Mood[] moods = {Mood.FAILING, Mood.THROWING, Mood.HANGING};
      int failovers = 0;
      while (System.nanoTime() < end) {
        int before = nodes.left.events(NodeEvent.CryptoFailedOver.class).size();
        device.mood(moods[failovers % moods.length]);
        TwoNodes.await(
            "the device is given up",
            () -> nodes.left.events(NodeEvent.CryptoFailedOver.class).size() > before);
        device.mood(Mood.WELL);
        pause(20);
        assertEquals(Optional.empty(), nodes.left.node().readmitCrypto("device"));
        for (NodeStatus.Child child : new ArrayList<>(nodes.left.node().status().children())) {
          nodes.left.node().command(new IkeCommand.RekeyChild(child.id()));
        }
        failovers++;
        pause(20);
      }
      stopping.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      long failed = drops(nodes.left, DropReason.CRYPTO_FAILED);
      System.out.println(
          "stress: " + failovers + " failovers, " + arrived + " packets, " + failed + " failed");
      assertEquals(0, changed.get());
      assertTrue(failovers >= 3, nodes.left::toString);
      assertTrue(arrived.get() > 500, nodes.left::toString);
      assertTrue(failed <= (long) failovers * BURST, "one burst is lost each time, not " + failed);
      assertEquals(0, drops(nodes.left, DropReason.ICV_MISMATCH));
      assertEquals(0, drops(nodes.right, DropReason.ICV_MISMATCH));
      assertTrue(nodes.left.counters().balanced());
      assertTrue(nodes.left.counters().offload().bytesOut() > 0);
      assertEquals(List.of(), device.violations());
    }
  }
}
