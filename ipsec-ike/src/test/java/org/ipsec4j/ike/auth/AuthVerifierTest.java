package org.ipsec4j.ike.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.ike.vectors.SeededRandom;
import org.ipsec4j.ike.wire.AuthPayload;
import org.ipsec4j.ike.wire.IdPayload;
import org.ipsec4j.ike.wire.MessageEncoder;
import org.ipsec4j.ike.wire.Role;
import org.ipsec4j.ike.wire.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 7296 2.15 and RFC 7427: a proof is right for one key, one identity and one conversation. */
final class AuthVerifierTest {
  private static final CryptoProvider CRYPTO = new JcaCryptoProvider();
  private static final Set<SignatureAlgorithm> ALL = EnumSet.allOf(SignatureAlgorithm.class);
  private static final IdPayload ID =
      IdPayload.of(Role.INITIATOR, new Identity.Fqdn("left.example.org"));

  private final SeededRandom random = new SeededRandom(15);
  private final byte[] message = MessageEncoder.encode(Samples.init());
  private final Bytes nonce = random.bytes(32);
  private final Secret skP = Secret.ofPublic(random.bytes(32));
  private final Secret psk = Secret.ofPublic(random.bytes(24));
  private final Prf prf = prf();

  private static Prf prf() {
    try {
      return CRYPTO.prf(PrfAlgorithm.HMAC_SHA2_256);
    } catch (CryptoException e) {
      throw new AssertionError(e);
    }
  }

  /* InitiatorSignedOctets = RealMessage1 | NonceRData | MACedIDForI */
  @Test
  void signsMessageNonceAndMacedIdentity() throws Exception {
    Bytes octets = octets();
    assertEquals(
        Bytes.concat(
            Bytes.copyOf(message),
            nonce,
            hmac(
                secretBytes(skP),
                Bytes.concat(Bytes.ofHex("02000000"), ascii("left.example.org")))),
        octets);
  }

  /* AUTH = prf( prf(Shared Secret, "Key Pad for IKEv2"), <InitiatorSignedOctets>) */
  @Test
  void padsSharedKeysAsTheRfcSays() throws Exception {
    AuthPayload auth = PskAuth.sign(prf, psk, octets());
    Bytes key = hmac(secretBytes(psk), ascii("Key Pad for IKEv2"));
    assertEquals(new AuthPayload(2, hmac(key, octets())), auth);
  }

  @Test
  void mintsTheFactForTheRightSharedKey() throws CryptoException {
    AuthPayload auth = PskAuth.sign(prf, psk, octets());
    AuthResult.Verified verified =
        assertInstanceOf(
            AuthResult.Verified.class, AuthVerifier.sharedKey(prf, psk, ID, octets(), auth));
    assertEquals(ID, verified.fact().id());
    assertEquals(AuthMethodNumber.SHARED_KEY, verified.fact().method());
    assertEquals("fqdn:left.example.org by shared key", verified.fact().toString());
  }

  @Test
  void refusesAnyOtherKeyIdentityNonceMessageOrValue() throws CryptoException {
    AuthPayload auth = PskAuth.sign(prf, psk, octets());
    IdPayload otherId = IdPayload.of(Role.INITIATOR, new Identity.Fqdn("evil.example.org"));
    byte[] otherMessage = message.clone();
    otherMessage[40] ^= 1;
    assertShared(AuthResult.Reason.VALUE_MISMATCH, Secret.ofPublic(nonce), octets(), auth);
    assertShared(
        AuthResult.Reason.VALUE_MISMATCH,
        psk,
        SignedOctets.of(prf, message, nonce, skP, otherId),
        auth);
    assertShared(
        AuthResult.Reason.VALUE_MISMATCH,
        psk,
        SignedOctets.of(prf, message, random.bytes(32), skP, ID),
        auth);
    assertShared(
        AuthResult.Reason.VALUE_MISMATCH,
        psk,
        SignedOctets.of(prf, otherMessage, nonce, skP, ID),
        auth);
    Bytes cut = auth.data().slice(0, 31);
    assertShared(AuthResult.Reason.VALUE_MISMATCH, psk, octets(), new AuthPayload(2, cut));
    assertShared(AuthResult.Reason.VALUE_MISMATCH, psk, octets(), new AuthPayload(2, Bytes.EMPTY));
    assertShared(AuthResult.Reason.OTHER_METHOD, psk, octets(), new AuthPayload(14, auth.data()));
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_PKCS1_SHA256, RSA, SHA256withRSA",
    "RSA_PKCS1_SHA512, RSA, SHA512withRSA",
    "RSA_PSS_SHA256, RSA, RSASSA-PSS",
    "ECDSA_SHA256, secp256r1, SHA256withECDSA",
    "ECDSA_SHA384, secp384r1, SHA384withECDSA",
    "ED25519, Ed25519, Ed25519"
  })
  void verifiesSignaturesOfMethod14(SignatureAlgorithm algorithm, String kind, String jca)
      throws GeneralSecurityException, CryptoException {
    KeyPair pair = keyPair(kind);
    Bytes key = Bytes.copyOf(pair.getPublic().getEncoded());
    Bytes octets = octets();
    AuthPayload auth = SignatureAuth.emit(algorithm, sign(pair, jca, octets));

    assertInstanceOf(
        AuthResult.Verified.class, AuthVerifier.signature(CRYPTO, key, ALL, ID, octets, auth));

    Bytes otherKey = Bytes.copyOf(keyPair(kind).getPublic().getEncoded());
    assertSignature(AuthResult.Reason.VALUE_MISMATCH, otherKey, ALL, octets, auth);
    assertSignature(AuthResult.Reason.VALUE_MISMATCH, key, ALL, nonce, auth);
    Set<SignatureAlgorithm> others = EnumSet.complementOf(EnumSet.of(algorithm));
    assertSignature(AuthResult.Reason.ALGORITHM_NOT_ALLOWED, key, others, octets, auth);
    assertSignature(AuthResult.Reason.KEY_UNUSABLE, Bytes.ofHex("3000"), ALL, octets, auth);
    assertSignature(
        AuthResult.Reason.OTHER_METHOD, key, ALL, octets, new AuthPayload(2, auth.data()));
  }

  /** RFC 4754: r and s behind one another instead of DER. */
  @ParameterizedTest
  @CsvSource({"9, secp256r1, SHA256", "10, secp384r1, SHA384", "11, secp521r1, SHA512"})
  void verifiesEcdsaOfTheOlderMethods(int method, String curve, String hash)
      throws GeneralSecurityException, CryptoException {
    KeyPair pair = keyPair(curve);
    Bytes octets = octets();
    for (int i = 0; i < 20; i++) {
      Bytes signature = sign(pair, hash + "withECDSAinP1363Format", octets);
      assertInstanceOf(
          AuthResult.Verified.class,
          AuthVerifier.signature(
              CRYPTO,
              Bytes.copyOf(pair.getPublic().getEncoded()),
              ALL,
              ID,
              octets,
              new AuthPayload(method, signature)));
    }
  }

  @Test
  void refusesSignaturesThatItCannotRead() throws GeneralSecurityException, CryptoException {
    Bytes key = Bytes.copyOf(keyPair("secp256r1").getPublic().getEncoded());
    for (String data : new String[] {"", "00", "0a", "0a3008", "02 3000 01", "ff 30"}) {
      assertSignature(
          AuthResult.Reason.UNKNOWN_SIGNATURE,
          key,
          ALL,
          octets(),
          new AuthPayload(14, Bytes.ofHex(data)));
    }
    assertSignature(
        AuthResult.Reason.UNKNOWN_SIGNATURE, key, ALL, octets(), new AuthPayload(9, nonce));
    assertSignature(AuthResult.Reason.OTHER_METHOD, key, ALL, octets(), new AuthPayload(13, nonce));
  }

  /** Nobody outside of the package can make the fact. */
  @Test
  void keepsTheMintToItself() {
    assertTrue(Modifier.isFinal(AuthVerified.class.getModifiers()));
    for (Constructor<?> constructor : AuthVerified.class.getDeclaredConstructors()) {
      int access = Modifier.PUBLIC | Modifier.PROTECTED;
      assertEquals(0, constructor.getModifiers() & access);
    }
  }

  private Bytes octets() throws CryptoException {
    return SignedOctets.of(prf, message, nonce, skP, ID);
  }

  private void assertShared(
      AuthResult.Reason reason, Secret shared, Bytes octets, AuthPayload auth) {
    assertEquals(
        new AuthResult.Failed(reason), AuthVerifier.sharedKey(prf, shared, ID, octets, auth));
  }

  private static void assertSignature(
      AuthResult.Reason reason,
      Bytes key,
      Set<SignatureAlgorithm> allowed,
      Bytes octets,
      AuthPayload auth) {
    assertEquals(
        new AuthResult.Failed(reason),
        AuthVerifier.signature(CRYPTO, key, allowed, ID, octets, auth));
  }

  private static KeyPair keyPair(String kind) throws GeneralSecurityException {
    if (kind.startsWith("secp")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(kind));
      return generator.generateKeyPair();
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
    if (kind.equals("RSA")) {
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }

  private static Bytes sign(KeyPair pair, String jca, Bytes octets)
      throws GeneralSecurityException {
    Signature signer = Signature.getInstance(jca);
    signer.initSign(pair.getPrivate());
    if (jca.equals("RSASSA-PSS")) {
      signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    signer.update(octets.toArray());
    return Bytes.copyOf(signer.sign());
  }

  private static Bytes hmac(Bytes key, Bytes data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.toArray(), "HmacSHA256"));
    return Bytes.copyOf(mac.doFinal(data.toArray()));
  }

  private static Bytes secretBytes(Secret secret) {
    return Bytes.copyOf(secret.reveal(SecretAccess.raw()));
  }

  private static Bytes ascii(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII));
  }
}
