package org.ipsec4j.auth.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.auth.CredentialFile;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.testkit.crypto.SoftHsm;
import org.junit.jupiter.api.Test;

/** Keys that a token made and keeps. */
class TokenKeysTest {
  private static final Bytes MESSAGE = Bytes.ofHex("00112233445566778899");

  /** A fresh key of the token with its certificate in the token, under a label. */
  private static X509Certificate made(Path configuration, String kind, String label)
      throws Exception {
    Provider provider = Security.getProvider("SunPKCS11").configure(configuration.toString());
    KeyStore store = KeyStore.getInstance("PKCS11", provider);
    store.load(null, pin());
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind, provider);
    if (kind.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    } else {
      generator.initialize(2048);
    }
    KeyPair pair = generator.generateKeyPair();
    assertNull(pair.getPrivate().getEncoded(), "the key does not leave the token");
    TestCa.Issued root = TestCa.root("CN=token root " + label);
    X509Certificate certificate =
        TestCa.wish("CN=" + label).keys(pair).dns("token.example").issue(root).certificate();
    store.setKeyEntry(label, pair.getPrivate(), null, new Certificate[] {certificate});
    return certificate;
  }

  private static char[] pin() {
    byte[] octets = SoftHsm.token().pin().reveal(SecretAccess.raw());
    return new String(octets, StandardCharsets.US_ASCII).toCharArray();
  }

  @Test
  void theTokenSignsWithItsKeys() throws Exception {
    Path configuration = SoftHsm.token().configuration();
    for (String kind : new String[] {"EC", "RSA"}) {
      X509Certificate certificate = made(configuration, kind, "signs" + kind);
      TokenKeys keys = TokenKeys.open(Files.readAllBytes(configuration), "token.cfg", pin());
      CertifiedKey key = keys.key("signs" + kind);
      assertEquals(certificate, key.certificate());
      SignatureAlgorithm algorithm = key.algorithms().getFirst();
      assertEquals(
          kind.equals("EC") ? SignatureAlgorithm.ECDSA_SHA256 : SignatureAlgorithm.RSA_PSS_SHA256,
          algorithm);
      for (SignatureAlgorithm each : key.algorithms()) {
        Bytes signature = key.sign(each, MESSAGE);
        assertTrue(signature.length() > 60, each.toString());
      }
      if (kind.equals("EC")) {
        Signature verifier = Signature.getInstance("SHA256withECDSA");
        verifier.initVerify(certificate.getPublicKey());
        verifier.update(MESSAGE.toArray());
        assertTrue(verifier.verify(key.sign(algorithm, MESSAGE).toArray()));
      }
    }
  }

  @Test
  void aPolicyNamesThemByFileAndLabel() throws Exception {
    Path configuration = SoftHsm.token().configuration();
    X509Certificate certificate = made(configuration, "EC", "named");
    CredentialFile chain =
        new CredentialFile(
            "chain.pem",
            ("-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.US_ASCII));
    CredentialFile file = new CredentialFile("token.cfg", Files.readAllBytes(configuration));
    PkiCredentials credentials =
        PkiCredentials.builder().tokenKey("me", chain, file, "named", pin()).build();
    CertifiedKey key = (CertifiedKey) credentials.signingKey(new AuthMethod.Certificate("me"));
    assertTrue(key != null && key.sign(SignatureAlgorithm.ECDSA_SHA256, MESSAGE).length() > 60);

    PkiException unknown =
        assertThrows(
            PkiException.class,
            () -> PkiCredentials.builder().tokenKey("me", chain, file, "nobody", pin()));
    assertTrue(String.valueOf(unknown.getMessage()).contains("named"), "lists those that are");
    assertEquals("token.cfg", unknown.source());
  }

  @Test
  void whatIsNoTokenIsSaidToBeNone() {
    PkiException refused =
        assertThrows(
            PkiException.class,
            () ->
                TokenKeys.open(
                    "name = none\nlibrary = /nonexistent/library.so\n"
                        .getBytes(StandardCharsets.US_ASCII),
                    "none.cfg",
                    null));
    assertEquals("none.cfg", refused.source());
    assertSame(PkiException.class, refused.getClass());
  }
}
