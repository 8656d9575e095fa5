package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.sim.Datagram;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes that negotiate and find no NAT: ESP and AH go as protocols 50 and 51, not in UDP. */
final class NativeScenario {
  private static SimWorld world(String proposal) {
    SimWorld.Setup plain = SimWorld.Setup.PLAIN;
    return new SimWorld(
        7,
        new SimWorld.Setup(
            plain.leftAddress(),
            plain.leftSeen(),
            plain.childRekey(),
            plain.ikeRekey(),
            proposal,
            false));
  }

  private static List<Datagram> natively(SimWorld world) {
    return world.recorded.stream().filter(sent -> sent.to().port() == 0).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"aes128gcm16-noesn", "aes128-sha256-esn", "ah:sha256-noesn"})
  void packetsFlowNativelyAcrossRekeys(String proposal) {
    SimWorld world = world(proposal).established();
    world.record(true);
    world.send(world.left, 40);
    world.send(world.right, 40);
    world.runFor(Duration.ofSeconds(1));
    world.rekeyChild(world.left);
    world.send(world.left, 20);
    world.runFor(Duration.ofSeconds(1));
    world.rekeyIke(world.right);
    world.runFor(Duration.ofSeconds(1));
    world.send(world.right, 20);
    world.runFor(Duration.ofSeconds(8));
    assertEquals(List.of(), world.missing());
    List<Datagram> packets = natively(world);
    assertEquals(120, packets.size());
    int protocol = proposal.startsWith("ah:") ? 51 : 50;
    for (Datagram packet : packets) {
      assertEquals(protocol, packet.payload().toArray()[9]);
    }
    assertTrue(
        world.recorded.stream().noneMatch(sent -> sent.to().port() == 4500),
        "without a NAT nothing is encapsulated");
    assertFalse(world.left.counters().outerInBytes() == 0);
    world.assertAgreement();
  }
}
