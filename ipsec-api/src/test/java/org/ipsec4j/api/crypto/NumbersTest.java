package org.ipsec4j.api.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.ipsec4j.api.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers and lengths on the wire, as the RFCs and the IANA registries of IKEv2 have them. */
final class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    // algorithm, transform ID, IV octets, ICV octets, salt octets, block octets
    "DES_CBC, 2, 8, 0, 0, 8",
    "TRIPLE_DES_CBC, 3, 8, 0, 0, 8",
    "NULL, 11, 0, 0, 0, 1",
    "AES_CBC, 12, 16, 0, 0, 16",
    "AES_CTR, 13, 8, 0, 4, 1",
    "AES_CCM_8, 14, 8, 8, 3, 1",
    "AES_CCM_12, 15, 8, 12, 3, 1",
    "AES_CCM_16, 16, 8, 16, 3, 1",
    "AES_GCM_8, 18, 8, 8, 4, 1",
    "AES_GCM_12, 19, 8, 12, 4, 1",
    "AES_GCM_16, 20, 8, 16, 4, 1",
    "NULL_AES_GMAC, 21, 8, 16, 4, 1",
    "CAMELLIA_CBC, 23, 16, 0, 0, 16",
    "CHACHA20_POLY1305, 28, 8, 16, 4, 1",
    "AES_CCM_8_IIV, 29, 0, 8, 3, 1",
    "AES_GCM_16_IIV, 30, 0, 16, 4, 1",
    "CHACHA20_POLY1305_IIV, 31, 0, 16, 4, 1"
  })
  void encryption(EncryptionAlgorithm algorithm, int id, int iv, int icv, int salt, int block) {
    assertEquals(id, algorithm.id());
    assertEquals(iv, algorithm.ivLength());
    assertEquals(icv, algorithm.icvLength());
    assertEquals(salt, algorithm.saltLength());
    assertEquals(block, algorithm.blockLength());
    assertTrue(salt + iv <= CryptoOp.MAX_NONCE || !algorithm.isAead());
  }

  @ParameterizedTest
  @CsvSource({
    // RFC 2403, 2404, 3566, 4494, 4543, 4868 2.6: transform ID, key octets, ICV octets
    "HMAC_MD5_96, 1, 16, 12",
    "HMAC_SHA1_96, 2, 20, 12",
    "AES_XCBC_96, 5, 16, 12",
    "AES_CMAC_96, 8, 16, 12",
    "AES_128_GMAC, 9, 20, 16",
    "AES_192_GMAC, 10, 28, 16",
    "AES_256_GMAC, 11, 36, 16",
    "HMAC_SHA2_256_128, 12, 32, 16",
    "HMAC_SHA2_384_192, 13, 48, 24",
    "HMAC_SHA2_512_256, 14, 64, 32"
  })
  void integrity(IntegrityAlgorithm algorithm, int id, int key, int icv) {
    assertEquals(id, algorithm.id());
    assertEquals(key, algorithm.keyLength());
    assertEquals(icv, algorithm.icvLength());
  }

  @ParameterizedTest
  @CsvSource({
    "HMAC_MD5, 1, 16",
    "HMAC_SHA1, 2, 20",
    "AES128_XCBC, 4, 16",
    "HMAC_SHA2_256, 5, 32",
    "HMAC_SHA2_384, 6, 48",
    "HMAC_SHA2_512, 7, 64",
    "AES128_CMAC, 8, 16"
  })
  void prf(PrfAlgorithm algorithm, int id, int length) {
    assertEquals(id, algorithm.id());
    assertEquals(length, algorithm.length());
    assertEquals(id == 4 || id == 8, algorithm.hasFixedKey(), "RFC 7296 2.14");
  }

  @ParameterizedTest
  @CsvSource({
    // RFC 3526, 5903 7, 6954 2.3, 8031 3.1: group, octets of the public value
    "MODP_768, 1, 96",
    "MODP_1024, 2, 128",
    "MODP_1536, 5, 192",
    "MODP_2048, 14, 256",
    "MODP_3072, 15, 384",
    "MODP_4096, 16, 512",
    "MODP_6144, 17, 768",
    "MODP_8192, 18, 1024",
    "ECP_256, 19, 64",
    "ECP_384, 20, 96",
    "ECP_521, 21, 132",
    "BRAINPOOL_256, 28, 64",
    "BRAINPOOL_384, 29, 96",
    "BRAINPOOL_512, 30, 128",
    "X25519, 31, 32",
    "X448, 32, 56"
  })
  void keyExchange(KeyExchangeMethod method, int id, int octets) {
    assertEquals(id, method.id());
    assertEquals(octets, method.publicLength());
    assertEquals(octets, method.answerLength());
    assertTrue(!method.isKem());
  }

  @ParameterizedTest
  @CsvSource({
    // draft-ietf-ipsecme-ikev2-mlkem-08 table 1: method, octets of key and of ciphertext
    "ML_KEM_512, 35, 800, 768",
    "ML_KEM_768, 36, 1184, 1088",
    "ML_KEM_1024, 37, 1568, 1568"
  })
  void keyEncapsulation(KeyExchangeMethod method, int id, int key, int ciphertext) {
    assertEquals(id, method.id());
    assertEquals(key, method.publicLength());
    assertEquals(ciphertext, method.answerLength());
    assertTrue(method.isKem());
    assertTrue(!method.isLegacy());
  }

  @Test
  void everyNumberLeadsBackToItsName() {
    check(
        EncryptionAlgorithm.values(),
        EncryptionAlgorithm::id,
        EncryptionAlgorithm::keyword,
        EncryptionAlgorithm::ofId);
    check(
        IntegrityAlgorithm.values(),
        IntegrityAlgorithm::id,
        IntegrityAlgorithm::keyword,
        IntegrityAlgorithm::ofId);
    check(PrfAlgorithm.values(), PrfAlgorithm::id, PrfAlgorithm::keyword, PrfAlgorithm::ofId);
    check(
        KeyExchangeMethod.values(),
        KeyExchangeMethod::id,
        KeyExchangeMethod::keyword,
        KeyExchangeMethod::ofId);
    check(HashAlgorithm.values(), HashAlgorithm::id, HashAlgorithm::name, HashAlgorithm::ofId);
  }

  private static <E> void check(
      E[] values,
      ToIntFunction<E> id,
      Function<E, String> keyword,
      Function<Integer, Optional<E>> ofId) {
    Set<String> keywords = new HashSet<>();
    for (E value : values) {
      assertEquals(Optional.of(value), ofId.apply(id.applyAsInt(value)));
      assertTrue(keywords.add(keyword.apply(value)), () -> "twice: " + value);
    }
    for (int strange : new int[] {-1, 255, 1024, 65535}) {
      assertEquals(Optional.empty(), ofId.apply(strange));
    }
  }

  @Test
  void keyLengthAttributeStandsOnlyWhereTheKeyVaries() {
    assertTrue(EncryptionAlgorithm.AES_CBC.hasKeyLengthAttribute());
    assertTrue(EncryptionAlgorithm.AES_GCM_16.hasKeyLengthAttribute());
    assertTrue(!EncryptionAlgorithm.TRIPLE_DES_CBC.hasKeyLengthAttribute());
    assertTrue(!EncryptionAlgorithm.CHACHA20_POLY1305.hasKeyLengthAttribute());
    assertTrue(!EncryptionAlgorithm.NULL.hasKeyLengthAttribute());
  }

  @Test
  void protocols() {
    assertEquals(2, SecurityProtocol.AH.protocolId());
    assertEquals(51, SecurityProtocol.AH.ipProtocol());
    assertEquals(3, SecurityProtocol.ESP.protocolId());
    assertEquals(50, SecurityProtocol.ESP.ipProtocol());
  }

  /** RFC 7427 Appendix A.1 and A.3, RFC 8420 Appendix A, octet for octet. */
  @ParameterizedTest
  @CsvSource({
    "RSA_PKCS1_SHA1, 300d 0609 2a86 4886 f70d 0101 0505 00, 1",
    "RSA_PKCS1_SHA256, 300d 0609 2a86 4886 f70d 0101 0b05 00, 2",
    "RSA_PKCS1_SHA384, 300d 0609 2a86 4886 f70d 0101 0c05 00, 3",
    "RSA_PKCS1_SHA512, 300d 0609 2a86 4886 f70d 0101 0d05 00, 4",
    "ECDSA_SHA1, 3009 0607 2a86 48ce 3d04 01, 1",
    "ECDSA_SHA256, 300a 0608 2a86 48ce 3d04 0302, 2",
    "ECDSA_SHA384, 300a 0608 2a86 48ce 3d04 0303, 3",
    "ECDSA_SHA512, 300a 0608 2a86 48ce 3d04 0304, 4",
    "ED25519, 3005 0603 2B65 70, 5",
    "ED448, 3005 0603 2B65 71, 5"
  })
  void signatureIdentifiers(SignatureAlgorithm algorithm, String hex, int hash) {
    assertEquals(Bytes.ofHex(hex), algorithm.algorithmIdentifier());
    assertEquals(Optional.of(algorithm), SignatureAlgorithm.ofIdentifier(Bytes.ofHex(hex)));
    assertEquals(hash, algorithm.hash().id());
  }

  /** RFC 7427 A.4.3 without its trailer field, whose value is the default that DER leaves out. */
  @Test
  void pssIdentifierIsThatOfTheRfcInDer() {
    String rfc =
        "3046 0609 2a86 4886 f70d 0101 0a30 39a0"
            + "0f30 0d06 0960 8648 0165 0304 0201 0500"
            + "a11c 301a 0609 2a86 4886 f70d 0101 0830"
            + "0d06 0960 8648 0165 0304 0201 0500 a203"
            + "0201 20a3 0302 0101";
    String withoutTrailer =
        rfc.replace(" ", "")
            .replace("a303020101", "")
            .replaceFirst("^3046", "3041")
            .replaceFirst("3039", "3034");
    assertEquals(
        Bytes.ofHex(withoutTrailer), SignatureAlgorithm.RSA_PSS_SHA256.algorithmIdentifier());
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      Bytes der = algorithm.algorithmIdentifier();
      assertEquals(der.length() - 2, der.at(1), () -> algorithm + " says its length");
      assertEquals(Optional.of(algorithm), SignatureAlgorithm.ofIdentifier(der));
    }
    assertEquals(
        SignatureAlgorithm.values().length,
        Arrays.stream(SignatureAlgorithm.values())
            .map(SignatureAlgorithm::algorithmIdentifier)
            .distinct()
            .count());
    assertEquals(Optional.empty(), SignatureAlgorithm.ofIdentifier(Bytes.EMPTY));
  }

  @Test
  void saltOfPssIsAsLongAsTheHash() {
    assertTrue(SignatureAlgorithm.RSA_PSS_SHA384.algorithmIdentifier().toHex().endsWith("020130"));
    assertTrue(SignatureAlgorithm.RSA_PSS_SHA512.algorithmIdentifier().toHex().endsWith("020140"));
  }
}
