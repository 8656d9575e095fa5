package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.ipsec4j.interop.Pki.KeyKind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ends prove who they are in every way that we know, and traffic passes. */
@DisplayName("strongSwan: a tunnel comes up and carries traffic")
final class StrongSwanInterop {
  private static final long TRANSFER = 100L << 20;

  /** Who sends the first message. */
  enum Initiator {
    WE,
    STRONGSWAN;

    boolean left() {
      return this == WE;
    }
  }

  @BeforeAll
  static void machine() {
    Lab.require();
  }

  @ParameterizedTest(name = "pre-shared key, initiator {0}")
  @EnumSource(Initiator.class)
  @DisplayName("with a pre-shared key")
  void preSharedKey(Initiator initiator, TestInfo test) {
    carries(Site.folder(test), Tunnel.plain(), initiator);
  }

  @ParameterizedTest(name = "certificates, {0}, signed by {1}, initiator {2}")
  @CsvSource({
    "ECDSA_P256, pubkey, WE",
    "ECDSA_P256, pubkey, STRONGSWAN",
    "RSA_2048, pubkey, WE",
    "RSA_2048, pubkey, STRONGSWAN",
    "RSA_2048, rsa/pss-sha256, WE",
    "RSA_2048, rsa/pss-sha256, STRONGSWAN",
  })
  @DisplayName("with certificates and RFC 7427 signatures")
  void certificates(KeyKind kind, String scheme, Initiator initiator, TestInfo test) {
    Path folder = Site.folder(test);
    carries(folder, Tunnel.plain().with(Pki.pair(folder, kind, scheme, 0)), initiator);
  }

  /* --> IKE_SA_INIT { SA, KE, N }   <-- { SA, KE, N }   --> IKE_AUTH { SK { ID, AUTH, SA, TS, TS } }   <-- { ... } */
  private static void carries(Path folder, Tunnel tunnel, Initiator initiator) {
    try (Site site = Site.direct(folder, tunnel)) {
      site.host(initiator.left()).initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(4, site.ping(4, 56), site::story);
      // bigger than the tunnel's MTU: fragments inside
      assertEquals(4, site.ping(4, 8_000), site::story);
      site.host(initiator.left()).deleteIke();
      site.awaitNothing();
    }
  }

  @ParameterizedTest(name = "100 MB over TCP, sender {0}")
  @EnumSource(Initiator.class)
  @DisplayName("and 100 MB pass unchanged")
  void transfer(Initiator sender, TestInfo test) {
    try (Site site = Site.direct(Site.folder(test), Tunnel.plain())) {
      site.left().initiate(Tunnel.CHILD);
      double speed = site.transfer(sender.left(), TRANSFER);
      System.out.printf("interop: 100 MB, sender %s: %.0f Mbit/s%n", sender, speed);
      long carried =
          sender.left() ? site.right().childSas().getFirst().packetsIn() : packetsOut(site);
      assertTrue(
          carried * 1_500 > TRANSFER, () -> carried + " packets through the tunnel" + site.story());
    }
  }

  private static long packetsOut(Site site) {
    return site.right().childSas().getFirst().packetsOut();
  }
}
