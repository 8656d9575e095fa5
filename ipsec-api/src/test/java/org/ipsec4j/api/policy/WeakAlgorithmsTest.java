package org.ipsec4j.api.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weak words are found, and what is named in their place can be written so and is strong. */
class WeakAlgorithmsTest {
  @ParameterizedTest
  @CsvSource({
    "3des-sha1-modp1024, 3des modp1024, aes256-sha1-prfsha1-x25519",
    "aes128-md5-x25519, md5 prfmd5, aes128-sha256-prfsha256-x25519",
    "aes256-3des-des-sha256-modp2048-modp768-modp1536, 3des des modp768 modp1536,"
        + " aes256-sha256-prfsha256-modp2048-x25519",
    "aes128gcm16-prfmd5-ecp256, prfmd5, aes128gcm16-prfsha256-ecp256",
    "blowfish448-cast128-aescmac-modp2048, blowfish448 cast128,"
        + " aes256-aescmac-prfaescmac-modp2048"
  })
  void ofIke(String text, String weak, String instead) {
    WeakAlgorithms found =
        WeakAlgorithms.in(ProposalSyntax.ike(text, true).orThrow()).orElseThrow();
    assertEquals(List.of(weak.split(" ", -1)), found.words());
    assertEquals(instead, found.instead());
    assertInstanceOf(
        ProposalSyntax.Parsed.Good.class,
        ProposalSyntax.ike(instead, false),
        "is accepted as it is");
  }

  @ParameterizedTest
  @CsvSource({
    "ESP, 3des-sha1, 3des, aes256-sha1",
    "ESP, des-md5-modp768-esn, des md5 modp768, aes256-sha256-x25519-esn",
    "ESP, null-md5, md5, null-sha256",
    "AH, md5-sha1, md5, sha256-sha1"
  })
  void ofChildren(SecurityProtocol protocol, String text, String weak, String instead) {
    WeakAlgorithms found =
        WeakAlgorithms.in(ProposalSyntax.child(protocol, text, true).orThrow()).orElseThrow();
    assertEquals(List.of(weak.split(" ", -1)), found.words());
    assertEquals(instead, found.instead());
    assertFalse(
        assertInstanceOf(
                ProposalSyntax.Parsed.Good.class, ProposalSyntax.child(protocol, instead, false))
            .legacy());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aes256gcm16-prfsha256-x25519",
        "aes128-sha1-modp2048",
        "camellia128-aesxcbc-x448"
      })
  void strongOnesAreLeftInPeace(String text) {
    assertEquals(Optional.empty(), WeakAlgorithms.in(ProposalSyntax.ike(text, false).orThrow()));
  }

  @Test
  void everyAlgorithmThatIsMarkedIsFoundAndNoOther() {
    for (EncryptionAlgorithm algorithm : EncryptionAlgorithm.values()) {
      for (int bits : algorithm.keyBits()) {
        IntegrityAlgorithm beside =
            algorithm.isAead() ? IntegrityAlgorithm.NONE : IntegrityAlgorithm.HMAC_SHA2_256_128;
        assertEquals(
            algorithm.isLegacy(),
            WeakAlgorithms.in(PacketTransform.esp(algorithm, bits, beside, false)).isPresent(),
            algorithm + " " + bits);
      }
    }
    for (IntegrityAlgorithm algorithm : IntegrityAlgorithm.values()) {
      if (algorithm != IntegrityAlgorithm.NONE) {
        EncryptionTransform none = new EncryptionTransform(EncryptionAlgorithm.NULL, 0);
        PacketTransform ah = new PacketTransform(SecurityProtocol.AH, none, algorithm, false);
        assertEquals(algorithm.isLegacy(), WeakAlgorithms.in(ah).isPresent(), ah.toString());
      }
    }
    List<EncryptionTransform> gcm =
        List.of(new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 256));
    for (PrfAlgorithm prf : PrfAlgorithm.values()) {
      IkeProposal with =
          new IkeProposal(gcm, List.of(), List.of(prf), List.of(KeyExchangeMethod.X25519));
      assertEquals(prf.isLegacy(), WeakAlgorithms.in(with).isPresent(), prf.toString());
    }
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      IkeProposal with =
          new IkeProposal(gcm, List.of(), List.of(PrfAlgorithm.HMAC_SHA2_256), List.of(method));
      assertEquals(method.isLegacy(), WeakAlgorithms.in(with).isPresent(), method.toString());
    }
  }

  @Test
  void defaultsAreStrong() {
    Defaults.IKE_PROPOSALS.forEach(
        proposal -> assertEquals(Optional.empty(), WeakAlgorithms.in(proposal)));
    Defaults.ESP_PROPOSALS.forEach(
        proposal -> assertEquals(Optional.empty(), WeakAlgorithms.in(proposal)));
  }

  @Test
  void itSaysWhereAndWhatToDo() {
    WeakAlgorithms three =
        new WeakAlgorithms(List.of("3des", "md5", "modp1024"), "aes256-sha256-x25519");
    assertEquals(
        "`3des`, `md5` and `modp1024` are weak; use `aes256-sha256-x25519` instead",
        three.toString());
    WeakChoice child =
        new WeakChoice(
            new Origin("local", "a.yaml", 7, "net"),
            "b",
            "net",
            new WeakAlgorithms(List.of("3des"), "aes256-sha1"));
    assertEquals(
        "a.yaml:7: child `net` of peer `b`: `3des` is weak; use `aes256-sha1` instead",
        child.toString());
    assertEquals(
        "program: IKE with peer `b`: `3des` is weak; use `aes256-sha1` instead",
        new WeakChoice(Origin.PROGRAM, "b", "", child.algorithms()).toString());
  }
}
