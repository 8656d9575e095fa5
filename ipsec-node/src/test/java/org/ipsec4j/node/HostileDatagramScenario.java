package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeStatus.IkeSaStatus;
import org.ipsec4j.api.ike.IkeStatus.Phase;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.sim.Datagram;
import org.ipsec4j.testkit.SaAssertions;
import org.ipsec4j.testkit.SaView;
import org.junit.jupiter.api.Test;

/**
 * Somebody on the way throws datagrams at the nodes: noise, damaged copies of real ones, and real
 * ones once more. None of them throws, each is counted under one reason, and the SAs are afterwards
 * what they were before.
 */
class HostileDatagramScenario {
  private static final int SEEDS = 20;
  private static final int DATAGRAMS = 300;

  /** What must not change. */
  private record State(List<IkeSaStatus> up, List<SaView> children, long delivered) {
    static State of(SimNode node) {
      return new State(
          node.ike().ikeSas().stream().filter(sa -> sa.phase() == Phase.ESTABLISHED).toList(),
          node.childSas(),
          node.counters().delivered());
    }
  }

  private interface Forge {
    Datagram next(SimWorld world, SimNode target);
  }

  private static void attack(Forge forge) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimWorld world = new SimWorld(seed);
      try {
        world.record(true);
        world.established();
        world.rekeyChild(world.left);
        world.runFor(Duration.ofSeconds(1));
        world.rekeyIke(world.right);
        world.runFor(Duration.ofSeconds(10));
        world.send(world.left, 5);
        world.send(world.right, 5);
        world.runFor(Duration.ofSeconds(1));
        world.record(false);
        world.expectStrangers();
        for (int i = 0; i < DATAGRAMS; i++) {
          SimNode target = world.random.chance(0.5) ? world.left : world.right;
          strike(world, target, forge.next(world, target));
        }
        world.runFor(SimWorld.livenessTime());
        world.assertAgreement();
        assertEquals(1, SaAssertions.established(world.left).size());
      } catch (AssertionError | RuntimeException e) {
        throw world.failure(e);
      }
    }
  }

  private static void strike(SimWorld world, SimNode target, Datagram datagram) {
    State before = State.of(target);
    State otherBefore = State.of(world.other(target));
    long counted = counted(target);
    int halfOpen = halfOpen(target);
    long sent = world.simulation.sent();
    world.simulation.inject(datagram);
    long arrived = world.simulation.arrived();
    world.simulation.runUntil(() -> world.simulation.arrived() > arrived, world.simulation.now());
    assertEquals(before, State.of(target), () -> "struck by " + datagram);
    long counts = counted(target) - counted;
    // A first request from where the policy has a peer is no offence: it gets a half-open SA or an
    // answer that says why not.
    boolean accepted = halfOpen(target) > halfOpen || world.simulation.sent() > sent;
    assertTrue(
        counts == 1 || (counts == 0 && accepted),
        () -> "counted " + counts + " times: " + datagram + ", " + target.counters());
    world.simulation.settle();
    assertEquals(before, State.of(target), () -> "struck by " + datagram);
    assertEquals(otherBefore, State.of(world.other(target)), () -> "answers to " + datagram);
  }

  private static long counted(SimNode node) {
    return node.drops() + node.counters().keepalivesIn();
  }

  private static int halfOpen(SimNode node) {
    return (int) node.ike().ikeSas().stream().filter(sa -> sa.phase() != Phase.ESTABLISHED).count();
  }

  private static Endpoint at(SimNode node, SimWorld world) {
    return new Endpoint(node.address(), world.random.chance(0.5) ? 500 : 4500);
  }

  @Test
  void noiseOfAllLengths() {
    attack(
        (world, target) -> {
          byte[] noise = new byte[world.random.below(world.random.chance(0.1) ? 1400 : 120)];
          world.random.nextBytes(noise);
          Endpoint to = at(target, world);
          if (to.port() == 4500 && noise.length >= 4 && world.random.chance(0.5)) {
            // Looks like IKE beside ESP.
            noise[0] = noise[1] = noise[2] = noise[3] = 0;
          }
          return new Datagram(
              at(world.other(target), world).withPort(to.port()), to, Bytes.copyOf(noise));
        });
  }

  @Test
  void damagedCopiesOfRealDatagrams() {
    attack(
        (world, target) -> {
          Datagram real = recordedTo(world, target);
          byte[] damaged = real.payload().toArray();
          if (world.random.chance(0.2)) {
            damaged = Arrays.copyOf(damaged, world.random.below(damaged.length + 40));
          }
          int marker = real.to().port() == 4500 ? 4 : 0;
          for (int k = 1 + world.random.below(4); k > 0 && damaged.length > marker; k--) {
            int where = world.random.below(damaged.length - marker) + marker;
            damaged[where] ^= (byte) (1 << world.random.below(8));
          }
          return real.payload(Bytes.copyOf(damaged));
        });
  }

  @Test
  void realDatagramsOnceMore() {
    attack(HostileDatagramScenario::recordedTo);
  }

  @Test
  void realDatagramsFromElsewhere() {
    attack(
        (world, target) ->
            recordedTo(world, target)
                .from(
                    new Endpoint(
                        IpAddress.v4(world.random.next() > 0 ? 1 : 2),
                        1024 + world.random.below(60_000))));
  }

  private static Datagram recordedTo(SimWorld world, SimNode target) {
    List<Datagram> all = new ArrayList<>();
    for (Datagram each : world.recorded) {
      if (each.to().address().equals(target.address())) {
        all.add(each);
      }
    }
    assertTrue(all.size() > 5);
    return all.get(world.random.below(all.size()));
  }
}
