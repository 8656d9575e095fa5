package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.sim.Datagram;
import org.junit.jupiter.api.Test;

/** More peers begin than the workers can serve, in virtual time. */
final class OverloadScenario {
  private static final int HIGH_WATER = 4;

  private static Datagram withSpi(Datagram first, long spi) {
    byte[] octets = first.payload().toArray();
    ByteBuffer.wrap(octets).putLong(0, spi);
    return new Datagram(first.from(), first.to(), Bytes.copyOf(octets));
  }

  private static long overloaded(SimWorld world) {
    return world.right.counters().ikeDrops().getOrDefault(IkeDropReason.OVERLOADED, 0L);
  }

  /** The first request of a peer, as it was on the wire. */
  private static Datagram firstRequest() {
    SimWorld world = new SimWorld(1);
    world.record(true);
    world.initiate(world.left);
    return world.recorded.getFirst();
  }

  @Test
  void newPeersWaitOutsideAndThoseThatWereLetInAreServed() {
    Datagram request = firstRequest();
    SimWorld world = new SimWorld(1);
    world.expectStrangers();
    SimWorkers pool = new SimWorkers(world.simulation, 1, HIGH_WATER, 8, 100 * SimWorld.MILLI);
    world.right.workers(pool);
    int strangers = 40;
    for (int i = 1; i <= strangers; i++) {
      world.simulation.send(withSpi(request, i));
    }
    world.runFor(Duration.ofMillis(50));
    long dropped = overloaded(world);
    assertTrue(dropped > strangers / 2, "dropped " + dropped);
    assertTrue(pool.longest <= HIGH_WATER, "no more than that ever waited: " + pool.longest);
    assertEquals(strangers - dropped, world.right.ike().ikeSas().size(), "no work for the others");
    // an honest peer among them gets in by repeating itself
    world.initiate(world.left);
    world.runFor(Duration.ofSeconds(20));
    int number = world.send(world.left);
    world.runFor(Duration.ofSeconds(1));
    assertTrue(world.arrived(number));
    assertTrue(pool.ran >= strangers - dropped, "all that was accepted ran: " + pool.ran);
    assertFalse(pool.isOverloaded());
  }

  @Test
  void peersThatAreUpAreNotAffected() {
    SimWorld world = new SimWorld(2).established();
    Datagram request = firstRequest();
    world.expectStrangers();
    SimWorkers pool = new SimWorkers(world.simulation, 1, 1, 64, 50 * SimWorld.MILLI);
    world.right.workers(pool);
    for (int round = 0; round < 20; round++) {
      for (int i = 1; i <= 10; i++) {
        world.simulation.send(withSpi(request, 1 + i + 100L * round));
      }
      world.runFor(Duration.ofMillis(30));
    }
    assertTrue(overloaded(world) > 100, "dropped " + overloaded(world));
    world.rekeyChild(world.left);
    world.rekeyIke(world.left);
    world.runFor(Duration.ofSeconds(5));
    int number = world.send(world.left);
    world.runFor(Duration.ofSeconds(1));
    assertTrue(world.arrived(number));
    assertEquals(2, world.left.counters().rekeys());
  }

  @Test
  void onlyFirstRequestsLookLikeOnes() {
    ByteBuffer request = ByteBuffer.wrap(firstRequest().payload().toArray());
    int marker = request.getInt(0) == 0 ? 4 : 0;
    ByteBuffer message = request.slice(marker, request.remaining() - marker);
    assertTrue(FirstRequest.looksLike(message));
    for (int length = 0; length < 28; length++) {
      assertFalse(FirstRequest.looksLike(message.slice(0, length)));
    }
    ByteBuffer other = ByteBuffer.allocate(message.remaining()).put(message.duplicate()).flip();
    assertTrue(FirstRequest.looksLike(other));
    other.put(19, (byte) 0x20);
    assertFalse(FirstRequest.looksLike(other), "an answer to us");
    other.put(19, (byte) 8).put(18, (byte) 35);
    assertFalse(FirstRequest.looksLike(other), "IKE_AUTH");
    other.put(18, (byte) 34).putLong(8, 1);
    assertFalse(FirstRequest.looksLike(other), "of an IKE SA that exists");
  }
}
