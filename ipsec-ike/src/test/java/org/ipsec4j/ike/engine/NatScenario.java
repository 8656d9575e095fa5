package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.junit.jupiter.api.Test;

/** NATs, real and feigned (RFC 7296 2.23, RFC 3948). */
class NatScenario {
  private static final IpAddress OUTSIDE = IpAddress.parse("198.51.100.1");

  private final EnginePair pair = new EnginePair();
  private final Map<Endpoint, Endpoint> mappings = new HashMap<>();
  private int ports = 40000;

  /** Alice is 10.0.0.1 behind a NAT at 198.51.100.1. */
  private void aliceBehindNat() {
    pair.alice.peer.localAddress = "10.0.0.1";
    pair.bob.peer.anywhere = true;
    pair.network =
        packet -> {
          if (packet == null) {
            return null;
          }
          if (packet.sender() == pair.alice) {
            Endpoint mapped =
                mappings.computeIfAbsent(packet.from(), from -> new Endpoint(OUTSIDE, ports++));
            return packet.between(mapped, packet.to());
          }
          for (Map.Entry<Endpoint, Endpoint> mapping : mappings.entrySet()) {
            if (mapping.getValue().equals(packet.to())) {
              return packet.between(packet.from(), mapping.getKey());
            }
          }
          return null;
        };
  }

  @Test
  void withoutANatEspIsNative() {
    pair.up();
    assertNull(pair.alice.child().encapsulation());
    assertEquals(500, pair.alice.one(IkeEvent.IkeUp.class).remote().port());
  }

  @Test
  void whoNeverEncapsulatesLeavesNatDetectionOut() {
    aliceBehindNat();
    pair.bob.peer.never = true;
    pair.up();
    assertNull(pair.alice.child().encapsulation());
    assertNull(pair.bob.child().encapsulation());
    assertFalse(pair.alice.one(IkeEvent.IkeUp.class).natLocal());
  }

  @Test
  void whoNeverEncapsulatesDoesNotOfferNatDetection() {
    pair.alice.peer.never = true;
    pair.bob.peer.always = true;
    pair.up();
    assertNull(pair.alice.child().encapsulation());
    assertNull(pair.bob.child().encapsulation());
  }

  @Test
  void behindANatEverythingMovesToPort4500() {
    aliceBehindNat();
    pair.up();
    assertTrue(pair.alice.one(IkeEvent.IkeUp.class).natLocal());
    assertFalse(pair.alice.one(IkeEvent.IkeUp.class).natRemote());
    assertTrue(pair.bob.one(IkeEvent.IkeUp.class).natRemote());
    assertEquals(4500, pair.alice.encapsulation().local().port());
    assertEquals(4500, pair.alice.encapsulation().remote().port());
    assertEquals(4500, pair.bob.encapsulation().local().port());
    assertEquals(new Endpoint(OUTSIDE, 40001), pair.bob.encapsulation().remote());
  }

  @Test
  void whoIsBehindTheNatKeepsItAwake() {
    aliceBehindNat();
    pair.up();
    pair.run(Duration.ofSeconds(65));
    List<EnginePair.Packet> keepalives =
        pair.sent.stream().filter(EnginePair.Packet::keepalive).toList();
    assertEquals(3, keepalives.size());
    assertTrue(keepalives.stream().allMatch(packet -> packet.sender() == pair.alice));
    assertEquals("ff", keepalives.getFirst().octets().toHex());
  }

  @Test
  void aForgottenMappingIsFollowedByWhoIsOutside() {
    aliceBehindNat();
    pair.up();
    mappings.clear();
    pair.alice.command(new IkeCommand.CheckLiveness(pair.alice.ikeSas().getFirst().ikeSa()));
    pair.settle();
    IkeEvent.PeerMoved moved = pair.bob.one(IkeEvent.PeerMoved.class);
    assertEquals(40001, moved.from().port());
    assertEquals(40002, moved.to().port());
    IkeOutput.MoveChildSa move =
        pair.bob.outputs.stream()
            .filter(IkeOutput.MoveChildSa.class::isInstance)
            .map(IkeOutput.MoveChildSa.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(40002, move.encapsulation().remote().port());
    pair.bob.command(new IkeCommand.CheckLiveness(pair.bob.ikeSas().getFirst().ikeSa()));
    pair.settle();
    assertTrue(pair.alice.events(IkeEvent.PeerMoved.class).isEmpty());
    pair.bob.command(new IkeCommand.RekeyChild(pair.bob.child().id()));
    pair.settle();
    assertEquals(40002, pair.bob.encapsulation().remote().port());
  }

  @Test
  void aReplayedOldRequestDoesNotMoveThePeer() {
    aliceBehindNat();
    pair.up();
    pair.alice.command(new IkeCommand.CheckLiveness(pair.alice.ikeSas().getFirst().ikeSa()));
    pair.settle();
    EnginePair.Packet probe =
        pair.sent.stream().filter(packet -> packet.is(EnginePair.INFO, false)).findFirst().get();
    Endpoint elsewhere = new Endpoint(IpAddress.parse("203.0.113.66"), 6666);
    pair.deliver(probe.between(elsewhere, probe.to()), Duration.ofMillis(1));
    pair.settle();
    assertTrue(pair.bob.events(IkeEvent.PeerMoved.class).isEmpty());
    assertEquals(
        OUTSIDE, pair.bob.ikeSas().getFirst().remote().address(), "only new messages count");
  }

  @Test
  void whoIsBehindANatDoesNotFollow() {
    aliceBehindNat();
    pair.up();
    pair.bob.command(new IkeCommand.CheckLiveness(pair.bob.ikeSas().getFirst().ikeSa()));
    EnginePair.Packet probe = pair.sent.getLast();
    pair.loseNothing();
    Endpoint alice = new Endpoint(IpAddress.parse("10.0.0.1"), 4500);
    pair.deliver(
        probe.between(new Endpoint(IpAddress.parse("203.0.113.66"), 6666), alice),
        Duration.ofMillis(1));
    pair.settle();
    assertTrue(pair.alice.events(IkeEvent.PeerMoved.class).isEmpty());
  }

  @Test
  void withoutANatNobodyFollows() {
    pair.up();
    pair.network =
        packet ->
            packet != null && packet.sender() == pair.alice
                ? packet.between(packet.from().withPort(501), packet.to())
                : packet;
    pair.alice.command(new IkeCommand.CheckLiveness(pair.alice.ikeSas().getFirst().ikeSa()));
    pair.settle();
    assertTrue(pair.bob.events(IkeEvent.PeerMoved.class).isEmpty());
    assertEquals(501, pair.sent.getLast().to().port(), "but the answer goes where it came from");
  }

  @Test
  void aFeignedNatHasBothSidesEncapsulate() {
    /* N(NAT_DETECTION_SOURCE_IP) is made not to match */
    pair.alice.peer.always = true;
    pair.up();
    assertNotNull(pair.alice.child().encapsulation());
    assertNotNull(pair.bob.child().encapsulation());
    assertEquals(4500, pair.alice.encapsulation().local().port());
    assertFalse(pair.alice.one(IkeEvent.IkeUp.class).natLocal());
    assertTrue(pair.bob.one(IkeEvent.IkeUp.class).natRemote());
    pair.run(Duration.ofMinutes(2));
    assertTrue(pair.sent.stream().noneMatch(EnginePair.Packet::keepalive), "there is no NAT");
  }

  @Test
  void theResponderMayFeignToo() {
    pair.bob.peer.always = true;
    pair.up();
    assertEquals(4500, pair.alice.encapsulation().remote().port());
    assertEquals(4500, pair.bob.encapsulation().remote().port());
  }
}
