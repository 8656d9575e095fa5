package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeStatus;
import org.junit.jupiter.api.Test;

/** A bad network: the sides agree once it is good again. A failure names its seed. */
class LossScenario {
  private static final int RUNS = Integer.getInteger("ipsec4j.loss.runs", 120);

  private static EnginePair pair(long seed) {
    EnginePair pair = new EnginePair(seed);
    for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
      side.peer.childRekey = Duration.ofSeconds(50);
      side.peer.childHard = Duration.ofSeconds(80);
      side.peer.ikeRekey = Duration.ofMinutes(2);
      side.peer.ikeHard = Duration.ofMinutes(4);
      side.peer.jitter = 20;
      side.peer.liveness = Duration.ofSeconds(20);
    }
    return pair;
  }

  private static void badNetwork(EnginePair pair, Random random) {
    pair.network =
        packet -> {
          if (packet == null || random.nextInt(100) < 20) {
            return null;
          }
          if (random.nextInt(100) < 10) {
            pair.deliver(packet, Duration.ofMillis(random.nextInt(3000)));
          }
          if (random.nextInt(100) < 20) {
            pair.deliver(packet, Duration.ofMillis(random.nextInt(500)));
            return null;
          }
          return packet;
        };
  }

  private static void agree(EnginePair pair, long seed) {
    try {
      pair.assertAgree();
      assertEquals(
          List.of(),
          pair.alice.ikeSas().stream()
              .filter(sa -> sa.phase() != IkeStatus.Phase.ESTABLISHED)
              .toList());
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  @Test
  void afterLossReorderingAndDuplicationBothSidesAgree() {
    int alive = 0;
    for (long seed = 1; seed <= RUNS; seed++) {
      EnginePair pair = pair(seed);
      Random random = new Random(seed);
      badNetwork(pair, random);
      pair.alice.initiate();
      if (random.nextBoolean()) {
        pair.bob.initiate();
      }
      for (int i = 0; i < 20; i++) {
        pair.run(Duration.ofSeconds(random.nextInt(30)));
        EnginePair.Side side = random.nextBoolean() ? pair.alice : pair.bob;
        disturb(side, random);
      }
      pair.loseNothing();
      // The last faults, then liveness with all its tries, then goodbyes.
      pair.run(Duration.ofSeconds(35));
      pair.run(Duration.ofMinutes(1));
      agreeSoon(pair, seed);
      if (!pair.alice.installed.isEmpty()) {
        alive++;
      }
      pair.alice.initiate();
      pair.run(Duration.ofSeconds(2));
      assertTrue(!pair.alice.installed.isEmpty(), "seed " + seed + ": comes up again");
    }
    assertTrue(alive > RUNS / 2, "most live through it: " + alive);
  }

  /** Rekeys run all the time; between two of them the sides agree. */
  private static void agreeSoon(EnginePair pair, long seed) {
    AssertionError last = null;
    for (int i = 0; i < 20; i++) {
      try {
        agree(pair, seed);
        return;
      } catch (AssertionError e) {
        last = e;
        pair.run(Duration.ofSeconds(1));
      }
    }
    throw last == null ? new AssertionError() : last;
  }

  private static void disturb(EnginePair.Side side, Random random) {
    switch (random.nextInt(5)) {
      case 0 -> side.initiate();
      case 1 ->
          side.installed.keySet().stream()
              .findFirst()
              .ifPresent(child -> side.command(new IkeCommand.RekeyChild(child)));
      case 2 ->
          side.ikeSas().stream()
              .findFirst()
              .ifPresent(sa -> side.command(new IkeCommand.RekeyIke(sa.ikeSa())));
      case 3 ->
          side.installed.keySet().stream()
              .findFirst()
              .ifPresent(child -> side.command(new IkeCommand.DeleteChild(child)));
      default -> {}
    }
  }
}
