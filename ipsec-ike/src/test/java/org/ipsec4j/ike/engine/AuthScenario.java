package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.Identity;
import org.junit.jupiter.api.Test;

/** Who proves what to whom in IKE_AUTH (RFC 7296 2.15, 2.21.2, RFC 7427). */
class AuthScenario {
  private final EnginePair pair = new EnginePair();

  private void certificates(SignatureAlgorithm algorithm) {
    for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
      side.keys.signing.put("key", TestKeys.signing(algorithm, 600));
      side.peer.localAuth = new AuthMethod.Certificate("key");
      side.peer.remoteAuth = new AuthMethod.Certificate("anchors");
    }
  }

  private void refused() {
    pair.alice.initiate();
    pair.run(Duration.ofMinutes(1));
    assertTrue(pair.alice.installed.isEmpty());
    assertTrue(pair.bob.installed.isEmpty());
    assertTrue(pair.alice.ikeSas().isEmpty());
    assertTrue(pair.bob.ikeSas().isEmpty());
  }

  @Test
  void anotherSharedKeyIsRefused() {
    /* HDR, SK {IDi, AUTH, SA, TSi, TSr}  -->                          */
    /*                        <--  HDR, SK {N(AUTHENTICATION_FAILED)} */
    pair.bob.keys.shared.put("psk", Secret.copyOf("other".getBytes(StandardCharsets.US_ASCII)));
    refused();
    assertEquals(Cause.REFUSED_BY_PEER, pair.alice.diagnosis().cause());
    assertTrue(pair.alice.diagnosis().candidates().size() > 1, "only the peer knows");
    assertEquals(Cause.PSK_MISMATCH, pair.bob.diagnosis().cause());
    assertTrue(pair.bob.events(IkeEvent.IkeUp.class).isEmpty());
  }

  @Test
  void anotherIdentityIsRefusedByTheResponder() {
    pair.bob.peer.remoteIdentity = new Identity.Fqdn("mallory.test");
    refused();
    assertEquals(Cause.UNEXPECTED_IDENTITY, pair.bob.diagnosis().cause());
    assertTrue(pair.bob.diagnosis().cure().contains("alice.test"));
    assertEquals(Cause.REFUSED_BY_PEER, pair.alice.diagnosis().cause());
  }

  @Test
  void anotherIdentityIsRefusedByTheInitiator() {
    /* HDR, SK {N(AUTHENTICATION_FAILED)}  -->   in an INFORMATIONAL exchange (2.21.2) */
    /*                                     <--  HDR, SK {}                              */
    pair.alice.peer.remoteIdentity = null;
    pair.up();
    EnginePair second = new EnginePair(2);
    second.alice.peer.remoteIdentity = new Identity.Fqdn("carol.test");
    second.bob.peer.localIdentity = new Identity.Fqdn("carol.test");
    second.up();
    EnginePair third = new EnginePair(3);
    third.alice.peer.remoteAuth = new AuthMethod.Psk("theirs");
    third.alice.keys.shared.put(
        "theirs", Secret.copyOf("not it".getBytes(StandardCharsets.US_ASCII)));
    third.alice.initiate();
    third.run(Duration.ofMinutes(1));
    assertEquals(Cause.PSK_MISMATCH, third.alice.diagnosis().cause());
    assertEquals(1, third.count(EnginePair.INFO, false));
    assertEquals(Cause.REFUSED_BY_PEER, third.bob.diagnosis().cause());
    assertTrue(third.bob.ikeSas().isEmpty());
    assertTrue(third.bob.installed.isEmpty());
    assertEquals(1, third.bob.events(IkeEvent.IkeDown.class).size());
  }

  @Test
  void askingForSomebodyElseIsRefused() {
    pair.alice.peer.remoteIdentity = new Identity.Fqdn("carol.test");
    refused();
    assertEquals(Cause.REFUSED_BY_PEER, pair.alice.diagnosis().cause());
    assertEquals(Cause.NO_PAD_ENTRY, pair.bob.diagnosis().cause());
    assertTrue(pair.bob.diagnosis().summary().contains("carol.test"));
  }

  @Test
  void withoutAKeyOfOursNothingIsSent() {
    pair.alice.keys.shared.clear();
    refused();
    assertEquals(Cause.NO_LOCAL_CREDENTIALS, pair.alice.diagnosis().cause());
  }

  @Test
  void certificatesProveBothSides() {
    /* HDR, SK {IDi, CERT, CERTREQ, IDr, AUTH, SA, TSi, TSr}  -->             */
    /*                           <--  HDR, SK {IDr, CERT, AUTH, SA, TSi, TSr} */
    certificates(SignatureAlgorithm.ED25519);
    pair.up();
  }

  @Test
  void certificatesWithEcdsaAndRsaToo() {
    for (SignatureAlgorithm algorithm :
        List.of(
            SignatureAlgorithm.ECDSA_SHA256,
            SignatureAlgorithm.RSA_PSS_SHA256,
            SignatureAlgorithm.RSA_PKCS1_SHA256)) {
      EnginePair one = new EnginePair(algorithm.ordinal());
      for (EnginePair.Side side : List.of(one.alice, one.bob)) {
        side.keys.signing.put("key", TestKeys.signing(algorithm, 0));
        side.peer.localAuth = new AuthMethod.Certificate("key");
        side.peer.remoteAuth = new AuthMethod.Certificate("anchors");
      }
      one.up();
    }
  }

  @Test
  void oneSideByCertificateTheOtherBySharedKey() {
    pair.bob.keys.signing.put("key", TestKeys.signing(SignatureAlgorithm.ED25519, 0));
    pair.bob.peer.localAuth = new AuthMethod.Certificate("key");
    pair.alice.peer.remoteAuth = new AuthMethod.Certificate("anchors");
    pair.up();
  }

  @Test
  void theWrongPrivateKeyIsRefused() {
    certificates(SignatureAlgorithm.ED25519);
    pair.alice.keys.signing.put("key", TestKeys.mixedUp());
    refused();
    assertEquals(Cause.BAD_SIGNATURE, pair.bob.diagnosis().cause());
  }

  @Test
  void aCertificateThatIsNotAcceptedIsExplainedByWhoChecks() {
    certificates(SignatureAlgorithm.ED25519);
    pair.alice.keys.path =
        new PathOutcome.Rejected(
            PathOutcome.Cause.EXPIRED, "expired yesterday", "renew it", List.of("CN=bob"));
    refused();
    assertEquals(Cause.CERTIFICATE_REJECTED, pair.alice.diagnosis().cause());
    assertEquals("renew it", pair.alice.diagnosis().cure());
    assertEquals(Cause.REFUSED_BY_PEER, pair.bob.diagnosis().cause());
  }

  @Test
  void aSharedKeyInThePlaceOfACertificateIsRefused() {
    pair.bob.peer.remoteAuth = new AuthMethod.Certificate("anchors");
    refused();
    assertEquals(Cause.WRONG_AUTH_METHOD, pair.bob.diagnosis().cause());
  }

  @Test
  void offloadedStepsMayComeBackLate() {
    certificates(SignatureAlgorithm.ED25519);
    pair.alice.initiate();
    pair.settle();
    pair.assertUp();
    EnginePair slow = new EnginePair(5);
    for (EnginePair.Side side : List.of(slow.alice, slow.bob)) {
      side.keys.signing.put("key", TestKeys.signing(SignatureAlgorithm.ED25519, 0));
      side.peer.localAuth = new AuthMethod.Certificate("key");
      side.peer.remoteAuth = new AuthMethod.Certificate("anchors");
      side.holdWork = true;
    }
    slow.alice.initiate();
    for (int step = 0; step < 40; step++) {
      slow.run(Duration.ofMillis(700));
      for (EnginePair.Side side : List.of(slow.alice, slow.bob)) {
        if (!side.held.isEmpty()) {
          side.complete(side.held.poll());
        }
      }
    }
    slow.assertUp();
  }
}
