package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus.Phase;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.IkeSaId;
import org.junit.jupiter.api.Test;

/** Make before break: Child SAs and IKE SAs are replaced (RFC 7296 2.8, 1.3.2, 1.3.3). */
class RekeyScenario {
  private final EnginePair pair = new EnginePair();

  private IkeSaId ikeSa(EnginePair.Side side) {
    return side.ikeSas().getFirst().ikeSa();
  }

  private static IkeOutput.ReplaceChildSa replaced(EnginePair.Side side) {
    List<IkeOutput.ReplaceChildSa> all =
        side.outputs.stream()
            .filter(IkeOutput.ReplaceChildSa.class::isInstance)
            .map(IkeOutput.ReplaceChildSa.class::cast)
            .toList();
    assertEquals(1, all.size());
    return all.getFirst();
  }

  @Test
  void aChildIsReplacedThenTheOldOneDeleted() {
    /* HDR, SK {N(REKEY_SA), SA, Ni, TSi, TSr}  -->                  */
    /*                         <--  HDR, SK {SA, Nr, TSi, TSr}       */
    /* HDR, SK {D}  -->                                              */
    /*                         <--  HDR, SK {D}                      */
    pair.up();
    ChildSa before = pair.alice.child();
    pair.alice.command(new IkeCommand.RekeyChild(before.id()));
    pair.settle();
    assertEquals(8, pair.sent.size());
    assertNotEquals(before.inboundSpi(), pair.alice.child().inboundSpi());
    assertNotEquals(
        EnginePair.hex(before.inboundKeys().encryption()),
        EnginePair.hex(pair.alice.child().inboundKeys().encryption()));
    pair.assertAgree();
    assertTrue(replaced(pair.alice).sendOnNewAtOnce(), "the initiator sends on the new one");
    assertFalse(replaced(pair.bob).sendOnNewAtOnce(), "the responder waits (2.8)");
    assertTrue(pair.alice.one(IkeEvent.ChildRekeyed.class).initiator());
    assertTrue(pair.alice.events(IkeEvent.ChildDown.class).isEmpty(), "it has a successor");
    assertTrue(pair.bob.events(IkeEvent.ChildDown.class).isEmpty());
  }

  @Test
  void theResponderOfTheFirstExchangeMayRekeyToo() {
    pair.up();
    pair.bob.command(new IkeCommand.RekeyChild(pair.bob.child().id()));
    pair.settle();
    pair.assertAgree();
    assertTrue(pair.bob.child().initiator());
  }

  @Test
  void aChildWithPerfectForwardSecrecy() {
    pair.alice.peer.pfs = List.of(KeyExchangeMethod.X25519);
    pair.bob.peer.pfs = List.of(KeyExchangeMethod.X25519);
    pair.up();
    pair.alice.command(new IkeCommand.RekeyChild(pair.alice.child().id()));
    pair.settle();
    assertEquals(8, pair.sent.size());
    pair.assertAgree();
  }

  @Test
  void narrowedTrafficStaysNarrow() {
    pair.alice.peer.remote = List.of(TrafficSelector.of("10.0.0.0/8"));
    pair.bob.peer.local = List.of(TrafficSelector.of("10.2.3.0/24"));
    pair.up();
    pair.bob.command(new IkeCommand.RekeyChild(pair.bob.child().id()));
    pair.settle();
    assertEquals(List.of(TrafficSelector.of("10.2.3.0/24")), pair.alice.child().remoteSelectors());
    pair.assertAgree();
  }

  @Test
  void oldAndNewStandSideBySideUntilTheDelete() {
    pair.up();
    pair.lose(packet -> packet.is(EnginePair.INFO, false));
    pair.alice.command(new IkeCommand.RekeyChild(pair.alice.child().id()));
    pair.settle();
    assertEquals(2, pair.alice.installed.size());
    assertEquals(2, pair.bob.installed.size());
    assertEquals(
        1,
        pair.bob.ikeSas().getFirst().children().stream().filter(child -> child.replaced()).count());
    pair.loseNothing();
    pair.run(Duration.ofSeconds(5));
    assertEquals(1, pair.alice.installed.size());
    pair.assertAgree();
  }

  @Test
  void aLostAnswerIsRepeated() {
    pair.up();
    pair.lose(packet -> packet.is(EnginePair.CREATE, true) && pair.sent.size() < 8);
    pair.alice.command(new IkeCommand.RekeyChild(pair.alice.child().id()));
    pair.run(Duration.ofSeconds(10));
    assertEquals(1, pair.alice.installed.size());
    pair.assertAgree();
  }

  @Test
  void theIkeSaIsReplacedWithItsChildren() {
    /* HDR, SK {SA, Ni, KEi}  -->                     */
    /*                   <--  HDR, SK {SA, Nr, KEr}   */
    /* HDR, SK {D}  -->                               */
    /*                   <--  HDR, SK {}              */
    pair.up();
    IkeSaId before = ikeSa(pair.alice);
    pair.alice.command(new IkeCommand.RekeyIke(before));
    pair.settle();
    assertEquals(8, pair.sent.size());
    assertNotEquals(before, ikeSa(pair.alice));
    pair.assertAgree();
    assertEquals(1, pair.alice.ikeSas().getFirst().children().size(), "children are inherited");
    assertEquals(1, pair.bob.ikeSas().getFirst().children().size());
    assertTrue(pair.alice.one(IkeEvent.IkeRekeyed.class).initiator());
    assertTrue(pair.alice.events(IkeEvent.IkeDown.class).isEmpty());
    assertTrue(pair.bob.events(IkeEvent.IkeDown.class).isEmpty());
  }

  @Test
  void theNewIkeSaWorksInBothDirections() {
    pair.up();
    pair.bob.command(new IkeCommand.RekeyIke(ikeSa(pair.bob)));
    pair.run(Duration.ofSeconds(1));
    assertTrue(pair.bob.ikeSas().getFirst().initiator(), "who rekeys is the initiator");
    pair.alice.command(new IkeCommand.RekeyChild(pair.alice.child().id()));
    pair.run(Duration.ofSeconds(1));
    pair.bob.command(new IkeCommand.RekeyChild(pair.bob.child().id()));
    pair.run(Duration.ofSeconds(1));
    pair.alice.command(new IkeCommand.RekeyIke(ikeSa(pair.alice)));
    pair.run(Duration.ofSeconds(1));
    pair.bob.command(new IkeCommand.CheckLiveness(ikeSa(pair.bob)));
    pair.run(Duration.ofSeconds(1));
    assertEquals(1, pair.alice.installed.size());
    pair.assertAgree();
  }

  private void bobChangesHisMind() {
    pair.bob.command(new IkeCommand.UsePolicy(new OtherChoice(pair.bob.peer.entry())));
  }

  @Test
  void anotherKeyExchangeForTheIkeSa() {
    /* HDR, SK {SA, Ni, KEi(X25519)}  -->                             */
    /*                   <--  HDR, SK {N(INVALID_KE_PAYLOAD)}         */
    /* HDR, SK {SA, Ni, KEi(ECP_256)}  -->                            */
    /*                   <--  HDR, SK {SA, Nr, KEr}                   */
    pair.alice.peer.methods = List.of(KeyExchangeMethod.X25519, KeyExchangeMethod.ECP_256);
    pair.up();
    pair.bob.peer.methods = List.of(KeyExchangeMethod.ECP_256);
    bobChangesHisMind();
    pair.alice.command(new IkeCommand.RekeyIke(ikeSa(pair.alice)));
    pair.settle();
    assertEquals(2, pair.count(EnginePair.CREATE, false));
    pair.alice.one(IkeEvent.IkeRekeyed.class);
    pair.assertAgree();
  }

  @Test
  void anIkeSaThatCannotBeRekeyedIsTriedAgainUntilItDies() {
    /* HDR, SK {SA, Ni, KEi}  -->                                  */
    /*                   <--  HDR, SK {N(NO_PROPOSAL_CHOSEN)}      */
    pair.alice.peer.ikeRekey = Duration.ofMinutes(10);
    pair.alice.peer.ikeHard = Duration.ofMinutes(12);
    pair.up();
    pair.bob.peer.ikeEncryption = List.of(TestPeer.CBC);
    bobChangesHisMind();
    pair.run(Duration.ofMinutes(11));
    List<IkeEvent.NegotiationFailed> failures = pair.alice.events(IkeEvent.NegotiationFailed.class);
    assertTrue(failures.size() >= 2 && failures.size() <= 5, "tries: " + failures.size());
    assertEquals(Cause.NO_COMMON_IKE_PROPOSAL, failures.getFirst().diagnosis().cause());
    assertEquals(1, pair.alice.installed.size());
    pair.run(Duration.ofMinutes(2));
    assertEquals(DownReason.EXPIRED, pair.alice.one(IkeEvent.IkeDown.class).reason());
    assertTrue(pair.bob.ikeSas().isEmpty());
  }

  @Test
  void lifetimesLeadToRekeys() {
    pair.alice.peer.childRekey = Duration.ofMinutes(10);
    pair.alice.peer.ikeRekey = Duration.ofMinutes(35);
    pair.alice.peer.childHard = Duration.ofMinutes(12);
    pair.bob.peer.childHard = Duration.ofMinutes(12);
    pair.alice.peer.jitter = 10;
    pair.up();
    pair.run(Duration.ofHours(2));
    assertEquals(1, pair.alice.installed.size());
    pair.assertAgree();
    int children = pair.alice.events(IkeEvent.ChildRekeyed.class).size();
    int ikes = pair.alice.events(IkeEvent.IkeRekeyed.class).size();
    assertTrue(children >= 12 && children <= 14, "rekeys: " + children);
    assertTrue(ikes >= 3 && ikes <= 4, "IKE rekeys: " + ikes);
    assertTrue(pair.alice.events(IkeEvent.ChildDown.class).isEmpty());
  }

  @Test
  void aChildThatCouldNotBeRekeyedDies() {
    pair.alice.peer.childRekey = Duration.ofMinutes(10);
    pair.alice.peer.childHard = Duration.ofMinutes(12);
    pair.up();
    pair.bob.peer.espEncryption = List.of(TestPeer.CBC);
    bobChangesHisMind();
    pair.run(Duration.ofMinutes(11));
    assertEquals(1, pair.alice.installed.size(), "it lives on while it may");
    assertEquals(
        Cause.NO_COMMON_CHILD_PROPOSAL,
        pair.alice.events(IkeEvent.NegotiationFailed.class).getFirst().diagnosis().cause());
    pair.run(Duration.ofMinutes(2));
    assertEquals(DownReason.EXPIRED, pair.alice.one(IkeEvent.ChildDown.class).reason());
    assertTrue(pair.bob.installed.isEmpty());
    assertEquals(1, pair.bob.ikeSas().size());
    int failures = pair.alice.events(IkeEvent.NegotiationFailed.class).size();
    pair.run(Duration.ofMinutes(20));
    assertEquals(
        failures,
        pair.alice.events(IkeEvent.NegotiationFailed.class).size(),
        "what is gone is not tried again");
  }

  @Test
  void theHardLifetimeOfTheIkeSaEndsIt() {
    pair.alice.peer.ikeHard = Duration.ofMinutes(5);
    pair.up();
    pair.run(Duration.ofMinutes(6));
    assertTrue(pair.alice.ikeSas().isEmpty());
    assertTrue(pair.bob.ikeSas().isEmpty());
    assertEquals(DownReason.EXPIRED, pair.alice.one(IkeEvent.IkeDown.class).reason());
  }

  @Test
  void aReplacedIkeSaThatTheInitiatorForgetsIsDeletedByTheResponder() {
    pair.up();
    pair.lose(packet -> packet.is(EnginePair.INFO, false) && packet.sender() == pair.alice);
    pair.alice.command(new IkeCommand.RekeyIke(ikeSa(pair.alice)));
    pair.run(Duration.ofSeconds(25));
    pair.loseNothing();
    assertEquals(2, pair.bob.ikeSas().size());
    // Once she speaks on the new one, the old one is not kept for long.
    pair.run(Duration.ofSeconds(100));
    assertEquals(1, pair.bob.ikeSas().size());
    assertEquals(Phase.ESTABLISHED, pair.bob.ikeSas().getFirst().phase());
    pair.assertAgree();
  }

  @Test
  void childrenWaitingForTheirTurnMoveToTheNewIkeSa() {
    pair.alice.peer.childNames = List.of("net", "tcp");
    pair.bob.peer.childNames = List.of("net", "tcp");
    pair.up();
    pair.alice.command(new IkeCommand.RekeyIke(ikeSa(pair.alice)));
    pair.alice.initiate("tcp");
    pair.settle();
    assertEquals(2, pair.alice.installed.size());
    pair.assertAgree();
  }

  @Test
  void aChildThatThePeerDoesNotKnowIsMadeAnew() {
    /* HDR, SK {N(REKEY_SA), SA, Ni, TSi, TSr}  --> (late)            */
    /*                <--  HDR, SK {D}                                */
    /*                <--  HDR, SK {N(CHILD_SA_NOT_FOUND)}   (2.25)   */
    /* HDR, SK {SA, Ni, TSi, TSr}  -->                                */
    pair.up();
    ChildSa before = pair.alice.child();
    // Bob's goodbye to the child never reaches Alice, so only he knows that it is gone.
    pair.lose(packet -> packet.sender() == pair.bob && packet.is(EnginePair.INFO, false));
    pair.bob.command(new IkeCommand.DeleteChild(pair.bob.child().id()));
    pair.alice.command(new IkeCommand.RekeyChild(before.id()));
    pair.settle();
    // While he deletes it he cannot say yes, and asks to come back (2.25.1).
    assertEquals(2, pair.count(EnginePair.CREATE, false) + pair.count(EnginePair.CREATE, true));
    pair.loseNothing();
    pair.run(Duration.ofSeconds(10));
    assertTrue(pair.bob.installed.isEmpty());
    pair.assertAgree();
    assertTrue(pair.alice.events(IkeEvent.NegotiationFailed.class).isEmpty(), "it is no failure");
  }
}
