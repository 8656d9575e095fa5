package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.sim.Fault;
import org.ipsec4j.sim.SimNat;
import org.ipsec4j.testkit.EnginePair;
import org.ipsec4j.testkit.SaAssertions;
import org.junit.jupiter.api.Test;

/**
 * Things that go wrong one at a time: crashes, blackouts, NATs that forget, damage, jumping clocks.
 */
class TroubleScenario {
  private static final int SEEDS = 10;

  private static void manySeeds(SimWorld.Setup setup, Consumer<SimWorld> story) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimWorld world = new SimWorld(seed, setup);
      try {
        story.accept(world);
      } catch (AssertionError | RuntimeException e) {
        throw world.failure(e);
      }
    }
  }

  private static void manySeeds(Consumer<SimWorld> story) {
    manySeeds(SimWorld.Setup.PLAIN, story);
  }

  /**
   * The left node crashes and comes back empty. The right one goes on sending on SAs that nobody
   * has, finds no life there and begins anew:
   *
   * <pre>
   *   HDR, SK {}  --&gt;   ... no answer, to the last transmission
   *   HDR, SAi1, KEi, Ni  --&gt;
   * </pre>
   */
  @Test
  void aPeerThatLostEverythingIsFoundOutByLiveness() {
    manySeeds(
        world -> {
          world.established();
          world.runFor(Duration.ofSeconds(world.random.below(60)));
          world.restart(world.left);
          world.send(world.right);
          world.runFor(SimWorld.livenessTime());
          assertTrue(
              world.right.events(IkeEvent.IkeDown.class).stream()
                  .anyMatch(down -> down.reason() == DownReason.PEER_UNRESPONSIVE));
          SaAssertions.assertAgree(world.left, world.right);
          world.assertAgreement();
          assertEquals(1, world.right.ike().ikeSas().size());
        });
  }

  /**
   * The left node crashes, comes back and has something to send at once. Its authenticated word
   * that it has nothing else replaces what the right one still believes in (2.4):
   *
   * <pre>
   *   HDR, SK {IDi, N(INITIAL_CONTACT), AUTH, SAi2, TSi, TSr}  --&gt;
   * </pre>
   */
  @Test
  void aPeerThatLostEverythingAndComesBackIsServedAtOnce() {
    manySeeds(
        world -> {
          world.established();
          world.runFor(Duration.ofSeconds(world.random.below(60)));
          world.restart(world.left);
          int first = world.send(world.left);
          world.runFor(Duration.ofSeconds(2));
          assertTrue(world.arrived(first));
          assertTrue(
              world.right.events(IkeEvent.IkeDown.class).stream()
                  .anyMatch(down -> down.reason() == DownReason.REPLACED_BY_NEW_CONTACT));
          world.assertAgreement();
          assertEquals(1, world.right.ike().ikeSas().size());
        });
  }

  /** Shorter than the retransmissions last: the same SAs carry on, and only packets were lost. */
  @Test
  void aShortBlackoutIsSurvived() {
    manySeeds(
        world -> {
          world.established();
          IkeSaId before = EnginePair.ikeSa(world.left);
          long start = world.simulation.now();
          long end = start + world.random.between(10, 60) * SimWorld.SECOND;
          world.network(Fault.blackout(start, end));
          // What is begun in the dark ends in the light.
          world.simulation.at(start + SimWorld.SECOND, () -> world.rekeyChild(world.left));
          world.chatter(SimWorld.SECOND, end + 10 * SimWorld.SECOND);
          world.runFor(SimWorld.livenessTime());
          assertEquals(before, EnginePair.ikeSa(world.left));
          assertFalse(world.missing().isEmpty());
          assertTrue(world.left.events(IkeEvent.IkeDown.class).isEmpty());
          assertEquals(1, world.left.events(IkeEvent.ChildRekeyed.class).size());
          world.assertAgreement();
        });
  }

  /** Longer: both sides give up on their own, and packets bring up new SAs. */
  @Test
  void aLongBlackoutEndsTheSasOnBothSides() {
    manySeeds(
        world -> {
          world.established();
          IkeSaId before = EnginePair.ikeSa(world.left);
          long start = world.simulation.now();
          world.network(Fault.blackout(start, start + SimWorld.livenessTime().toNanos()));
          world.runFor(SimWorld.livenessTime());
          SaAssertions.assertNothingLeft(world.left, world.right);
          for (SimNode node : List.of(world.left, world.right)) {
            assertEquals(
                List.of(DownReason.PEER_UNRESPONSIVE),
                node.events(IkeEvent.IkeDown.class).stream()
                    .map(IkeEvent.IkeDown::reason)
                    .toList());
          }
          world.assertAgreement();
          assertNotEquals(before, SaAssertions.established(world.left).getFirst());
        });
  }

  /**
   * A NAT in front of the left node forgets its mapping. Packets from the left pass at once, from a
   * new port; the next authenticated IKE message shows the right node where to send (2.23).
   */
  @Test
  void aNatThatForgetsIsFollowed() {
    IpAddress inside = IpAddress.parse("10.9.9.9");
    manySeeds(
        SimWorld.Setup.PLAIN.natted(inside),
        world -> {
          SimNat nat = new SimNat(inside, SimWorld.LEFT, 20_000);
          world.network(nat);
          world.established();
          IkeSaId before = EnginePair.ikeSa(world.left);
          assertTrue(world.left.events(IkeEvent.IkeUp.class).getFirst().natLocal());
          assertTrue(world.right.events(IkeEvent.IkeUp.class).getFirst().natRemote());
          for (int i = 0; i < 3; i++) {
            world.say(world.left, "is behind a new port");
            nat.forget();
            int out = world.send(world.left);
            world.runFor(Duration.ofSeconds(1));
            assertTrue(world.arrived(out), "out of the NAT");
            // Nothing came in, so the left node looks whether the peer lives.
            world.runFor(Duration.ofSeconds(35));
            List<Integer> back = world.send(world.right, 3);
            world.runFor(Duration.ofSeconds(1));
            assertTrue(back.stream().allMatch(world::arrived), "into the NAT");
          }
          assertEquals(3, world.right.events(IkeEvent.PeerMoved.class).size());
          assertEquals(before, EnginePair.ikeSa(world.left));
          // Keepalives kept the mapping open (RFC 3948 4).
          assertTrue(world.right.counters().keepalivesIn() >= 3);
          SaAssertions.assertEstablished(world.left, world.right);
        });
  }

  /** One datagram in twenty comes with a flipped bit: it counts as lost, and as nothing worse. */
  @Test
  void damagedDatagramsDoNoDamage() {
    manySeeds(
        world -> {
          world.network(Fault.corruption(0.05).until(Duration.ofMinutes(5).toNanos()));
          world.initiate(world.left);
          world.chatter(500 * SimWorld.MILLI, Duration.ofMinutes(5).toNanos());
          for (int i = 0; i < 20; i++) {
            SimNode node = world.random.chance(0.5) ? world.left : world.right;
            boolean ike = world.random.chance(0.5);
            world.simulation.at(
                world.random.between(10, 290) * SimWorld.SECOND,
                () -> {
                  if (ike) {
                    world.rekeyIke(node);
                  } else {
                    world.rekeyChild(node);
                  }
                });
          }
          world.runFor(Duration.ofMinutes(5));
          world.runFor(SimWorld.livenessTime());
          world.assertAgreement();
          NodeCounters.Snapshot counters = world.left.counters();
          assertTrue(counters.inboundDrops().getOrDefault(DropReason.ICV_MISMATCH, 0L) > 0);
          assertTrue(world.delivered() > world.offered() * 8 / 10, "most packets pass");
          assertFalse(counters.ikeDrops().containsKey(IkeDropReason.NO_PEER));
        });
  }

  /** Calendar time is for certificates. When it jumps, no SA ages and no timer fires. */
  @Test
  void aJumpOfTheWallClockIsNoticedByNobody() {
    manySeeds(
        SimWorld.Setup.PLAIN.rekeying(Duration.ofMinutes(5), Duration.ofMinutes(10)),
        world -> {
          world.established();
          world.jumpWallClock(Duration.ofDays(3650));
          world.runFor(Duration.ofMinutes(3).minusSeconds(45));
          world.jumpWallClock(Duration.ofDays(-7300));
          world.runFor(Duration.ofSeconds(10));
          assertEquals(0, world.left.counters().rekeys() + world.right.counters().rekeys());
          world.assertAgreement();
          world.rekeyIke(world.right);
          world.runFor(Duration.ofSeconds(5));
          world.assertAgreement();
        });
  }

  /**
   * A shutdown deletes everything on the peer:
   *
   * <pre>
   *   HDR, SK {D}  --&gt;
   *          &lt;--  HDR, SK {}
   * </pre>
   */
  @Test
  void aShutdownLeavesNothingOnEitherSide() {
    manySeeds(
        world -> {
          world.established();
          if (world.seed % 2 == 0) {
            world.rekeyIke(world.right);
          }
          world.left.command(new IkeCommand.Shutdown());
          world.runFor(Duration.ofSeconds(60));
          assertTrue(world.left.isClosed());
          SaAssertions.assertNothingLeft(world.left, world.right);
        });
  }
}
