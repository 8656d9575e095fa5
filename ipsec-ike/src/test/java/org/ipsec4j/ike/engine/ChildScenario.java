package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSaId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Child SAs come and go (RFC 7296 1.3.1, 1.4.1, 2.9). */
class ChildScenario {
  private final EnginePair pair = new EnginePair();

  private static ChildSaId only(EnginePair.Side side) {
    return side.child().id();
  }

  private void childRefused(Cause alices, @Nullable Cause bobs) {
    pair.alice.initiate();
    pair.run(Duration.ofSeconds(20));
    assertEquals(alices, pair.alice.diagnosis().cause());
    if (bobs != null) {
      assertEquals(bobs, pair.bob.diagnosis().cause());
    }
    assertEquals(1, pair.alice.ikeSas().size(), "the IKE SA stays (2.21.2)");
    assertEquals(1, pair.bob.ikeSas().size());
    assertTrue(pair.alice.installed.isEmpty());
    assertTrue(pair.bob.installed.isEmpty());
  }

  @Test
  void theResponderNarrows() {
    pair.alice.peer.remote = List.of(TrafficSelector.of("10.0.0.0/8"));
    pair.bob.peer.local = List.of(TrafficSelector.of("10.2.3.0/24"));
    pair.up();
    assertEquals(List.of(TrafficSelector.of("10.2.3.0/24")), pair.alice.child().remoteSelectors());
  }

  @Test
  void disjointTrafficIsExplainedOnBothSides() {
    /* HDR, SK {IDi, AUTH, SA, TSi, TSr}  -->                        */
    /*             <--  HDR, SK {IDr, AUTH, N(TS_UNACCEPTABLE)}      */
    pair.bob.peer.local = List.of(TrafficSelector.of("172.16.0.0/12"));
    childRefused(Cause.TRAFFIC_SELECTORS_DISJOINT, Cause.TRAFFIC_SELECTORS_DISJOINT);
    assertTrue(pair.bob.diagnosis().text().contains("172.16.0.0/12"));
    assertTrue(pair.bob.diagnosis().text().contains("10.2.0.0/16"));
  }

  @Test
  void proposalsThatDoNotFitLeaveTheIkeSaUp() {
    pair.bob.peer.espEncryption = List.of(TestPeer.CBC);
    childRefused(Cause.NO_COMMON_CHILD_PROPOSAL, Cause.NO_COMMON_CHILD_PROPOSAL);
  }

  @Test
  void transportModeWhenBothWantIt() {
    pair.alice.peer.mode = SaMode.TRANSPORT;
    pair.bob.peer.mode = SaMode.TRANSPORT;
    pair.up();
    assertEquals(SaMode.TRANSPORT, pair.bob.child().mode());
  }

  @Test
  void aResponderThatDeclinesTransportModeIsLeft() {
    /* <--  ... SA, TSi, TSr   without N(USE_TRANSPORT_MODE): tunnel mode is set up there (1.3.1) */
    /* HDR, SK {D}  -->                                                                          */
    pair.alice.peer.mode = SaMode.TRANSPORT;
    childRefused(Cause.MODE_MISMATCH, null);
    assertEquals(1, pair.count(EnginePair.INFO, false));
    assertEquals(DownReason.DELETED_BY_PEER, pair.bob.one(IkeEvent.ChildDown.class).reason());
  }

  @Test
  void aSecondChildUsesTheSameIkeSa() {
    /* HDR, SK {SA, Ni, TSi, TSr}  -->                     */
    /*                  <--  HDR, SK {SA, Nr, TSi, TSr}    */
    pair.alice.peer.childNames = List.of("net", "tcp");
    pair.bob.peer.childNames = List.of("net", "tcp");
    pair.up();
    pair.alice.initiate("tcp");
    pair.settle();
    assertEquals(2, pair.alice.installed.size());
    pair.assertAgree();
    assertEquals(6, pair.sent.size());
    pair.bob.initiate("tcp");
    pair.settle();
    assertEquals(6, pair.sent.size(), "it is up already");
  }

  @Test
  void severalChildrenAskedForAtOnceComeUpOneAfterTheOther() {
    pair.alice.peer.childNames = List.of("net", "tcp", "udp");
    pair.bob.peer.childNames = List.of("net", "tcp", "udp");
    pair.alice.initiate("net");
    pair.alice.initiate("tcp");
    pair.alice.initiate("udp");
    pair.alice.initiate("udp");
    pair.settle();
    assertEquals(3, pair.alice.installed.size());
    pair.assertAgree();
  }

  @Test
  void aPacketThatAskedForItComesFirstInTheSelectors() {
    pair.alice.command(
        new IkeCommand.Initiate(
            "bob", "net", TrafficSelector.of("10.1.2.3"), TrafficSelector.of("10.2.3.4")));
    pair.settle();
    assertEquals(1, pair.alice.installed.size());
    assertTrue(pair.alice.child().localSelectors().contains(TrafficSelector.of("10.1.0.0/16")));
  }

  @Test
  void aChildWithItsOwnKeyExchange() {
    /* HDR, SK {SA, Ni, KEi, TSi, TSr}  -->                    */
    /*                  <--  HDR, SK {SA, Nr, KEr, TSi, TSr}   */
    for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
      side.peer.childNames = List.of("net", "tcp");
      side.peer.pfs = List.of(KeyExchangeMethod.X25519);
    }
    pair.up();
    pair.bob.initiate("tcp");
    pair.settle();
    assertEquals(2, pair.alice.installed.size());
    pair.assertAgree();
  }

  @Test
  void aChildWithItsOwnEncapsulation() {
    /* draft-ietf-ipsecme-ikev2-mlkem appendix A: ML-KEM alone in CREATE_CHILD_SA */
    for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
      side.peer.childNames = List.of("net", "tcp");
      side.peer.pfs = List.of(KeyExchangeMethod.ML_KEM_768);
    }
    pair.up();
    pair.bob.initiate("tcp");
    pair.settle();
    assertEquals(2, pair.alice.installed.size());
    pair.assertAgree();
  }

  @Test
  void perfectForwardSecrecyOnOneSideOnlyIsRefused() {
    pair.alice.peer.childNames = List.of("net", "tcp");
    pair.bob.peer.childNames = List.of("net", "tcp");
    pair.bob.peer.pfs = List.of(KeyExchangeMethod.X25519);
    pair.up();
    pair.alice.initiate("tcp");
    pair.run(Duration.ofSeconds(1));
    assertEquals(Cause.NO_COMMON_CHILD_PROPOSAL, pair.alice.diagnosis().cause());
    assertEquals(1, pair.alice.installed.size());
    pair.assertAgree();
  }

  @Test
  void anotherKeyExchangeForAChild() {
    /* HDR, SK {SA, Ni, KEi(X25519), TSi, TSr}  -->                      */
    /*                         <--  HDR, SK {N(INVALID_KE_PAYLOAD)}      */
    for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
      side.peer.childNames = List.of("net", "tcp");
    }
    pair.alice.peer.pfs = List.of(KeyExchangeMethod.X25519, KeyExchangeMethod.ECP_256);
    pair.bob.peer.pfs = List.of(KeyExchangeMethod.ECP_256);
    pair.up();
    pair.alice.initiate("tcp");
    pair.settle();
    assertEquals(2, pair.count(EnginePair.CREATE, false));
    assertEquals(2, pair.alice.installed.size());
    pair.assertAgree();
  }

  @Test
  void deletedByCommand() {
    /* HDR, SK {D}  -->              */
    /*         <--  HDR, SK {D}      */
    pair.up();
    pair.alice.command(new IkeCommand.DeleteChild(only(pair.alice)));
    assertTrue(pair.alice.installed.isEmpty(), "packets stop at once");
    pair.settle();
    assertTrue(pair.bob.installed.isEmpty());
    assertEquals(DownReason.DELETED_BY_COMMAND, pair.alice.one(IkeEvent.ChildDown.class).reason());
    assertEquals(DownReason.DELETED_BY_PEER, pair.bob.one(IkeEvent.ChildDown.class).reason());
    assertEquals(1, pair.alice.ikeSas().size());
    pair.alice.initiate();
    pair.settle();
    assertEquals(1, pair.alice.installed.size());
    pair.assertAgree();
  }

  @Test
  void deletedByBothSidesAtOnce() {
    /* HDR, SK {D}  -->   <--  HDR, SK {D}      the requests cross (1.4.1) */
    /* HDR, SK {}   -->   <--  HDR, SK {}       and neither answer deletes */
    pair.up();
    pair.alice.command(new IkeCommand.DeleteChild(only(pair.alice)));
    pair.bob.command(new IkeCommand.DeleteChild(only(pair.bob)));
    pair.settle();
    assertTrue(pair.alice.installed.isEmpty());
    assertTrue(pair.bob.installed.isEmpty());
    assertEquals(1, pair.alice.events(IkeEvent.ChildDown.class).size());
    assertEquals(4, pair.sent.size() - 4);
    pair.assertAgree();
  }

  @Test
  void theIkeSaIsDeletedWithItsChildren() {
    /* HDR, SK {D}  -->              */
    /*         <--  HDR, SK {}       */
    pair.up();
    pair.alice.command(new IkeCommand.DeleteIke(pair.alice.ikeSas().getFirst().ikeSa()));
    pair.settle();
    for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
      assertTrue(side.ikeSas().isEmpty());
      assertTrue(side.installed.isEmpty());
      assertEquals(DownReason.IKE_SA_GONE, side.one(IkeEvent.ChildDown.class).reason());
    }
    assertEquals(DownReason.DELETED_BY_PEER, pair.bob.one(IkeEvent.IkeDown.class).reason());
    pair.run(Duration.ofSeconds(30));
    assertEquals(Long.MAX_VALUE, pair.bob.engine().nextTimeout(), "nothing is left");
    assertEquals(Long.MAX_VALUE, pair.alice.engine().nextTimeout());
  }

  @Test
  void theIkeSaIsDeletedByBothSidesAtOnce() {
    pair.up();
    pair.alice.command(new IkeCommand.DeleteIke(pair.alice.ikeSas().getFirst().ikeSa()));
    pair.bob.command(new IkeCommand.DeleteIke(pair.bob.ikeSas().getFirst().ikeSa()));
    pair.run(Duration.ofMinutes(1));
    for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
      assertTrue(side.ikeSas().isEmpty());
      assertEquals(DownReason.DELETED_BY_COMMAND, side.one(IkeEvent.IkeDown.class).reason());
    }
  }

  @Test
  void aLostGoodbyeIsAnsweredAgain() {
    pair.up();
    pair.lose(packet -> packet.sender() == pair.bob && pair.sent.size() < 7);
    pair.alice.command(new IkeCommand.DeleteIke(pair.alice.ikeSas().getFirst().ikeSa()));
    pair.run(Duration.ofSeconds(4));
    assertTrue(pair.alice.ikeSas().isEmpty());
    assertTrue(pair.bob.ikeSas().isEmpty());
  }

  @Test
  void shutdownSaysGoodbyeAndCloses() {
    pair.up();
    pair.alice.command(new IkeCommand.Shutdown());
    pair.settle();
    assertTrue(pair.alice.closed);
    assertTrue(pair.bob.ikeSas().isEmpty());
    pair.bob.initiate();
    pair.run(Duration.ofMillis(100));
    assertTrue(pair.alice.ikeSas().isEmpty(), "a closed engine answers nobody");
  }

  @Test
  void shutdownDoesNotWaitForTheDead() {
    pair.up();
    pair.lose(packet -> true);
    pair.alice.command(new IkeCommand.Shutdown());
    pair.run(Duration.ofSeconds(6));
    assertTrue(pair.alice.closed);
    assertTrue(pair.alice.installed.isEmpty());
    assertEquals(Long.MAX_VALUE, pair.alice.engine().nextTimeout());
  }

  @Test
  void shutdownOfAnIdleEngineClosesAtOnce() {
    pair.alice.command(new IkeCommand.Shutdown());
    assertTrue(pair.alice.closed);
  }
}
