package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeHeader;
import org.ipsec4j.ike.wire.MessageEncoder;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.junit.jupiter.api.Test;

/** Does the peer live, and what if not (RFC 7296 2.4)? */
class LivenessScenario {
  private final EnginePair pair = new EnginePair();

  @Test
  void anIdlePeerIsProbed() {
    /* HDR, SK {}  -->            */
    /*          <--  HDR, SK {}   */
    pair.bob.peer.liveness = Duration.ZERO;
    pair.up();
    pair.run(Duration.ofSeconds(100));
    assertEquals(3, pair.count(EnginePair.INFO, false));
    assertEquals(3, pair.count(EnginePair.INFO, true));
    pair.assertUp();
  }

  @Test
  void trafficIsProofEnough() {
    pair.bob.peer.liveness = Duration.ZERO;
    pair.up();
    for (int i = 0; i < 10; i++) {
      pair.run(Duration.ofSeconds(10));
      pair.alice.command(new IkeCommand.InboundTraffic(pair.alice.child().id()));
    }
    assertEquals(0, pair.count(EnginePair.INFO, false));
  }

  @Test
  void aProbeOnCommand() {
    pair.up();
    pair.alice.command(new IkeCommand.CheckLiveness(pair.alice.ikeSas().getFirst().ikeSa()));
    pair.settle();
    assertEquals(2, pair.count(EnginePair.INFO, false) + pair.count(EnginePair.INFO, true));
  }

  @Test
  void aDeadPeerIsGivenUpWithAllItHad() {
    pair.up();
    pair.lose(packet -> true);
    pair.run(Duration.ofMinutes(2));
    for (EnginePair.Side side : new EnginePair.Side[] {pair.alice, pair.bob}) {
      assertTrue(side.ikeSas().isEmpty());
      assertTrue(side.installed.isEmpty());
      assertEquals(DownReason.PEER_UNRESPONSIVE, side.one(IkeEvent.IkeDown.class).reason());
      assertEquals(DownReason.IKE_SA_GONE, side.one(IkeEvent.ChildDown.class).reason());
      assertEquals(Cause.NO_ANSWER, side.diagnosis().cause());
    }
    assertEquals(10, pair.count(EnginePair.INFO, false), "five tries by each side");
    assertEquals(Long.MAX_VALUE, pair.alice.engine().nextTimeout());
  }

  @Test
  void pausesGrow() {
    pair.bob.peer.liveness = Duration.ZERO;
    pair.up();
    long[] times = new long[5];
    int[] count = {0};
    pair.network =
        packet -> {
          if (packet != null && count[0] < 5) {
            times[count[0]++] = pair.now;
          }
          return null;
        };
    pair.run(Duration.ofMinutes(1));
    long previous = 0;
    for (int i = 1; i < 5; i++) {
      long pause = times[i] - times[i - 1];
      assertTrue(pause > previous * 1.7, "pause " + i + ": " + pause);
      previous = pause;
    }
  }

  @Test
  void afterARestartTheOldIkeSaGoes() {
    /* HDR, SK {IDi, N(INITIAL_CONTACT), ...}  -->    */
    pair.up();
    pair.alice.restart();
    pair.alice.events.clear();
    pair.bob.events.clear();
    pair.run(Duration.ofSeconds(1));
    pair.alice.initiate();
    pair.settle();
    assertEquals(DownReason.REPLACED_BY_NEW_CONTACT, pair.bob.one(IkeEvent.IkeDown.class).reason());
    pair.assertUp();
  }

  @Test
  void aProtectedMessageForAForgottenIkeSaIsNotAnswered() {
    pair.up();
    pair.bob.restart();
    pair.alice.command(new IkeCommand.CheckLiveness(pair.alice.ikeSas().getFirst().ikeSa()));
    pair.settle();
    assertEquals(1, pair.bob.drops(IkeDropReason.UNKNOWN_SPI));
  }

  @Test
  void anUnprotectedErrorLeadsToAProbeAtMost() {
    pair.alice.peer.liveness = Duration.ZERO;
    pair.bob.peer.liveness = Duration.ZERO;
    pair.up();
    pair.run(Duration.ofSeconds(20));
    var id = pair.alice.ikeSas().getFirst().ikeSa();
    for (int i = 0; i < 5; i++) {
      IkeHeader header =
          IkeHeader.of(
              id.initiatorSpi(), id.responderSpi(), ExchangeType.INFORMATIONAL, false, true, 2);
      byte[] forged =
          MessageEncoder.encode(
              header, java.util.List.of(NotifyPayload.of(NotifyType.INVALID_IKE_SPI)));
      EnginePair.Packet last = pair.sent.getLast();
      pair.deliver(
          new EnginePair.Packet(pair.bob, last.from(), last.to(), Bytes.copyOf(forged), false),
          Duration.ofMillis(1));
    }
    pair.settle();
    assertEquals(5, pair.alice.drops(IkeDropReason.UNPROTECTED_HINT));
    assertEquals(1, pair.count(EnginePair.INFO, false), "one probe");
    pair.assertUp();
  }
}
