package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.sim.Fault;
import org.ipsec4j.testkit.EnginePair;
import org.ipsec4j.testkit.Offloading;
import org.ipsec4j.testkit.RekeyInvariant;
import org.ipsec4j.testkit.SaAssertions;
import org.ipsec4j.testkit.SaView;
import org.junit.jupiter.api.Test;

/**
 * Both sides want something at the same moment (RFC 7296 2.8.1, 2.8.2, 2.25). The network loses
 * nothing, packets flow in both directions all the time, and not one of them may be lost: that is
 * what make-before-break means. Each scenario runs with many seeds, which move the moments and the
 * order of what is worked on.
 */
class CollisionScenario {
  private static final int SEEDS = 40;
  private static final long JITTER = 25 * SimWorld.MILLI;

  private static void manySeeds(Consumer<SimWorld> story) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimWorld world = new SimWorld(seed);
      try {
        if (seed % 2 == 0) {
          // Overtaking, but within the replay window.
          world.network(Fault.delay(0, JITTER));
        }
        if (seed % 3 == 0) {
          for (SimNode node : List.of(world.left, world.right)) {
            node.offloading(
                Offloading.scattered(
                    world.simulation, world.random.split(node.name()), 20 * SimWorld.MILLI));
          }
        }
        story.accept(world);
      } catch (AssertionError | RuntimeException e) {
        throw world.failure(e);
      }
    }
  }

  /** Packets flow, both sides act at nearly the same moment, and all packets arrive. */
  private static void collide(SimWorld world, Runnable left, Runnable right) {
    world.established();
    long start = world.simulation.now();
    world.chatter(2 * SimWorld.MILLI, start + 400 * SimWorld.MILLI);
    long moment = start + 50 * SimWorld.MILLI;
    world.simulation.at(moment + world.random.between(0, JITTER / 2), left);
    world.simulation.at(moment + world.random.between(0, JITTER / 2), right);
    world.runFor(Duration.ofSeconds(10));
    assertEquals(List.of(), world.missing(), "packets were lost");
    // An IKE SA that a collision left over may have to be waited for.
    world.runFor(Duration.ofSeconds(75));
    SaAssertions.assertEstablished(world.left, world.right);
  }

  private static void assertOneOfEach(SimWorld world) {
    for (SimNode node : List.of(world.left, world.right)) {
      assertEquals(1, node.ike().ikeSas().size(), node.toString());
      assertEquals(
          1, node.childSas().stream().filter(view -> !view.lingering()).count(), node.toString());
    }
  }

  /**
   *
   *
   * <pre>
   *   HDR, SAi1, KEi, Ni  --&gt;      &lt;--  HDR, SAi1, KEi, Ni
   * </pre>
   *
   * Nothing joins the two IKE SAs that come of it: both live, with the same on both sides.
   */
  @Test
  void bothSidesInitiateAtTheSameMoment() {
    manySeeds(
        world -> {
          world.simulation.at(0, () -> world.initiate(world.left));
          world.simulation.at(
              world.random.between(0, JITTER / 2), () -> world.initiate(world.right));
          world.runFor(Duration.ofSeconds(5));
          world.send(world.left, 3);
          world.send(world.right, 3);
          world.runFor(Duration.ofSeconds(1));
          SaAssertions.assertEstablished(world.left, world.right);
          assertEquals(List.of(), world.missing());
        });
  }

  /**
   *
   *
   * <pre>
   *   HDR, SK {N(REKEY_SA), SA, Ni, TSi, TSr}  --&gt;
   *                            &lt;--  HDR, SK {N(REKEY_SA), SA, Ni, TSi, TSr}
   *   HDR, SK {SA, Nr, TSi, TSr}  --&gt;      &lt;--  HDR, SK {SA, Nr, TSi, TSr}
   *   who has the lowest nonce:  HDR, SK {D(own new)}  --&gt;
   *   the other:                 HDR, SK {D(old)}  --&gt;
   * </pre>
   */
  @Test
  void bothSidesRekeyTheSameChild() {
    manySeeds(
        world -> {
          collide(world, () -> world.rekeyChild(world.left), () -> world.rekeyChild(world.right));
          assertOneOfEach(world);
        });
  }

  /**
   *
   *
   * <pre>
   *   HDR, SK {SA, Ni, KEi}  --&gt;      &lt;--  HDR, SK {SA, Ni, KEi}
   *   HDR, SK {SA, Nr, KEr}  --&gt;      &lt;--  HDR, SK {SA, Nr, KEr}
   *   who has the lowest nonce, on its own new SA:  HDR, SK {D}  --&gt;
   *   the other, on the old SA:                     HDR, SK {D}  --&gt;
   * </pre>
   */
  @Test
  void bothSidesRekeyTheIkeSa() {
    manySeeds(
        world -> {
          world.established();
          IkeSaId before = EnginePair.ikeSa(world.left);
          collide(world, () -> world.rekeyIke(world.left), () -> world.rekeyIke(world.right));
          assertNotEquals(before, EnginePair.ikeSa(world.left));
          world.runFor(SimWorld.livenessTime());
          assertOneOfEach(world);
        });
  }

  /**
   *
   *
   * <pre>
   *   HDR, SK {SA, Ni, KEi}  --&gt;      &lt;--  HDR, SK {N(REKEY_SA), SA, Ni, TSi, TSr}
   *   HDR, SK {N(TEMPORARY_FAILURE)}  --&gt;
   * </pre>
   *
   * Who is put off tries again some seconds later, on the new IKE SA (2.25.2).
   */
  @Test
  void oneSideRekeysTheIkeSaWhileTheOtherRekeysTheChild() {
    manySeeds(
        world -> {
          world.established();
          IkeSaId ike = EnginePair.ikeSa(world.left);
          long child = EnginePair.childSa(world.left).value();
          collide(world, () -> world.rekeyIke(world.left), () -> world.rekeyChild(world.right));
          assertNotEquals(ike, EnginePair.ikeSa(world.left));
          assertNotEquals(child, EnginePair.childSa(world.left).value());
          assertOneOfEach(world);
        });
  }

  /** As above, and the Child SA was rekeyed when the IKE SA is: no second rekey is needed. */
  @Test
  void oneSideDoesBothAtOnceWhileTheOtherDoesTheSame() {
    manySeeds(
        world -> {
          collide(
              world,
              () -> {
                world.rekeyIke(world.left);
                world.rekeyChild(world.left);
              },
              () -> {
                world.rekeyChild(world.right);
                world.rekeyIke(world.right);
              });
          world.runFor(SimWorld.livenessTime());
          assertOneOfEach(world);
        });
  }

  /**
   *
   *
   * <pre>
   *   HDR, SK {D(spi)}  --&gt;      &lt;--  HDR, SK {D(spi)}
   *   HDR, SK {}        --&gt;      &lt;--  HDR, SK {}
   * </pre>
   *
   * Each side already deletes its half, so neither answer holds a D (1.4.1).
   */
  @Test
  void bothSidesDeleteTheSameChild() {
    manySeeds(
        world -> {
          world.established();
          world.simulation.at(world.simulation.now(), () -> world.deleteChild(world.left));
          world.simulation.at(
              world.simulation.now() + world.random.between(0, JITTER / 2),
              () -> world.deleteChild(world.right));
          world.runFor(Duration.ofSeconds(10));
          SaAssertions.assertAgree(world.left, world.right);
          assertEquals(List.of(), world.left.childSas());
          world.assertAgreement();
        });
  }

  /** One side rekeys what the other deletes: it goes, or its successor stays, on both sides. */
  @Test
  void oneSideRekeysWhatTheOtherDeletes() {
    manySeeds(
        world -> {
          world.established();
          world.simulation.at(world.simulation.now(), () -> world.rekeyChild(world.left));
          world.simulation.at(
              world.simulation.now() + world.random.between(0, JITTER),
              () -> world.deleteChild(world.right));
          world.runFor(Duration.ofSeconds(10));
          world.assertAgreement();
        });
  }

  /** SAs that are rekeyed by time alone, for an hour: the sides draw their moments themselves. */
  @Test
  void anHourOfRekeysByTimeLosesNoPacket() {
    for (long seed = 1; seed <= 4; seed++) {
      SimWorld world =
          new SimWorld(
              seed, SimWorld.Setup.PLAIN.rekeying(Duration.ofMinutes(2), Duration.ofMinutes(3)));
      try {
        world.established();
        world.chatter(500 * SimWorld.MILLI, Duration.ofHours(1).toNanos());
        world.runFor(Duration.ofHours(1));
        world.calmDown();
        world.runFor(Duration.ofSeconds(1));
        assertEquals(List.of(), world.missing());
        SaAssertions.assertEstablished(world.left, world.right);
        assertEquals(
            true, world.left.counters().rekeys() > 40, "rekeys: " + world.left.counters().rekeys());
        // The IKE SAs of before are gone, and so are the lingering Child SAs but the last.
        assertEquals(1, world.left.ike().ikeSas().size());
        assertEquals(1, world.left.childSas().stream().filter(SaView::sending).count());
        assertEquals(
            List.of(),
            world.invariant.excused().keySet().stream()
                .filter(excuse -> excuse != RekeyInvariant.Excuse.FIRST_UNCONFIRMED)
                .toList());
      } catch (AssertionError | RuntimeException e) {
        throw world.failure(e);
      }
    }
  }
}
