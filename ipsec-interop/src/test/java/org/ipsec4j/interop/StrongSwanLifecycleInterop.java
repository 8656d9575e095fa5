package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.ipsec4j.interop.IpsecHost.IkeSa;
import org.ipsec4j.interop.StrongSwanInterop.Initiator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends: by order, by Ctrl-C, by death of the peer, and before there was a beginning. */
@DisplayName("strongSwan: liveness, deletion, refusal")
final class StrongSwanLifecycleInterop {
  private static final Duration LIVENESS = Duration.ofSeconds(2);
  private static final Duration LOST = Duration.ofSeconds(200);

  @BeforeAll
  static void machine() {
    Lab.require();
  }

  /* --> INFORMATIONAL { SK { } }   (no answer, retransmissions, the SA ends) */
  @Test
  @DisplayName("a killed peer is noticed and named, and the tunnel comes back with the peer")
  void killedPeer(TestInfo test) {
    Tunnel tunnel = Tunnel.plain().liveness(LIVENESS, Duration.ZERO);
    try (Site site = Site.direct(Site.folder(test), tunnel)) {
      site.left().initiate(Tunnel.CHILD);
      assertEquals(3, site.ping(3, 56), site::story);
      site.right().kill();
      String reason = site.left().awaitPeerLost(LOST);
      assertFalse(reason.isBlank(), site::story);
      assertTrue(site.left().childSas().isEmpty(), site::story);
      site.restartRight();
      site.left().initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(3, site.ping(3, 56), site::story);
    }
  }

  /* <-- INFORMATIONAL { SK { } }   --> INFORMATIONAL { SK { } } */
  @Test
  @DisplayName("strongSwan's liveness checks are answered")
  void answersLiveness(TestInfo test) {
    Tunnel tunnel = Tunnel.plain().liveness(Duration.ZERO, Duration.ofSeconds(1));
    try (Site site = Site.direct(Site.folder(test), tunnel)) {
      site.left().initiate(Tunnel.CHILD);
      List<IkeSa> before = site.right().ikeSas();
      Proc.pause(Duration.ofSeconds(6));
      assertTrue(site.right().said("sending DPD request") >= 3, site::story);
      assertTrue(site.right().said("parsed INFORMATIONAL response") >= 3, site::story);
      assertEquals(0, site.right().said("retransmit 1 of request"), site::story);
      assertEquals(before, site.right().ikeSas(), site::story);
    }
  }

  /* --> INFORMATIONAL { SK { D(ESP) } }   <-- { SK { D(ESP) } }   --> CREATE_CHILD_SA { SK { SA, Ni, KEi, TSi, TSr } } */
  @ParameterizedTest(name = "the Child SA is deleted and made anew below the same IKE SA, by {0}")
  @EnumSource(Initiator.class)
  @DisplayName("deletion of the Child SA")
  void deleteChild(Initiator initiator, TestInfo test) {
    try (Site site = Site.direct(Site.folder(test), Tunnel.plain())) {
      IpsecHost host = site.host(initiator.left());
      host.initiate(Tunnel.CHILD);
      site.awaitAgreement();
      List<IkeSa> ike = site.left().ikeSas();
      host.deleteChild(Tunnel.CHILD);
      site.await(
          "both sides are without Child SA",
          () -> site.left().childSas().isEmpty() && site.right().childSas().isEmpty());
      assertEquals(ike, site.right().ikeSas(), site::story);
      assertEquals(0, site.ping(2, 56), site::story);
      host.initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(ike, site.left().ikeSas(), site::story);
      assertEquals(3, site.ping(3, 56), site::story);
    }
  }

  /* --> INFORMATIONAL { SK { D(IKE) } }   <-- INFORMATIONAL { SK { } } */
  @ParameterizedTest(name = "the IKE SA is deleted by {0}")
  @EnumSource(Initiator.class)
  @DisplayName("deletion of the IKE SA")
  void deleteIke(Initiator initiator, TestInfo test) {
    try (Site site = Site.direct(Site.folder(test), Tunnel.plain())) {
      site.left().initiate(Tunnel.CHILD);
      site.awaitAgreement();
      site.host(initiator.left()).deleteIke();
      site.awaitNothing();
      assertEquals(0, site.ping(2, 56), site::story);
    }
  }

  @Test
  @DisplayName("Ctrl-C deletes the SAs on strongSwan before the gateway ends")
  void interrupted(TestInfo test) {
    try (Site site = Site.direct(Site.folder(test), Tunnel.plain())) {
      site.left().initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(site.left().interruptedStatus(), site.left().interrupt(), site::story);
      site.await(
          "strongSwan has no SA",
          () -> site.right().ikeSas().isEmpty() && site.right().childSas().isEmpty());
      assertEquals(0, site.right().said("giving up after"), site::story);
    }
  }

  @Test
  @DisplayName("strongSwan's end deletes the SAs here")
  void peerInterrupted(TestInfo test) {
    try (Site site = Site.direct(Site.folder(test), Tunnel.plain())) {
      site.right().initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(0, site.right().interrupt(), site::story);
      site.await(
          "we have no SA",
          () -> site.left().ikeSas().isEmpty() && site.left().childSas().isEmpty());
    }
  }

  /* --> IKE_AUTH { SK { IDi, AUTH, ... } }   <-- IKE_AUTH { SK { N(AUTHENTICATION_FAILED) } } */
  @ParameterizedTest(name = "a wrong pre-shared key, initiator {0}")
  @EnumSource(Initiator.class)
  @DisplayName("a wrong pre-shared key gives a diagnosis")
  void wrongKey(Initiator initiator, TestInfo test) {
    refused(
        test,
        Tunnel.plain().with(new Tunnel.Psk("this is ours", "this is theirs")),
        initiator,
        "(?i)auth|key");
  }

  /* --> IKE_SA_INIT { SA, KE, Ni }   <-- IKE_SA_INIT { N(NO_PROPOSAL_CHOSEN) } */
  @ParameterizedTest(name = "no common proposal, initiator {0}")
  @EnumSource(Initiator.class)
  @DisplayName("proposals without a common algorithm give a diagnosis")
  void noCommonProposal(Initiator initiator, TestInfo test) {
    refused(
        test,
        Tunnel.plain().ike("aes256gcm16-prfsha256-x25519", "aes128-sha256-modp2048"),
        initiator,
        "(?i)no_?prop|proposal");
  }

  private static void refused(TestInfo test, Tunnel tunnel, Initiator initiator, String mentions) {
    try (Site site = Site.direct(Site.folder(test), tunnel)) {
      String diagnosis;
      if (initiator.left()) {
        diagnosis = site.left().initiateInVain(Tunnel.CHILD);
      } else {
        site.right().initiateInVain(Tunnel.CHILD);
        diagnosis = site.left().awaitRefusal(IpsecHost.PATIENCE);
      }
      assertTrue(
          Pattern.compile(mentions).matcher(diagnosis).find(), () -> diagnosis + site.story());
      site.awaitNothing();
    }
  }
}
