package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.testkit.crypto.VectorFile.GroupedTest;
import org.junit.jupiter.api.Test;

/** Key exchange and signatures of a provider against the vectors that we carry. */
public interface PublishedKeyVectors extends ProviderUnderTest {
  /**
   * The secret of a private value that a vector fixes, which engines have no door for.
   *
   * @param privateValue scalar or exponent in the byte order of its RFC
   * @param peerValue as in a KE payload
   * @throws CryptoException when the peer's value is refused
   */
  Secret agree(KeyExchangeMethod method, Bytes privateValue, Bytes peerValue)
      throws CryptoException;

  /** Wycheproof X25519 and X448: all-zero secrets are refused. */
  @Test
  default void wycheproofMontgomeryCurves() throws CryptoException {
    montgomery("x25519", KeyExchangeMethod.X25519);
    montgomery("x448", KeyExchangeMethod.X448);
  }

  private void montgomery(String file, KeyExchangeMethod method) throws CryptoException {
    VectorCount count = count("wycheproof " + file);
    for (GroupedTest grouped : VectorFile.wycheproof(file)) {
      Json test = grouped.test();
      boolean refused =
          grouped.result().equals("invalid") || test.texts("flags").contains("ZeroSharedSecret");
      if (refused) {
        assertThrows(
            CryptoException.class,
            () -> agree(method, test.hex("private"), test.hex("public")),
            file + " " + grouped);
      } else {
        assertEquals(
            Secret.ofPublic(test.hex("shared")),
            agree(method, test.hex("private"), test.hex("public")),
            file + " " + grouped);
      }
      count.ran();
    }
    count.reportAtLeast(510);
  }

  /** Wycheproof ECDH with bare points: only uncompressed points of the curve are taken. */
  @Test
  default void wycheproofEcdh() throws CryptoException {
    ecdh("ecdh_secp256r1_ecpoint", KeyExchangeMethod.ECP_256);
    ecdh("ecdh_secp384r1_ecpoint", KeyExchangeMethod.ECP_384);
    ecdh("ecdh_secp521r1_ecpoint", KeyExchangeMethod.ECP_521);
  }

  private void ecdh(String file, KeyExchangeMethod method) throws CryptoException {
    VectorCount count = count("wycheproof " + file);
    for (GroupedTest grouped : VectorFile.wycheproof(file)) {
      Json test = grouped.test();
      Bytes point = test.hex("public");
      boolean uncompressed = point.length() > 0 && point.at(0) == 4;
      // IKE has no octet in front that says how a point is encoded.
      Bytes value = uncompressed ? point.slice(1, point.length() - 1) : point;
      Bytes scalar = test.hex("private");
      if (grouped.result().equals("valid")) {
        assertEquals(
            Secret.ofPublic(test.hex("shared")),
            agree(method, scalar, value),
            file + " " + grouped);
      } else {
        assertThrows(
            CryptoException.class, () -> agree(method, scalar, value), file + " " + grouped);
      }
      count.ran();
    }
    count.reportAtLeast(350);
  }

  /** RFC 5903 8: public values and secret. */
  @Test
  default void rfc5903() throws CryptoException {
    VectorCount count = count("RFC 5903");
    for (Json test : VectorFile.carried("rfc/rfc5903-ecp.json").get("vectors").list()) {
      KeyExchangeMethod method = KeyExchangeMethod.ofId(test.number("group")).orElseThrow();
      Secret secret = Secret.ofPublic(test.hex("girx"));
      Bytes initiator = Bytes.concat(test.hex("gix"), test.hex("giy"));
      Bytes responder = Bytes.concat(test.hex("grx"), test.hex("gry"));
      assertEquals(secret, agree(method, test.hex("i"), responder), method.toString());
      assertEquals(secret, agree(method, test.hex("r"), initiator), method.toString());
      count.ran();
    }
    count.reportAtLeast(3);
  }

  /** RFC 8031 appendix A. */
  @Test
  default void rfc8031() throws CryptoException {
    VectorCount count = count("RFC 8031");
    for (Json test : VectorFile.carried("rfc/rfc8031-curve25519.json").get("vectors").list()) {
      Secret secret = Secret.ofPublic(test.hex("shared_secret"));
      KeyExchangeMethod method = KeyExchangeMethod.X25519;
      assertEquals(secret, agree(method, test.hex("fixed_i"), test.hex("pub_r")));
      assertEquals(secret, agree(method, test.hex("fixed_r"), test.hex("pub_i")));
      Bytes base = Bytes.concat(Bytes.ofHex("09"), Bytes.copyOf(new byte[31]));
      assertEquals(Secret.ofPublic(test.hex("pub_i")), agree(method, test.hex("random_i"), base));
      count.ran();
    }
    count.reportAtLeast(1);
  }

  /** NIST ACVP: secrets of X25519 and X448. */
  @Test
  default void acvpMontgomeryCurves() throws CryptoException {
    VectorCount count = count("ACVP XECDH-SSC");
    for (Json group : VectorFile.carried("acvp/XECDH-SSC.json").get("testGroups").list()) {
      KeyExchangeMethod method =
          group.text("curve").equals("Curve25519")
              ? KeyExchangeMethod.X25519
              : KeyExchangeMethod.X448;
      for (Json test : group.get("tests").list()) {
        Secret secret = agree(method, test.hex("privateIut"), test.hex("publicServer"));
        Secret expected = Secret.ofPublic(test.hex("z"));
        if (test.flag("testPassed")) {
          assertEquals(expected, secret, method + " tcId " + test.number("tcId"));
        } else {
          assertNotEquals(expected, secret, method + " tcId " + test.number("tcId"));
        }
        count.ran();
      }
    }
    count.reportAtLeast(50);
  }

  /** NIST ACVP: {@code y = g^x} in the MODP groups. */
  @Test
  default void acvpSafePrimes() throws CryptoException {
    VectorCount count = count("ACVP safePrimes-keyVer");
    for (Json group : VectorFile.carried("acvp/safePrimes-keyVer.json").get("testGroups").list()) {
      String name = group.text("safePrimeGroup");
      for (Json test : group.get("tests").list()) {
        if (!name.startsWith("MODP-")) {
          count.skipped();
          continue;
        }
        KeyExchangeMethod method = KeyExchangeMethod.valueOf(name.replace('-', '_'));
        byte[] generator = new byte[method.publicLength()];
        generator[generator.length - 1] = 2;
        Secret power = agree(method, test.hex("x"), Bytes.copyOf(generator));
        assertEquals(
            test.flag("testPassed"),
            power.equals(Secret.ofPublic(test.hex("y"))),
            name + " tcId " + test.number("tcId"));
        count.ran();
      }
    }
    count.reportAtLeast(10);
  }

  /** Wycheproof ECDSA on the three NIST curves. */
  @Test
  default void wycheproofEcdsa() throws CryptoException {
    signatures("ecdsa_secp256r1_sha256", SignatureAlgorithm.ECDSA_SHA256, 480);
    signatures("ecdsa_secp384r1_sha384", SignatureAlgorithm.ECDSA_SHA384, 480);
    signatures("ecdsa_secp521r1_sha512", SignatureAlgorithm.ECDSA_SHA512, 480);
  }

  /** Wycheproof RSASSA-PKCS1-v1_5. */
  @Test
  default void wycheproofRsaPkcs1() throws CryptoException {
    signatures("rsa_signature_2048_sha256", SignatureAlgorithm.RSA_PKCS1_SHA256, 250);
    signatures("rsa_signature_3072_sha384", SignatureAlgorithm.RSA_PKCS1_SHA384, 250);
    signatures("rsa_signature_4096_sha512", SignatureAlgorithm.RSA_PKCS1_SHA512, 250);
  }

  /** Wycheproof RSASSA-PSS. */
  @Test
  default void wycheproofRsaPss() throws CryptoException {
    signatures("rsa_pss_2048_sha256_mgf1_32", SignatureAlgorithm.RSA_PSS_SHA256, 100);
    signatures("rsa_pss_2048_sha384_mgf1_48", SignatureAlgorithm.RSA_PSS_SHA384, 90);
    signatures("rsa_pss_4096_sha512_mgf1_64", SignatureAlgorithm.RSA_PSS_SHA512, 90);
  }

  /** Wycheproof Ed25519 and Ed448. */
  @Test
  default void wycheproofEdwardsCurves() throws CryptoException {
    signatures("ed25519", SignatureAlgorithm.ED25519, 150);
    signatures("ed448", SignatureAlgorithm.ED448, 80);
  }

  private void signatures(String file, SignatureAlgorithm algorithm, int least)
      throws CryptoException {
    VectorCount count = count("wycheproof " + file);
    for (GroupedTest grouped : VectorFile.wycheproof(file)) {
      if (grouped.result().equals("acceptable")) {
        count.skipped();
        continue;
      }
      if (!provider().supports(algorithm)) {
        count.unclaimed();
        continue;
      }
      boolean accepted =
          provider()
              .verify(
                  algorithm,
                  grouped.group().hex("publicKeyDer"),
                  grouped.test().hex("msg"),
                  grouped.test().hex("sig"));
      if (grouped.result().equals("valid")) {
        assertTrue(accepted, file + " " + grouped);
      } else {
        assertFalse(accepted, file + " " + grouped);
      }
      count.ran();
    }
    count.reportAtLeast(least);
  }
}
