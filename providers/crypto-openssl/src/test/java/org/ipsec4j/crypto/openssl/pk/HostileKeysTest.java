package org.ipsec4j.crypto.openssl.pk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;
import org.junit.jupiter.api.Test;

/** Public keys, private keys and signatures that someone made to hurt. */
class HostileKeysTest {
  private static final Bytes MESSAGE = Bytes.ofHex("00112233");

  private final PublicKeyCrypto crypto = KeysOnly.get().crypto();

  private static KeyPair pair(String kind, String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
    if (!curve.isEmpty()) {
      generator.initialize(new ECGenParameterSpec(curve));
    }
    return generator.generateKeyPair();
  }

  private void refused(SignatureAlgorithm algorithm, Bytes key, String what) {
    CryptoException refusal =
        assertThrows(
            CryptoException.class, () -> crypto.verify(algorithm, key, MESSAGE, MESSAGE), what);
    assertEquals(Culprit.PEER_VALUE, refusal.culprit(), what);
  }

  private static Bytes element(int tag, Bytes... parts) {
    Bytes content = Bytes.concat(parts);
    int length = content.length();
    String header =
        length < 0x80
            ? "%02x%02x".formatted(tag, length)
            : length < 0x100
                ? "%02x81%02x".formatted(tag, length)
                : "%02x82%04x".formatted(tag, length);
    return Bytes.concat(Bytes.ofHex(header), content);
  }

  private static Bytes rsa(BigInteger modulus, BigInteger exponent) {
    Bytes numbers =
        element(
            0x30,
            element(0x02, Bytes.copyOf(modulus.toByteArray())),
            element(0x02, Bytes.copyOf(exponent.toByteArray())));
    return element(0x30, PublicKeyInfo.RSA_ENCRYPTION, element(0x03, Bytes.ofHex("00"), numbers));
  }

  @Test
  void rsaKeysOutOfBoundsAreRefused() {
    SignatureAlgorithm algorithm = SignatureAlgorithm.RSA_PKCS1_SHA256;
    Random random = new Random(1);
    BigInteger good = new BigInteger(2048, random).setBit(2047).setBit(0);
    BigInteger f4 = BigInteger.valueOf(65537);
    refused(algorithm, rsa(new BigInteger(1000, random).setBit(999).setBit(0), f4), "short");
    refused(algorithm, rsa(new BigInteger(16400, random).setBit(16399).setBit(0), f4), "long");
    refused(algorithm, rsa(good.clearBit(0), f4), "even modulus");
    refused(algorithm, rsa(good.negate(), f4), "negative modulus");
    refused(algorithm, rsa(good, BigInteger.ZERO), "exponent 0");
    refused(algorithm, rsa(good, BigInteger.ONE), "exponent 1");
    refused(algorithm, rsa(good, BigInteger.valueOf(65536)), "even exponent");
    refused(algorithm, rsa(good, BigInteger.ONE.shiftLeft(64).setBit(0)), "long exponent");
    refused(algorithm, rsa(good, good.subtract(BigInteger.TWO)), "exponent as long as modulus");
  }

  @Test
  void aGoodRsaKeyOfUnusualSizeVerifiesNothing() throws CryptoException {
    BigInteger modulus = new BigInteger(16384, new Random(2)).setBit(16383).setBit(0);
    for (String what : new String[] {"00", "ff".repeat(2048), "ff".repeat(2049)}) {
      assertFalse(
          crypto.verify(
              SignatureAlgorithm.RSA_PSS_SHA256,
              rsa(modulus, BigInteger.valueOf(3)),
              MESSAGE,
              Bytes.ofHex(what)));
    }
  }

  @Test
  void derThatIsNotTheShortestIsRefused() throws GeneralSecurityException {
    Bytes good = Bytes.copyOf(pair("EC", "secp256r1").getPublic().getEncoded());
    SignatureAlgorithm algorithm = SignatureAlgorithm.ECDSA_SHA256;
    Bytes content = good.slice(2, good.length() - 2);
    refused(algorithm, Bytes.concat(Bytes.ofHex("308159"), content), "long form of a short length");
    refused(algorithm, Bytes.concat(Bytes.ofHex("30820059"), content), "longer form");
    refused(algorithm, Bytes.concat(Bytes.ofHex("3080"), content, Bytes.ofHex("0000")), "BER");
    refused(algorithm, Bytes.concat(good, Bytes.ofHex("00")), "something behind");
    refused(algorithm, Bytes.concat(Bytes.ofHex("3084ffffffff"), content), "4 GiB");
  }

  @Test
  void pointsThatAreNoneAreRefused() throws GeneralSecurityException {
    for (String curve : new String[] {"secp256r1", "secp384r1", "secp521r1"}) {
      Bytes good = Bytes.copyOf(pair("EC", curve).getPublic().getEncoded());
      byte[] beside = good.toArray();
      beside[beside.length - 1] ^= 1;
      refused(SignatureAlgorithm.ECDSA_SHA256, Bytes.copyOf(beside), curve + " beside the curve");
      byte[] compressed = good.toArray();
      int form = good.length() - (good.toHex().length() - good.toHex().indexOf("0004")) / 2 + 1;
      compressed[form] = 2;
      refused(SignatureAlgorithm.ECDSA_SHA256, Bytes.copyOf(compressed), curve + " compressed");
    }
    // The point at infinity is one octet.
    Bytes infinity =
        element(
            0x30,
            Bytes.ofHex("301306072a8648ce3d020106082a8648ce3d030107"),
            element(0x03, Bytes.ofHex("0000")));
    refused(SignatureAlgorithm.ECDSA_SHA256, infinity, "infinity");
  }

  @Test
  void curvesThatHaveNoNameHereAreRefused() {
    // secp256k1, and a curve given by its numbers instead of a name.
    Bytes point = Bytes.concat(Bytes.ofHex("0004"), Bytes.copyOf(new byte[64]));
    Bytes koblitz =
        element(0x30, Bytes.ofHex("301006072a8648ce3d020106052b8104000a"), element(0x03, point));
    refused(SignatureAlgorithm.ECDSA_SHA256, koblitz, "secp256k1");
    Bytes explicit =
        element(
            0x30,
            element(0x30, PublicKeyInfo.EC_PUBLIC_KEY, element(0x30, Bytes.ofHex("020101"))),
            element(0x03, point));
    refused(SignatureAlgorithm.ECDSA_SHA256, explicit, "explicit parameters");
  }

  @Test
  void pssKeysVerifyPssAlone() throws GeneralSecurityException, CryptoException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSASSA-PSS");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    Bytes key = Bytes.copyOf(pair.getPublic().getEncoded());
    Secret own = Secret.adopt(pair.getPrivate().getEncoded());
    Signer signer = crypto.signer(own, SignatureAlgorithm.RSA_PSS_SHA384);
    Bytes signature = signer.sign(MESSAGE);
    signer.destroy();
    assertTrue(crypto.verify(SignatureAlgorithm.RSA_PSS_SHA384, key, MESSAGE, signature));
    assertFalse(crypto.verify(SignatureAlgorithm.RSA_PSS_SHA256, key, MESSAGE, signature));
    refused(SignatureAlgorithm.RSA_PKCS1_SHA256, key, "a PSS key for PKCS #1");
    CryptoException unfit =
        assertThrows(
            CryptoException.class, () -> crypto.signer(own, SignatureAlgorithm.RSA_PKCS1_SHA256));
    assertEquals(Culprit.LOCAL_KEY, unfit.culprit());
  }

  /** Every octet changed, every length cut: nothing but an answer or a named refusal comes out. */
  @Test
  void fuzzedKeysAndSignaturesAreAnsweredOrRefused() throws GeneralSecurityException {
    Random random = new Random(4);
    List<KeyPair> pairs = new ArrayList<>();
    pairs.add(pair("EC", "secp256r1"));
    pairs.add(pair("EC", "secp521r1"));
    pairs.add(pair("Ed25519", ""));
    pairs.add(pair("Ed448", ""));
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(1024);
    pairs.add(rsa.generateKeyPair());
    int answered = 0;
    int refused = 0;
    for (KeyPair pair : pairs) {
      for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
        for (int i = 0; i < 60; i++) {
          Bytes key = changed(pair.getPublic().getEncoded(), random);
          try {
            assertFalse(crypto.verify(algorithm, key, MESSAGE, noise(random)));
            answered++;
          } catch (CryptoException e) {
            assertEquals(Culprit.PEER_VALUE, e.culprit(), algorithm + " " + key.toHex());
            refused++;
          }
        }
      }
    }
    assertTrue(answered > 20 && refused > 1000, answered + " answered, " + refused + " refused");
  }

  @Test
  void fuzzedPrivateKeysAreTakenOrRefused() throws GeneralSecurityException, CryptoException {
    Random random = new Random(5);
    KeyPair[] pairs = {pair("EC", "secp256r1"), pair("Ed25519", "")};
    int refused = 0;
    for (KeyPair pair : pairs) {
      SignatureAlgorithm algorithm =
          pair == pairs[0] ? SignatureAlgorithm.ECDSA_SHA256 : SignatureAlgorithm.ED25519;
      for (int i = 0; i < 500; i++) {
        Bytes key = changed(pair.getPrivate().getEncoded(), random);
        try {
          Signer signer = crypto.signer(Secret.adopt(key.toArray()), algorithm);
          signer.sign(MESSAGE);
          signer.destroy();
        } catch (CryptoException e) {
          refused++;
        }
      }
    }
    assertTrue(refused > 200, refused + " refused");
  }

  private static Bytes changed(byte[] good, Random random) {
    byte[] copy = good.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }
    int length = random.nextInt(4) == 0 ? random.nextInt(copy.length) : copy.length;
    return Bytes.copyOf(copy, 0, length);
  }

  private static Bytes noise(Random random) {
    byte[] octets = new byte[random.nextInt(300)];
    random.nextBytes(octets);
    return Bytes.copyOf(octets);
  }
}
