package org.ipsec4j.api.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ProposalSyntax.Parsed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProposalSyntaxTest {
  private static EncryptionTransform gcm(int bits) {
    return new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, bits);
  }

  @Test
  void combinedModeNamesItsPrf() {
    assertEquals(
        new IkeProposal(
            List.of(gcm(256)),
            List.of(),
            List.of(PrfAlgorithm.HMAC_SHA2_384),
            List.of(KeyExchangeMethod.ECP_384)),
        ProposalSyntax.ike("aes256gcm16-prfsha384-ecp384", false).orThrow());
  }

  @Test
  void integrityStandsForItsPrf() {
    assertEquals(
        new IkeProposal(
            List.of(new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 128)),
            List.of(IntegrityAlgorithm.HMAC_SHA2_256_128),
            List.of(PrfAlgorithm.HMAC_SHA2_256),
            List.of(KeyExchangeMethod.X25519)),
        ProposalSyntax.ike("aes128-sha256-x25519", false).orThrow());
  }

  @Test
  void orderWithinAKindIsPreference() {
    IkeProposal proposal =
        ProposalSyntax.ike("ecp256-aes128gcm16-prfsha512-aes256gcm16-x25519-prfsha256", false)
            .orThrow();
    assertEquals(List.of(gcm(128), gcm(256)), proposal.encryption());
    assertEquals(List.of(PrfAlgorithm.HMAC_SHA2_512, PrfAlgorithm.HMAC_SHA2_256), proposal.prf());
    assertEquals(
        List.of(KeyExchangeMethod.ECP_256, KeyExchangeMethod.X25519), proposal.keyExchange());
  }

  @ParameterizedTest
  @CsvSource({
    "chacha20poly1305-prfsha256-curve25519, chacha20poly1305-prfsha256-x25519",
    "AES256GCM128-PRFSHA2_384-Group20, aes256gcm16-prfsha384-ecp384",
    "aes192ccm64-prfaesxcbc-x448, aes192ccm8-prfaesxcbc-x448",
    "aes128ctr-aescmac-ecp521, aes128ctr-aescmac-prfaescmac-ecp521",
    "camellia256-sha512-brainpool384, camellia256-sha512-prfsha512-ecp384bp",
    "aes128gcm-prfsha-modp2048, aes128gcm16-prfsha1-modp2048",
    "legacy:3des-md5-modp1024, legacy:3des-md5-prfmd5-modp1024"
  })
  void otherSpellingsAreRead(String text, String canonical) {
    IkeProposal read = ProposalSyntax.ike(text, false).orThrow();
    assertEquals(canonical, ProposalSyntax.format(read));
    assertEquals(read, ProposalSyntax.ike(canonical, false).orThrow());
  }

  @Test
  void childProposalsSayPfsAndSequenceNumbers() {
    assertEquals(
        new ChildProposal(
            SecurityProtocol.ESP, List.of(gcm(128)), List.of(), List.of(), List.of(false, true)),
        ProposalSyntax.child(SecurityProtocol.ESP, "aes128gcm16", false).orThrow());
    assertEquals(
        new ChildProposal(
            SecurityProtocol.ESP,
            List.of(new EncryptionTransform(EncryptionAlgorithm.NULL, 0)),
            List.of(IntegrityAlgorithm.HMAC_SHA1_96),
            List.of(KeyExchangeMethod.MODP_3072),
            List.of(true)),
        ProposalSyntax.child(SecurityProtocol.ESP, "null-sha1-modp3072-esn", false).orThrow());
    assertEquals(
        new ChildProposal(
            SecurityProtocol.AH,
            List.of(),
            List.of(IntegrityAlgorithm.HMAC_SHA2_512_256),
            List.of(),
            List.of(false)),
        ProposalSyntax.child(SecurityProtocol.AH, "sha512-noesn", false).orThrow());
  }

  @ParameterizedTest
  @CsvSource({
    // text, position of the first wrong character, fragment of the message, suggestion
    "aes256gcm16-prfsha265-x25519, 12, is not an algorithm, prfsha256",
    "aes265gcm16-prfsha256-x25519, 0, is not an algorithm, aes256gcm16",
    "aes256gcm16--x25519, 12, is missing here,",
    "aes256gcm16-prfsha256, 21, key exchange method is missing, aes256gcm16-prfsha256-x25519",
    "aes256gcm16-x25519, 18, pseudo-random function is missing, aes256gcm16-x25519-prfsha256",
    "aes256-x25519, 13, integrity algorithm is missing, aes256-x25519-sha256",
    "prfsha256-x25519, 16, encryption algorithm is missing, prfsha256-x25519-aes256gcm16",
    "aes256gcm16-sha256-x25519, 12, takes no integrity algorithm, prfsha256",
    "sha256-aes256gcm16-x25519, 7, takes no integrity algorithm,",
    "aes256gcm16-aes128-prfsha256-x25519, 12, proposals of their own,",
    "aes256gcm16-aes256gcm16-prfsha256-x25519, 12, a second time,",
    "aes256gcm16-aes256gcm128-prfsha256-x25519, 12, a second time,",
    "3des-sha1-modp2048, 0, is weak,",
    "aes128-sha1-modp1024, 12, is weak,",
    "null-sha256-x25519, 0, Child SAs only,",
    "aes128gcm16iiv-prfsha256-x25519, 0, Child SAs only,",
    "aes128gcm16-prfsha256-x25519-esn, 29, proposals of Child SAs,",
    "aes128-aes128gmac-x25519, 7, Child SAs only,",
    "xyzzyplugh, 0, is not an algorithm,"
  })
  void wrongProposalsNameTheWord(String text, int position, String message, String suggestion) {
    Parsed.Bad<?> bad = assertInstanceOf(Parsed.Bad.class, ProposalSyntax.ike(text, false));
    assertTrue(bad.problem().message().contains(message), bad.problem().toString());
    assertEquals(position, bad.problem().position(), bad.problem().toString());
    assertEquals(suggestion, bad.problem().suggestion());
  }

  @Test
  void emptyAndEndlessTextsAreRefused() {
    assertInstanceOf(Parsed.Bad.class, ProposalSyntax.ike("", false));
    assertInstanceOf(Parsed.Bad.class, ProposalSyntax.ike("legacy:", false));
    assertInstanceOf(Parsed.Bad.class, ProposalSyntax.ike("aes128-".repeat(1000), false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"aes128-sha256", "aes128gcm16-prfsha256", "prfsha256"})
  void ahTakesIntegrityOnly(String text) {
    assertInstanceOf(Parsed.Bad.class, ProposalSyntax.child(SecurityProtocol.AH, text, false));
  }

  @Test
  void gmacIsACipherInEspAndIntegrityInAh() {
    assertEquals(
        List.of(new EncryptionTransform(EncryptionAlgorithm.NULL_AES_GMAC, 256)),
        ProposalSyntax.child(SecurityProtocol.ESP, "aes256gmac", false).orThrow().encryption());
    ChildProposal ah = ProposalSyntax.child(SecurityProtocol.AH, "aes256gmac", false).orThrow();
    assertEquals(List.of(IntegrityAlgorithm.AES_256_GMAC), ah.integrity());
    assertEquals("aes256gmac-noesn-esn", ProposalSyntax.format(ah));
  }

  @Test
  void espHasNoPseudoRandomFunction() {
    Parsed.Bad<?> bad =
        assertInstanceOf(
            Parsed.Bad.class,
            ProposalSyntax.child(SecurityProtocol.ESP, "aes128-prfsha256", false));
    assertEquals("sha256", bad.problem().suggestion());
  }

  @Test
  void legacyIsSaidOnceByThePolicyOrByThePrefix() {
    assertTrue(
        assertInstanceOf(Parsed.Good.class, ProposalSyntax.ike("3des-sha1-modp1024", true))
            .legacy());
    assertFalse(
        assertInstanceOf(Parsed.Good.class, ProposalSyntax.ike("aes128-sha1-modp2048", true))
            .legacy());
    assertThrows(
        IllegalArgumentException.class,
        () -> ProposalSyntax.ike("3des-sha1-modp1024", false).orThrow());
  }

  @Test
  void defaultsReadBackFromTheirText() {
    for (IkeProposal proposal : Defaults.IKE_PROPOSALS) {
      assertEquals(proposal, ProposalSyntax.ike(ProposalSyntax.format(proposal), false).orThrow());
    }
    for (ChildProposal proposal : Defaults.ESP_PROPOSALS) {
      assertEquals(
          proposal,
          ProposalSyntax.child(SecurityProtocol.ESP, ProposalSyntax.format(proposal), false)
              .orThrow());
    }
  }

  @Test
  void everyAlgorithmHasAWord() {
    for (EncryptionAlgorithm algorithm : EncryptionAlgorithm.values()) {
      for (int bits : algorithm.keyBits()) {
        EncryptionTransform transform = new EncryptionTransform(algorithm, bits);
        String text = ProposalKeywords.word(transform) + (algorithm.isAead() ? "" : "-sha256");
        assertEquals(
            List.of(transform),
            ProposalSyntax.child(SecurityProtocol.ESP, text, true).orThrow().encryption());
      }
    }
  }
}
