package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus.Phase;
import org.ipsec4j.ike.wire.DecodeResult;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.MessageDecoder;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.junit.jupiter.api.Test;

/** IKE_SA_INIT, with IKE_AUTH behind it (RFC 7296 1.2, 2.6, 2.7). */
class IkeSaUpScenario {
  private final EnginePair pair = new EnginePair();

  private static IkeMessage decoded(EnginePair.Packet packet) {
    if (MessageDecoder.decode(packet.octets().toArray()) instanceof DecodeResult.Ok ok) {
      return ok.message();
    }
    throw new AssertionError("unreadable");
  }

  @Test
  void fourMessagesBringAnIkeSaAndAChildSaUp() {
    /* HDR, SAi1, KEi, Ni  -->                                   */
    /*                     <--  HDR, SAr1, KEr, Nr               */
    /* HDR, SK {IDi, IDr, AUTH, SA, TSi, TSr}  -->               */
    /*                     <--  HDR, SK {IDr, AUTH, SA, TSi, TSr} */
    pair.up();
    assertEquals(4, pair.sent.size());
    assertEquals(Phase.ESTABLISHED, pair.alice.ikeSas().getFirst().phase());
    assertEquals(
        pair.bob.peer.localIdentity, pair.alice.one(IkeEvent.IkeUp.class).remoteIdentity());
    assertTrue(pair.alice.engine().drops().isEmpty(), "nothing is dropped");
  }

  @Test
  void theResponderCanReceiveBeforeItsAnswerGoesOut() {
    pair.up();
    List<IkeOutput> outputs = pair.bob.outputs;
    int install =
        outputs.indexOf(
            outputs.stream().filter(o -> o instanceof IkeOutput.InstallChildSa).findFirst().get());
    assertTrue(install < outputs.lastIndexOf(lastTransmit(outputs)));
  }

  private static IkeOutput lastTransmit(List<IkeOutput> outputs) {
    return outputs.stream()
        .filter(o -> o instanceof IkeOutput.Transmit)
        .reduce((first, second) -> second)
        .get();
  }

  @Test
  void lostMessagesAreSentAgain() {
    int[] count = {0};
    pair.lose(packet -> count[0]++ % 3 == 0);
    pair.alice.initiate();
    pair.run(Duration.ofMinutes(1));
    pair.assertUp();
    assertTrue(pair.sent.size() > 4);
  }

  @Test
  void aRepeatedFirstRequestGetsTheSameAnswer() {
    pair.alice.initiate();
    EnginePair.Packet first = pair.sent.getFirst();
    pair.deliver(first, Duration.ofMillis(1));
    pair.settle();
    pair.assertUp();
    assertEquals(1, pair.bob.drops(IkeDropReason.RETRANSMISSION));
    List<EnginePair.Packet> answers =
        pair.sent.stream().filter(packet -> packet.is(EnginePair.INIT, true)).toList();
    assertEquals(2, answers.size());
    assertEquals(answers.get(0).octets(), answers.get(1).octets());
    // A copy that comes late makes no second IKE SA.
    pair.deliver(first, Duration.ofSeconds(5));
    pair.settle();
    pair.assertUp();
  }

  @Test
  void underLoadACookieIsAskedFor() {
    /* HDR(A,0), SAi1, KEi, Ni  -->                          */
    /*                          <--  HDR(A,0), N(COOKIE)     */
    /* HDR(A,0), N(COOKIE), SAi1, KEi, Ni  -->               */
    /*                          <--  HDR(A,B), SAr1, KEr, Nr */
    pair.bob.cookieThreshold = 0;
    pair.alice.initiate();
    pair.settle();
    pair.assertUp();
    List<EnginePair.Packet> requests =
        pair.sent.stream().filter(packet -> packet.is(EnginePair.INIT, false)).toList();
    assertEquals(2, requests.size());
    IkeMessage bare = decoded(requests.get(0));
    IkeMessage withCookie = decoded(requests.get(1));
    assertTrue(
        withCookie.payloads().getFirst() instanceof NotifyPayload cookie
            && cookie.is(NotifyType.COOKIE));
    // All else unchanged, but for the NAT hashes when they are feigned (2.6).
    assertEquals(bare.payloads(), withCookie.payloads().subList(1, withCookie.payloads().size()));
    assertEquals(1, pair.bob.drops(IkeDropReason.BAD_COOKIE));
  }

  @Test
  void aStolenCookieIsOfNoUse() {
    pair.bob.cookieThreshold = 0;
    pair.network =
        packet -> {
          // Each cookie comes from another address than it was given to.
          return packet != null && packet.is(EnginePair.INIT, false)
              ? packet.between(packet.from().withPort(1000 + pair.sent.size()), packet.to())
              : packet;
        };
    pair.alice.initiate();
    pair.run(Duration.ofMillis(100));
    assertTrue(pair.bob.ikeSas().isEmpty());
    long tries = pair.bob.drops(IkeDropReason.BAD_COOKIE);
    assertTrue(tries >= 2 && tries < 10, "cookies are not followed for ever: " + tries);
  }

  @Test
  void anotherKeyExchangeIsTriedWhenTheResponderWantsIt() {
    /* HDR(A,0), SAi1, KEi(X25519), Ni  -->                           */
    /*                          <--  HDR(A,0), N(INVALID_KE_PAYLOAD)  */
    /* HDR(A,0), SAi1, KEi(ECP_256), Ni  -->                          */
    pair.alice.peer.methods = List.of(KeyExchangeMethod.X25519, KeyExchangeMethod.ECP_256);
    pair.bob.peer.methods = List.of(KeyExchangeMethod.ECP_256);
    pair.up();
    assertEquals(
        KeyExchangeMethod.ECP_256, pair.alice.one(IkeEvent.IkeUp.class).algorithms().keyExchange());
    assertEquals(2, pair.count(EnginePair.INIT, false));
  }

  @Test
  void keysAreExchangedByEncapsulation() {
    /* draft-ietf-ipsecme-ikev2-mlkem 2.1: KEi is a key, KEr a ciphertext of another length. */
    pair.alice.peer.methods = List.of(KeyExchangeMethod.X25519, KeyExchangeMethod.ML_KEM_512);
    pair.bob.peer.methods = List.of(KeyExchangeMethod.ML_KEM_512);
    pair.up();
    assertEquals(
        KeyExchangeMethod.ML_KEM_512,
        pair.alice.one(IkeEvent.IkeUp.class).algorithms().keyExchange());
    assertEquals(
        KeyExchangeMethod.ML_KEM_512,
        pair.bob.one(IkeEvent.IkeUp.class).algorithms().keyExchange());
    assertEquals(2, pair.count(EnginePair.INIT, false), "INVALID_KE_PAYLOAD leads from X25519");
  }

  @Test
  void cookieAndKeyExchangeTogether() {
    /* The cookie goes along in the retry, so one round trip is saved (2.6.1). */
    pair.bob.cookieThreshold = 0;
    pair.alice.peer.methods = List.of(KeyExchangeMethod.X25519, KeyExchangeMethod.ECP_256);
    pair.bob.peer.methods = List.of(KeyExchangeMethod.ECP_256);
    pair.up();
    assertEquals(3, pair.count(EnginePair.INIT, false));
  }

  @Test
  void aForgedDemandForAWeakGroupIsOnlyAHint() {
    pair.alice.peer.methods = List.of(KeyExchangeMethod.X25519);
    pair.bob.peer.methods = List.of(KeyExchangeMethod.ECP_256, KeyExchangeMethod.X25519);
    pair.lose(packet -> packet.is(EnginePair.INIT, true));
    pair.alice.initiate();
    pair.run(Duration.ofMillis(50));
    EnginePair.Packet answer =
        pair.sent.stream().filter(packet -> packet.is(EnginePair.INIT, true)).findFirst().get();
    pair.loseNothing();
    // The true answer comes behind a forged one.
    IkeMessage forged =
        new IkeMessage(
            answer.header(),
            List.of(
                NotifyPayload.of(
                    NotifyType.INVALID_KE_PAYLOAD,
                    org.ipsec4j.api.Bytes.copyOf(new byte[] {0, 2}))));
    pair.deliver(
        answer.with(
            org.ipsec4j.api.Bytes.copyOf(org.ipsec4j.ike.wire.MessageEncoder.encode(forged))),
        Duration.ofMillis(1));
    pair.deliver(answer, Duration.ofMillis(2));
    pair.settle();
    pair.assertUp();
    assertEquals(1, pair.alice.drops(IkeDropReason.UNPROTECTED_HINT));
  }

  @Test
  void proposalsThatDoNotFitAreExplainedOnBothSides() {
    /* HDR(A,0), SAi1, KEi, Ni  -->                         */
    /*                <--  HDR(A,0), N(NO_PROPOSAL_CHOSEN)  */
    pair.bob.peer.ikeEncryption = List.of(TestPeer.CBC);
    pair.alice.initiate();
    pair.run(Duration.ofSeconds(3));
    assertEquals(Cause.NO_COMMON_IKE_PROPOSAL, pair.alice.diagnosis().cause());
    assertTrue(pair.alice.diagnosis().text().contains("AES_GCM_16_128"));
    assertEquals(Cause.NO_COMMON_IKE_PROPOSAL, pair.bob.diagnosis().cause());
    assertTrue(pair.bob.diagnosis().text().contains("AES_CBC_128"), pair.bob.diagnosis().text());
    assertTrue(pair.alice.ikeSas().isEmpty());
    assertTrue(pair.bob.ikeSas().isEmpty());
  }

  @Test
  void silenceIsExplained() {
    pair.lose(packet -> true);
    pair.alice.initiate();
    pair.run(Duration.ofMinutes(2));
    assertEquals(Cause.NO_ANSWER, pair.alice.diagnosis().cause());
    assertEquals(5, pair.sent.size(), "as many transmissions as the policy says");
    assertTrue(pair.alice.ikeSas().isEmpty());
    assertEquals(Long.MAX_VALUE, pair.alice.engine().nextTimeout());
  }

  @Test
  void silenceAfterTheFirstAnswerIsExplainedOtherwise() {
    pair.lose(packet -> packet.is(EnginePair.AUTH, false));
    pair.alice.initiate();
    pair.run(Duration.ofMinutes(2));
    assertEquals(Cause.NO_ANSWER_AFTER_INIT, pair.alice.diagnosis().cause());
    assertTrue(pair.bob.ikeSas().isEmpty(), "half-open IKE SAs are forgotten");
    assertEquals(Long.MAX_VALUE, pair.bob.engine().nextTimeout());
  }

  @Test
  void strangersAreNotAnswered() {
    pair.bob.peer.remoteAddress = "198.51.100.7";
    pair.alice.initiate();
    pair.run(Duration.ofSeconds(1));
    assertEquals(1, pair.bob.drops(IkeDropReason.NO_PEER));
    assertEquals(Cause.NO_PAD_ENTRY, pair.bob.diagnosis().cause());
    assertEquals(0, pair.count(EnginePair.INIT, true));
  }

  @Test
  void beyondTheLimitFirstRequestsAreDropped() {
    pair.bob.halfOpenLimit = 0;
    pair.alice.initiate();
    pair.run(Duration.ofMillis(100));
    assertEquals(1, pair.bob.drops(IkeDropReason.HALF_OPEN_LIMIT));
  }

  @Test
  void oneSourceDoesNotTakeThePlacesOfAll() {
    pair.bob.cookieThreshold = 1;
    pair.bob.halfOpenLimit = 16;
    pair.lose(packet -> packet.is(EnginePair.AUTH, false));
    pair.alice.initiate();
    pair.run(Duration.ofMillis(100));
    assertEquals(1, pair.bob.ikeSas().size());
    pair.alice.restart();
    pair.alice.initiate();
    pair.run(Duration.ofMillis(100));
    assertEquals(
        1, pair.bob.drops(IkeDropReason.BAD_COOKIE), "it is asked for a cookie, brings it,");
    assertEquals(1, pair.bob.drops(IkeDropReason.HALF_OPEN_LIMIT), "and has its share already");
    assertEquals(1, pair.bob.ikeSas().size());
  }

  @Test
  void whileWorkRunsRepetitionsAreBusy() {
    pair.bob.holdWork = true;
    pair.alice.initiate();
    pair.run(Duration.ofMillis(1500));
    assertEquals(1, pair.bob.drops(IkeDropReason.BUSY));
    pair.bob.completeHeld();
    pair.settle();
    pair.assertUp();
  }

  @Test
  void workForWhatIsGoneIsIgnored() {
    pair.bob.holdWork = true;
    pair.alice.initiate();
    pair.run(Duration.ofSeconds(40));
    assertTrue(pair.bob.ikeSas().isEmpty());
    int before = pair.bob.outputs.size();
    pair.lose(packet -> true);
    pair.bob.completeHeld();
    assertTrue(pair.bob.ikeSas().isEmpty());
    assertTrue(
        pair.bob.outputs.subList(before, pair.bob.outputs.size()).stream()
            .noneMatch(output -> output instanceof IkeOutput.Transmit));
  }

  @Test
  void aCommandThatNamesNothingIsExplained() {
    pair.alice.command(new IkeCommand.Initiate("nobody", "net", null, null));
    assertEquals(Cause.UNKNOWN_NAME, pair.alice.diagnosis().cause());
  }

  @Test
  void initiatingTwiceMakesOneIkeSa() {
    pair.alice.initiate();
    pair.alice.initiate();
    pair.settle();
    pair.alice.initiate();
    pair.settle();
    pair.assertUp();
    assertEquals(4, pair.sent.size());
  }

  @Test
  void bothSidesMayBeginAtOnce() {
    pair.alice.initiate();
    pair.bob.initiate();
    pair.run(Duration.ofSeconds(10));
    assertEquals(2, pair.alice.ikeSas().size());
    pair.assertAgree();
    assertNotEquals(0, pair.alice.installed.size());
  }

  @Test
  void keysAreToldOnlyWhenAskedFor() {
    pair.alice.exportKeys = true;
    pair.up();
    assertEquals(1, pair.alice.events(IkeEvent.KeysExported.class).size());
    assertEquals(0, pair.bob.events(IkeEvent.KeysExported.class).size());
    assertEquals(20, pair.alice.one(IkeEvent.KeysExported.class).skEi().length());
  }
}
