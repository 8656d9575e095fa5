package org.ipsec4j.auth.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.auth.pki.TestCa.Issued;
import org.junit.jupiter.api.Test;

/** Keys are signed with by a provider as far as it does it, and by JCA otherwise. */
class ProviderSignedKeyTest {
  private static final SignatureAlgorithm DONE = SignatureAlgorithm.ECDSA_SHA256;
  private static final Bytes MESSAGE = Bytes.ofHex("0102");

  private final Issued leaf = TestCa.wish("CN=x").issue(TestCa.root("CN=Root"));
  private final List<Bytes> signed = new ArrayList<>();
  private boolean lies;
  private boolean fails;

  /** A provider that signs with ECDSA and SHA-256 and has no other side. */
  private CryptoProvider provider() {
    return (CryptoProvider)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {CryptoProvider.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "supportsSigning" -> arguments[0] == DONE;
                  case "signer" -> new Recorder((Secret) arguments[0]);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private final class Recorder implements Signer {
    private final PrivateKey key;

    Recorder(Secret pkcs8) throws GeneralSecurityException {
      key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8.reveal(SecretAccess.raw())));
    }

    @Override
    public Bytes sign(Bytes message) throws CryptoException {
      if (fails && !signed.isEmpty()) {
        throw new CryptoException(Culprit.PROVIDER, "the card was pulled");
      }
      signed.add(message);
      try {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(lies ? new byte[1] : message.toArray());
        return Bytes.copyOf(signature.sign());
      } catch (GeneralSecurityException e) {
        throw new CryptoException(Culprit.PROVIDER, "no signature");
      }
    }

    @Override
    public void destroy() {}
  }

  private CertifiedKey key() throws PkiException {
    return CertifiedKey.of(leaf.keys().getPrivate(), List.of(leaf.certificate()), "x.pem");
  }

  private void assertVerifies(Bytes signature, SignatureAlgorithm algorithm)
      throws GeneralSecurityException {
    Signature judge =
        Signature.getInstance(algorithm == DONE ? "SHA256withECDSA" : "SHA384withECDSA");
    judge.initVerify(leaf.certificate());
    judge.update(MESSAGE.toArray());
    assertTrue(judge.verify(signature.toArray()));
  }

  @Test
  void theProviderSignsWhatItDoesAndJcaTheRest() throws Exception {
    SigningKey key = key().using(provider());
    assertEquals(key().algorithms(), key.algorithms());
    assertEquals(key().certificateChain(), key.certificateChain());
    assertVerifies(key.sign(DONE, MESSAGE), DONE);
    assertEquals(MESSAGE, signed.getLast());
    int before = signed.size();
    assertVerifies(
        key.sign(SignatureAlgorithm.ECDSA_SHA384, MESSAGE), SignatureAlgorithm.ECDSA_SHA384);
    assertEquals(before, signed.size());
    assertThrows(CryptoException.class, () -> key.sign(SignatureAlgorithm.ED25519, MESSAGE));
    assertEquals("key of CN=x", key.toString());
  }

  @Test
  void aProviderThatSignsWronglyIsNotUsed() throws Exception {
    lies = true;
    SigningKey key = key().using(provider());
    assertVerifies(key.sign(DONE, MESSAGE), DONE);
    assertVerifies(key.sign(DONE, MESSAGE), DONE);
    assertEquals(1, signed.size(), "asked once");
  }

  @Test
  void aProviderThatFailsLaterIsStoodInFor() throws Exception {
    fails = true;
    SigningKey key = key().using(provider());
    assertVerifies(key.sign(DONE, MESSAGE), DONE);
    assertEquals(1, signed.size(), "the trial alone");
  }

  @Test
  void providersThatDoNotSignChangeNothing() throws Exception {
    CertifiedKey own = key();
    CryptoProvider none =
        (CryptoProvider)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {CryptoProvider.class},
                (self, method, arguments) -> false);
    assertSame(own, own.using(none));
    SigningKey provided = own.using(provider());
    assertSame(own, provided.using(none));
  }

  @Test
  void credentialsHandTheProviderOn() throws Exception {
    PkiCredentials credentials =
        PkiCredentials.builder()
            .preSharedKey("site", Secret.ofPublic(MESSAGE))
            .signingKey("me", key())
            .build()
            .using(provider());
    SigningKey key =
        Objects.requireNonNull(credentials.signingKey(new AuthMethod.Certificate("me")));
    assertInstanceOf(ProviderSignedKey.class, key);
    assertVerifies(key.sign(DONE, MESSAGE), DONE);
    assertEquals(MESSAGE, signed.getLast());
    assertTrue(credentials.preSharedKey(new AuthMethod.Psk("site")) != null);
  }
}
