package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.ipsec4j.sim.Fault;
import org.ipsec4j.sim.SimRandom;
import org.ipsec4j.testkit.Offloading;
import org.ipsec4j.testkit.RekeyInvariant;
import org.junit.jupiter.api.Test;

/**
 * Two nodes on a network that loses a fifth of all datagrams, doubles some and lets others
 * overtake, while both sides do what they like. When the network is well again and the liveness
 * time is over both sides agree. What must hold all the time is in {@link SimWorld}.
 */
class LossyNetworkScenario {
  private static final int RUNS = 1_000;
  private static final double LOSS = 0.2;

  /** What a run did, so that the scenario can prove that it was worth its name. */
  private static final class Tally {
    private final Map<RekeyInvariant.Excuse, Integer> excused =
        new EnumMap<>(RekeyInvariant.Excuse.class);
    private long steps;
    private long lost;
    private long offered;
    private long delivered;
    private long rekeys;
    private int empty;

    void add(SimWorld world) {
      steps += world.simulation.steps();
      lost += world.simulation.sent() - world.simulation.arrived();
      offered += world.offered();
      delivered += world.delivered();
      rekeys += world.left.counters().rekeys() + world.right.counters().rekeys();
      world
          .invariant
          .excused()
          .forEach((excuse, count) -> excused.merge(excuse, count, Integer::sum));
    }

    @Override
    public String toString() {
      return steps
          + " steps, "
          + lost
          + " more datagrams lost than doubled, "
          + delivered
          + " of "
          + offered
          + " packets delivered, "
          + rekeys
          + " rekeys, "
          + empty
          + " runs ended without SAs and made new ones, excused "
          + excused;
    }
  }

  @Test
  void aThousandRunsWithLossReorderingAndDuplicationEndInAgreement() {
    Long only = Long.getLong("sim.seed");
    Tally tally = new Tally();
    long first = only == null ? Long.getLong("sim.first", 1) : only;
    int runs = only == null ? Integer.getInteger("sim.runs", RUNS) : 1;
    for (long seed = first; seed < first + runs; seed++) {
      run(seed, tally, only != null);
    }
    System.out.println("lossy network: " + runs + " runs, " + tally);
    if (only == null && runs == RUNS) {
      assertTrue(tally.lost > 10_000 && tally.rekeys > 5_000, tally.toString());
      assertTrue(tally.empty > 10, tally.toString());
      assertTrue(tally.delivered > tally.offered / 2, tally.toString());
    }
  }

  private static void run(long seed, Tally tally, boolean talkative) {
    SimRandom chance = new SimRandom(seed).split("schedule");
    SimWorld world = new SimWorld(seed, setup(chance));
    if (talkative) {
      world.talkative();
    }
    try {
      misbehave(world, chance);
      live(world, chance);
      recover(world, tally);
      tally.add(world);
    } catch (AssertionError | RuntimeException e) {
      throw world.failure(e);
    }
  }

  /** In half of the runs the SAs are also rekeyed by time, by both sides at about the same time. */
  private static SimWorld.Setup setup(SimRandom chance) {
    return chance.chance(0.5)
        ? SimWorld.Setup.PLAIN
        : SimWorld.Setup.PLAIN.rekeying(
            Duration.ofSeconds(chance.between(60, 300)),
            Duration.ofSeconds(chance.between(60, 600)));
  }

  private static void misbehave(SimWorld world, SimRandom chance) {
    long end = chance.between(20, 240) * SimWorld.SECOND;
    Fault bad =
        Fault.loss(LOSS)
            .then(Fault.duplication(0.1, 3 * SimWorld.SECOND))
            .then(Fault.delay(0, chance.between(10, 1_500) * SimWorld.MILLI));
    world.network(bad.until(end));
    if (chance.chance(0.5)) {
      for (SimNode node : new SimNode[] {world.left, world.right}) {
        node.offloading(
            Offloading.scattered(
                world.simulation, world.random.split(node.name()), 200 * SimWorld.MILLI));
      }
    }
    // Whatever is planned below ends with the faults.
    int deeds = 10 + chance.below(20);
    for (int i = 0; i < deeds; i++) {
      SimNode node = chance.chance(0.5) ? world.left : world.right;
      int deed = chance.below(100);
      long at = chance.between(0, end);
      world.simulation.at(at, () -> act(world, node, deed));
      if (chance.chance(0.3)) {
        // The other side does the same at the same moment, or before our message is there.
        SimNode other = world.other(node);
        world.simulation.at(
            at + chance.below(2) * SimWorld.DELAY / 2, () -> act(world, other, deed));
      }
    }
  }

  private static void act(SimWorld world, SimNode node, int deed) {
    if (deed < 20) {
      world.initiate(node);
    } else if (deed < 55) {
      world.rekeyChild(node);
    } else if (deed < 85) {
      world.rekeyIke(node);
    } else if (deed < 93) {
      world.deleteChild(node);
    } else {
      world.deleteIke(node);
    }
  }

  /** Packets in both directions, in some runs mostly in one; in some they end before the faults. */
  private static void live(SimWorld world, SimRandom chance) {
    double leftShare = chance.chance(0.3) ? 0.02 : 0.5;
    long end = 250 * SimWorld.SECOND;
    long silent = chance.chance(0.4) ? chance.between(10, 60) * SimWorld.SECOND : end;
    for (long at = 0; at < silent; at += chance.between(100, 4_000) * SimWorld.MILLI) {
      SimNode node = chance.chance(leftShare) ? world.left : world.right;
      int count = 1 + chance.below(4);
      world.simulation.at(at, () -> world.send(node, count));
    }
    world.simulation.runUntil(end);
  }

  private static void recover(SimWorld world, Tally tally) {
    world.runFor(SimWorld.livenessTime());
    if (world.left.childSas().isEmpty()) {
      tally.empty++;
    }
    world.assertAgreement();
  }
}
