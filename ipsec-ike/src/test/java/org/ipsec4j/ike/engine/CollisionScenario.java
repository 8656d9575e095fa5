package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.sa.IkeSaId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sides act on the same SA at once (RFC 7296 2.8.1, 2.8.2, 2.25). */
class CollisionScenario {
  private static final long[] SEEDS = {1, 2, 3, 4, 5, 6, 7, 8};

  private static IkeSaId ikeSa(EnginePair.Side side) {
    return side.ikeSas().getFirst().ikeSa();
  }

  private static void rekeyChild(EnginePair.Side side) {
    side.command(new IkeCommand.RekeyChild(side.child().id()));
  }

  private static void rekeyIke(EnginePair.Side side) {
    side.command(new IkeCommand.RekeyIke(ikeSa(side)));
  }

  private static void assertOneLeft(EnginePair pair) {
    pair.run(Duration.ofSeconds(90));
    assertEquals(1, pair.alice.ikeSas().size(), () -> pair.alice.ikeSas().toString());
    assertEquals(1, pair.alice.installed.size());
    pair.assertAgree();
    for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
      assertTrue(side.events(IkeEvent.IkeDown.class).isEmpty());
      assertTrue(side.events(IkeEvent.NegotiationFailed.class).isEmpty());
      assertTrue(
          side.events(IkeEvent.ChildDown.class).stream()
              .allMatch(event -> event.reason() == DownReason.REDUNDANT));
    }
    // And what is left still works.
    rekeyChild(pair.alice);
    pair.run(Duration.ofSeconds(2));
    rekeyIke(pair.bob);
    pair.run(Duration.ofSeconds(2));
    pair.assertAgree();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void bothRekeyTheSameChild(long seed) {
    /* HDR, SK {N(REKEY_SA), SA, Ni1, ...}  -->    <--  HDR, SK {N(REKEY_SA), SA, Ni2, ...}   */
    /* HDR, SK {SA, Nr2, ...}  -->                 <--  HDR, SK {SA, Nr1, ...}                */
    /* the one with the lowest nonce is deleted by who began it, the old one by the other     */
    EnginePair pair = new EnginePair(seed);
    pair.up();
    rekeyChild(pair.alice);
    rekeyChild(pair.bob);
    pair.settle();
    assertEquals(1, pair.alice.installed.size());
    assertEquals(2, pair.count(EnginePair.INFO, false), "one delete by each side");
    assertOneLeft(pair);
  }

  @Test
  void bothRekeyTheSameChildWithPerfectForwardSecrecyAndLateWork() {
    for (long seed : SEEDS) {
      EnginePair pair = new EnginePair(seed);
      pair.alice.peer.pfs = List.of(KeyExchangeMethod.X25519);
      pair.bob.peer.pfs = List.of(KeyExchangeMethod.X25519);
      pair.up();
      pair.alice.holdWork = true;
      rekeyChild(pair.alice);
      rekeyChild(pair.bob);
      pair.run(Duration.ofMillis(500));
      pair.alice.completeHeld();
      assertOneLeft(pair);
    }
  }

  @Test
  void theFirstRequestOfOneSideIsLost() {
    /* HDR, SK {N(REKEY_SA), ...}  --> (lost)     <--  HDR, SK {N(REKEY_SA), ...}              */
    /* HDR, SK {SA, Nr, ...}  -->                 <--  HDR, SK {D}                              */
    /* HDR, SK {N(REKEY_SA), ...}  --> (again)    <--  HDR, SK {N(CHILD_SA_NOT_FOUND)}  (2.8.1) */
    for (long seed : SEEDS) {
      EnginePair pair = new EnginePair(seed);
      pair.up();
      pair.lose(packet -> packet.sender() == pair.alice && packet.is(EnginePair.CREATE, false));
      rekeyChild(pair.alice);
      rekeyChild(pair.bob);
      pair.run(Duration.ofMillis(500));
      pair.loseNothing();
      assertOneLeft(pair);
    }
  }

  @Test
  void theAnswersOfOneSideAreLost() {
    for (long seed : SEEDS) {
      EnginePair pair = new EnginePair(seed);
      pair.up();
      pair.lose(packet -> packet.sender() == pair.alice && packet.is(EnginePair.CREATE, true));
      rekeyChild(pair.alice);
      rekeyChild(pair.bob);
      pair.run(Duration.ofMillis(500));
      pair.loseNothing();
      assertOneLeft(pair);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void bothRekeyTheIkeSa(long seed) {
    /* HDR, SK {SA, Ni1, KEi1}  -->         <--  HDR, SK {SA, Ni2, KEi2}   */
    /* HDR, SK {SA, Nr2, KEr2}  -->         <--  HDR, SK {SA, Nr1, KEr1}   */
    EnginePair pair = new EnginePair(seed);
    pair.up();
    rekeyIke(pair.alice);
    rekeyIke(pair.bob);
    pair.settle();
    assertEquals(1, pair.alice.events(IkeEvent.IkeRekeyed.class).size());
    assertEquals(1, pair.bob.events(IkeEvent.IkeRekeyed.class).size());
    assertOneLeft(pair);
  }

  @Test
  void onlyOneSideNoticesThatBothRekeyTheIkeSa() {
    /* HDR, SK {SA, Ni1, KEi1}  -->         <--  HDR, SK {SA, Ni2, KEi2} (lost)   */
    /*                                      <--  HDR, SK {SA, Nr1, KEr1}          */
    /* HDR, SK {D}  -->                     <--  HDR, SK {}                (2.8.2) */
    for (long seed : SEEDS) {
      EnginePair pair = new EnginePair(seed);
      pair.up();
      pair.lose(packet -> packet.sender() == pair.bob && packet.is(EnginePair.CREATE, false));
      rekeyIke(pair.alice);
      rekeyIke(pair.bob);
      pair.run(Duration.ofMillis(500));
      pair.loseNothing();
      assertOneLeft(pair);
    }
  }

  @Test
  void theAnswerToOneIkeRekeyIsLateInACollision() {
    for (long seed : SEEDS) {
      EnginePair pair = new EnginePair(seed);
      pair.up();
      pair.lose(packet -> packet.sender() == pair.bob && packet.is(EnginePair.CREATE, true));
      rekeyIke(pair.alice);
      rekeyIke(pair.bob);
      pair.run(Duration.ofMillis(500));
      pair.loseNothing();
      assertOneLeft(pair);
    }
  }

  @Test
  void oneRekeysTheIkeSaWhileTheOtherRekeysAChild() {
    /* HDR, SK {SA, Ni, KEi}  -->           <--  HDR, SK {N(REKEY_SA), SA, Ni, ...}             */
    /* HDR, SK {N(TEMPORARY_FAILURE)}  -->  <--  HDR, SK {N(TEMPORARY_FAILURE)}   (2.25), later  */
    for (long seed : SEEDS) {
      EnginePair pair = new EnginePair(seed);
      pair.up();
      rekeyIke(pair.alice);
      rekeyChild(pair.bob);
      pair.settle();
      assertOneLeft(pair);
      assertEquals(
          1,
          pair.alice.events(IkeEvent.IkeRekeyed.class).stream()
              .filter(IkeEvent.IkeRekeyed::initiator)
              .count());
    }
  }

  @Test
  void oneRekeysTheChildThatTheOtherDeletes() {
    for (long seed : SEEDS) {
      EnginePair pair = new EnginePair(seed);
      pair.up();
      rekeyChild(pair.alice);
      pair.bob.command(new IkeCommand.DeleteChild(pair.bob.child().id()));
      pair.run(Duration.ofMinutes(1));
      pair.assertAgree();
      assertEquals(1, pair.alice.ikeSas().size());
    }
  }

  @Test
  void oneRekeysTheIkeSaThatTheOtherDeletes() {
    /* HDR, SK {SA, Ni, KEi}  -->           <--  HDR, SK {D}    */
    /* HDR, SK {}  -->                      and the rekey is forgotten (2.25.2) */
    EnginePair pair = new EnginePair();
    pair.up();
    rekeyIke(pair.alice);
    pair.bob.command(new IkeCommand.DeleteIke(ikeSa(pair.bob)));
    pair.run(Duration.ofMinutes(1));
    assertTrue(pair.alice.ikeSas().isEmpty());
    assertTrue(pair.bob.ikeSas().isEmpty());
    assertTrue(pair.alice.installed.isEmpty());
  }

  @Test
  void oneCreatesAChildWhileTheOtherRekeysTheIkeSa() {
    EnginePair pair = new EnginePair();
    pair.alice.peer.childNames = List.of("net", "tcp");
    pair.bob.peer.childNames = List.of("net", "tcp");
    pair.up();
    rekeyIke(pair.bob);
    pair.alice.initiate("tcp");
    pair.run(Duration.ofMinutes(1));
    assertEquals(2, pair.alice.installed.size());
    assertEquals(1, pair.bob.ikeSas().size());
    pair.assertAgree();
  }

  @Test
  void everythingAtOnce() {
    for (long seed : SEEDS) {
      EnginePair pair = new EnginePair(seed);
      pair.alice.peer.childNames = List.of("net", "tcp");
      pair.bob.peer.childNames = List.of("net", "tcp");
      pair.up();
      for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
        rekeyChild(side);
        side.initiate("tcp");
        rekeyIke(side);
      }
      pair.run(Duration.ofMinutes(3));
      assertEquals(1, pair.bob.ikeSas().size());
      assertTrue(pair.alice.installed.size() >= 2);
      pair.assertAgree();
    }
  }
}
