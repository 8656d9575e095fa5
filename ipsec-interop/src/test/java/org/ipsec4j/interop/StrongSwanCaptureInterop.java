package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.ipsec4j.interop.Pki.KeyKind;
import org.ipsec4j.interop.StrongSwanInterop.Initiator;
import org.ipsec4j.interop.Tshark.Kind;
import org.ipsec4j.interop.Tshark.Verdict;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A third party reads the wire: tshark, with nothing but the keys that we export. */
@DisplayName("strongSwan: the wire as tshark sees it")
final class StrongSwanCaptureInterop {
  private static final int IKE_AUTH = 35;
  private static final int ETHERNET = 14;

  @BeforeAll
  static void machine() {
    Lab.require();
  }

  @ParameterizedTest(name = "IKE {0}, ESP {1}, initiator {2}")
  @CsvSource({
    "aes256gcm16-prfsha256-x25519, aes128gcm16-x25519,   WE",
    "aes256-sha256-ecp256,         aes256-sha256-ecp256, STRONGSWAN",
  })
  @DisplayName("our exported keys open every packet, with good ICVs")
  void exportedKeys(String ike, String esp, Initiator initiator, TestInfo test) {
    try (Site site = Site.captured(Site.folder(test), Tunnel.plain().ike(ike).esp(esp))) {
      site.host(initiator.left()).initiate(Tunnel.CHILD);
      assertEquals(3, site.ping(3, 100), site::story);
      site.left().rekeyChild(Tunnel.CHILD);
      assertEquals(3, site.ping(3, 1_400), site::story);
      site.left().rekeyIke();
      site.awaitAgreement();
      site.right().rekeyChild(Tunnel.CHILD);
      site.awaitAgreement();
      site.right().rekeyIke();
      site.awaitAgreement();
      assertEquals(3, site.ping(3, 8_000), site::story);
      site.left().deleteIke();
      site.awaitNothing();
      Path capture = site.stopCapture();
      Judge.everythingOpens(capture, site.left().wiresharkProfile(), site::story);
      Judge.nothingInTheClear(capture, site.left().wiresharkProfile());
    }
  }

  /* --> IKE_AUTH { SKF(1 of n) }   --> IKE_AUTH { SKF(2 of n) } ...   <-- IKE_AUTH { SKF(1 of n) } ... */
  @ParameterizedTest(name = "initiator {0}")
  @EnumSource(Initiator.class)
  @DisplayName("certificates that fit into no datagram travel in IKE fragments (RFC 7383)")
  void fragments(Initiator initiator, TestInfo test) {
    Path folder = Site.folder(test);
    Tunnel tunnel = Tunnel.plain().with(Pki.pair(folder, KeyKind.RSA_4096, "pubkey", 40));
    try (Site site = Site.captured(folder, tunnel)) {
      site.host(initiator.left()).initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(3, site.ping(3, 100), site::story);
      List<Verdict> seen = Tshark.read(site.stopCapture(), site.left().wiresharkProfile());
      for (Tunnel.Side side : List.of(tunnel.left(), tunnel.right())) {
        Predicate<Verdict> sent = verdict -> verdict.wire().source().equals(side.address());
        List<Verdict> auth =
            seen.stream().filter(sent).filter(v -> v.exchange() == IKE_AUTH).toList();
        assertTrue(
            auth.size() >= 3 && auth.stream().allMatch(Verdict::fragment),
            () -> auth + site.story());
        assertTrue(
            auth.stream().allMatch(v -> v.wire().length() - ETHERNET <= 1_500), auth::toString);
        assertFalse(auth.stream().anyMatch(v -> v.wire().ipFragment()), auth::toString);
      }
    }
  }

  /* behind a NAT: --> port 4500 with the non-ESP marker, ESP in UDP, keepalives (RFC 3948) */
  @ParameterizedTest(name = "rekeys by {0}")
  @EnumSource(Initiator.class)
  @DisplayName("through a router that masquerades us")
  void nat(Initiator rekeys, TestInfo test) {
    try (Site site = Site.behindNat(Site.folder(test), Tunnel.plain())) {
      site.left().initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertEquals(3, site.ping(3, 100), site::story);
      site.host(rekeys.left()).rekeyChild(Tunnel.CHILD);
      site.awaitAgreement();
      site.host(rekeys.left()).rekeyIke();
      site.awaitAgreement();
      // the usual interval of keepalives is 20 seconds
      if (rekeys.left()) {
        Proc.pause(Duration.ofSeconds(24));
      }
      assertEquals(3, site.ping(3, 100), site::story);
      Path capture = site.stopCapture();
      Judge.everythingOpens(capture, site.left().wiresharkProfile(), site::story);
      List<Verdict> ours =
          Tshark.read(capture, site.left().wiresharkProfile()).stream()
              .filter(verdict -> verdict.wire().source().equals("10.9.0.1"))
              .toList();
      assertTrue(
          ours.stream()
              .filter(verdict -> verdict.kind() == Kind.ESP)
              .allMatch(
                  verdict -> verdict.wire().port() >= 20_000 && verdict.wire().port() <= 20_500),
          ours::toString);
      if (rekeys.left()) {
        assertTrue(ours.stream().anyMatch(StrongSwanCaptureInterop::isKeepalive), ours::toString);
      }
    }
  }

  /** One octet of UDP payload, and no marker of IKE or ESP. */
  private static boolean isKeepalive(Verdict verdict) {
    return verdict.kind() == Kind.OTHER && verdict.wire().protocols().contains("udpencap");
  }
}
