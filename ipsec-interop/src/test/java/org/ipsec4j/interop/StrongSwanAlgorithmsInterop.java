package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ipsec4j.interop.StrongSwanInterop.Initiator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every family of algorithms once, with a rekey, so that the group is used for the Child SA too.
 */
@DisplayName("strongSwan: algorithms and groups")
final class StrongSwanAlgorithmsInterop {
  @BeforeAll
  static void machine() {
    Lab.require();
  }

  @ParameterizedTest(name = "IKE {0}, ESP {1}, initiator {2}")
  @CsvSource({
    "aes128gcm16-prfsha256-x25519,       aes128gcm16-x25519,        WE",
    "aes256gcm16-prfsha384-ecp384,       aes256gcm16-ecp384,        STRONGSWAN",
    "aes256-sha256-ecp256,               aes256-sha256-ecp256,      WE",
    "aes128-sha256-modp2048,             aes128-sha256-modp2048,    STRONGSWAN",
    "aes256-sha512-modp2048,             aes256-sha512-modp2048,    WE",
    "chacha20poly1305-prfsha256-x25519,  chacha20poly1305-x25519,   WE",
    "chacha20poly1305-prfsha512-x25519,  chacha20poly1305-x25519,   STRONGSWAN",
  })
  @DisplayName("traffic before and after a rekey")
  void algorithms(String ike, String esp, Initiator initiator, TestInfo test) {
    try (Site site = Site.direct(Site.folder(test), Tunnel.plain().ike(ike).esp(esp))) {
      IpsecHost host = site.host(initiator.left());
      host.initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(3, site.ping(3, 1_000), site::story);
      host.rekeyChild(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(3, site.ping(3, 1_000), site::story);
      host.rekeyIke();
      site.awaitAgreement();
      site.host(!initiator.left()).rekeyChild(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(3, site.ping(3, 1_000), site::story);
    }
  }

  /* --> { SA, KE(x25519), Ni }   <-- { N(INVALID_KE_PAYLOAD, ecp256) }   --> { SA, KE(ecp256), Ni }   <-- { SA, KE, Nr } */
  @ParameterizedTest(name = "a wrong first guess of the group, initiator {0}")
  @EnumSource(Initiator.class)
  @DisplayName("INVALID_KE_PAYLOAD")
  void otherGroup(Initiator initiator, TestInfo test) {
    String both = "aes256gcm16-prfsha256-x25519-ecp256";
    String one = "aes256gcm16-prfsha256-ecp256";
    Tunnel tunnel =
        initiator.left() ? Tunnel.plain().ike(both, one) : Tunnel.plain().ike(one, both);
    try (Site site = Site.direct(Site.folder(test), tunnel)) {
      site.host(initiator.left()).initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(3, site.ping(3, 100), site::story);
    }
  }
}
