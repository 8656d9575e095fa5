package org.ipsec4j.auth.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.auth.pki.TestCa.Issued;
import org.junit.jupiter.api.Test;

/** Keys and certificates as they stand in files, and whether they belong together. */
class KeyFilesTest {
  private static final Issued ROOT = TestCa.root("CN=Root,O=Example");

  private static byte[] pem(Object... objects) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object object : objects) {
        writer.writeObject(object);
      }
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] pkcs8Pem(PrivateKey key) {
    return ("some explanation\n-----BEGIN PRIVATE KEY-----\r\n"
            + Base64.getMimeEncoder(64, new byte[] {'\r', '\n'}).encodeToString(key.getEncoded())
            + "\r\n-----END PRIVATE KEY-----\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void assertSame(PrivateKey expected, PrivateKey actual) {
    assertTrue(Arrays.equals(expected.getEncoded(), actual.getEncoded()));
  }

  @Test
  void keysOfEveryKindAndFormAreRead() throws Exception {
    for (KeyPair pair :
        List.of(
            TestCa.keys("RSA", "2048"),
            TestCa.keys("EC", "secp256r1"),
            TestCa.keys("EC", "secp384r1"),
            TestCa.keys("EC", "secp521r1"),
            TestCa.keys("Ed25519", ""),
            TestCa.keys("Ed448", ""))) {
      PrivateKey key = pair.getPrivate();
      assertSame(key, PkiFiles.privateKey(pkcs8Pem(key), "pem", null));
      assertSame(key, PkiFiles.privateKey(key.getEncoded(), "der", null));
    }
  }

  @Test
  void oldFormsAreRead() throws Exception {
    KeyPair rsa = TestCa.keys("RSA", "2048");
    byte[] pkcs1 = pem(rsa.getPrivate());
    assertTrue(new String(pkcs1, StandardCharsets.US_ASCII).contains("BEGIN RSA PRIVATE KEY"));
    works(PkiFiles.privateKey(pkcs1, "pkcs1", null), rsa, "SHA256withRSA");
    byte[] pkcs1Der =
        PrivateKeyInfo.getInstance(rsa.getPrivate().getEncoded())
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();
    works(PkiFiles.privateKey(pkcs1Der, "pkcs1.der", null), rsa, "SHA256withRSA");

    KeyPair ec = TestCa.keys("EC", "secp384r1");
    byte[] sec1 =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
                384,
                ((ECPrivateKey) ec.getPrivate()).getS(),
                org.bouncycastle.asn1.sec.SECObjectIdentifiers.secp384r1)
            .getEncoded();
    works(PkiFiles.privateKey(sec1, "sec1.der", null), ec, "SHA256withECDSA");
    String text =
        "-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n"
            + "-----BEGIN EC PRIVATE KEY-----\n"
            + Base64.getEncoder().encodeToString(sec1)
            + "\n-----END EC PRIVATE KEY-----\n";
    works(
        PkiFiles.privateKey(text.getBytes(StandardCharsets.US_ASCII), "sec1.pem", null),
        ec,
        "SHA256withECDSA");
    byte[] withoutCurve = pem(ec.getPrivate());
    PkiException refusal =
        assertThrows(
            PkiException.class, () -> PkiFiles.privateKey(withoutCurve, "no-curve.pem", null));
    assertTrue(text(refusal).contains("openssl pkcs8"), refusal::getMessage);
  }

  private static void works(PrivateKey key, KeyPair pair, String algorithm) throws Exception {
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update((byte) 1);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(pair.getPublic());
    verifier.update((byte) 1);
    assertTrue(verifier.verify(signature));
  }

  @Test
  void encryptedKeysTakeTheirPassword() throws Exception {
    KeyPair pair = TestCa.ec();
    char[] password = "secret for tests".toCharArray();
    byte[] encrypted =
        pem(
            new JcaPKCS8Generator(
                pair.getPrivate(),
                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPRF(
                        new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
                            PKCSObjectIdentifiers.id_hmacWithSHA256,
                            org.bouncycastle.asn1.DERNull.INSTANCE))
                    .setPassword(password)
                    .build()));
    assertSame(pair.getPrivate(), PkiFiles.privateKey(encrypted, "encrypted", password));
    PkiException without =
        assertThrows(
            PkiException.class, () -> PkiFiles.privateKey(encrypted, "encrypted.pem", null));
    assertTrue(text(without).startsWith("encrypted.pem: "), without::getMessage);
    PkiException wrong =
        assertThrows(
            PkiException.class,
            () -> PkiFiles.privateKey(encrypted, "encrypted.pem", "other".toCharArray()));
    assertFalse(text(wrong).contains("other"));
  }

  @Test
  void oldEncryptionSaysHowToConvert() {
    String text =
        """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,00000000000000000000000000000000

        AAAA
        -----END RSA PRIVATE KEY-----
        """;
    PkiException refusal =
        assertThrows(
            PkiException.class,
            () -> PkiFiles.privateKey(text.getBytes(StandardCharsets.US_ASCII), "old.pem", null));
    assertTrue(text(refusal).contains("openssl pkcs8 -topk8"), refusal::getMessage);
    assertEquals("old.pem", refusal.source());
  }

  @Test
  void bundlesAndSingleCertificatesAreRead() throws Exception {
    Issued other = TestCa.root("CN=Other");
    byte[] bundle =
        pem(
            ROOT.certificate(),
            new JcaPKCS8Generator(other.keys().getPrivate(), null),
            other.certificate());
    assertEquals(
        List.of(ROOT.certificate(), other.certificate()),
        PkiFiles.certificates(bundle, "bundle.pem"));
    assertEquals(
        List.of(ROOT.certificate()),
        PkiFiles.certificates(ROOT.certificate().getEncoded(), "root.der"));
    assertSame(other.keys().getPrivate(), PkiFiles.privateKey(bundle, "bundle.pem", null));
  }

  @Test
  void filesThatCannotBeReadSayWhy() throws Exception {
    byte[] noise = "hello".getBytes(StandardCharsets.US_ASCII);
    for (String text :
        List.of(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nAAAA\n",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
            "")) {
      byte[] content = text.getBytes(StandardCharsets.US_ASCII);
      PkiException certificates =
          assertThrows(PkiException.class, () -> PkiFiles.certificates(content, "a.pem"));
      assertTrue(text(certificates).startsWith("a.pem: "), certificates::getMessage);
      assertThrows(PkiException.class, () -> PkiFiles.privateKey(content, "a.pem", null));
    }
    assertThrows(PkiException.class, () -> PkiFiles.privateKey(noise, "noise", null));
    assertThrows(PkiException.class, () -> PkiFiles.certificates(noise, "noise"));
    byte[] key = TestCa.ec().getPrivate().getEncoded();
    for (int length = 0; length < key.length; length++) {
      byte[] cut = Arrays.copyOf(key, length);
      assertThrows(PkiException.class, () -> PkiFiles.privateKey(cut, "cut", null));
    }
  }

  @Test
  void keyAndCertificateMustBelongTogether() throws Exception {
    Issued leaf = TestCa.wish("CN=gateway,O=Example").issue(ROOT);
    PkiException mismatch =
        assertThrows(
            PkiException.class,
            () ->
                CertifiedKey.of(
                    TestCa.ec().getPrivate(), List.of(leaf.certificate()), "gateway.pem"));
    assertTrue(text(mismatch).contains("does not match"), mismatch::getMessage);
    assertTrue(text(mismatch).contains("CN=gateway"), mismatch::getMessage);
    assertThrows(
        PkiException.class,
        () ->
            CertifiedKey.of(
                TestCa.keys("RSA", "2048").getPrivate(),
                List.of(leaf.certificate()),
                "gateway.pem"));
    assertThrows(
        PkiException.class, () -> CertifiedKey.of(leaf.keys().getPrivate(), List.of(), "none"));
  }

  @Test
  void chainsBeginWithTheKeysOwnCertificate() throws Exception {
    Issued upper = TestCa.wish("CN=Upper,O=Example").ca(1).issue(ROOT);
    Issued lower = TestCa.wish("CN=Lower,O=Example").ca(0).issue(upper);
    Issued leaf = TestCa.wish("CN=gateway,O=Example").issue(lower);
    List<X509Certificate> shuffled =
        List.of(ROOT.certificate(), upper.certificate(), leaf.certificate(), lower.certificate());
    CertifiedKey key = CertifiedKey.of(leaf.keys().getPrivate(), shuffled, "gateway.pem");
    assertEquals(List.of(leaf.der(), lower.der(), upper.der()), key.certificateChain());
    assertEquals(
        Bytes.copyOf(leaf.certificate().getSubjectX500Principal().getEncoded()),
        key.subject().data());
  }

  @Test
  void algorithmsFitTheKeyAndSign() throws Exception {
    check("RSA", "2048", SignatureAlgorithm.RSA_PSS_SHA256, 6);
    check("EC", "secp256r1", SignatureAlgorithm.ECDSA_SHA256, 3);
    check("EC", "secp384r1", SignatureAlgorithm.ECDSA_SHA384, 3);
    check("EC", "secp521r1", SignatureAlgorithm.ECDSA_SHA512, 3);
    check("Ed25519", "", SignatureAlgorithm.ED25519, 1);
    check("Ed448", "", SignatureAlgorithm.ED448, 1);
  }

  private static void check(
      String algorithm, String detail, SignatureAlgorithm preferred, int number) throws Exception {
    Issued leaf = TestCa.wish("CN=x").keys(TestCa.keys(algorithm, detail)).issue(ROOT);
    CertifiedKey key =
        CertifiedKey.of(leaf.keys().getPrivate(), List.of(leaf.certificate()), "x.pem");
    assertEquals(preferred, key.algorithms().get(0));
    assertEquals(number, key.algorithms().size());
    Bytes message = Bytes.ofHex("0102");
    for (SignatureAlgorithm each : key.algorithms()) {
      assertTrue(key.sign(each, message).length() > 60, each.toString());
    }
    SignatureAlgorithm foreign =
        preferred.keyType() == SignatureAlgorithm.KeyType.RSA
            ? SignatureAlgorithm.ED25519
            : SignatureAlgorithm.RSA_PSS_SHA256;
    assertThrows(CryptoException.class, () -> key.sign(foreign, message));
    assertThrows(CryptoException.class, () -> key.sign(SignatureAlgorithm.RSA_PKCS1_SHA1, message));
  }

  @Test
  void pkcs12FilesGiveKeyAndChain() throws Exception {
    Issued lower = TestCa.wish("CN=Lower,O=Example").ca(0).issue(ROOT);
    Issued leaf = TestCa.wish("CN=gateway,O=Example").issue(lower);
    char[] password = "secret for tests".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "gateway",
        leaf.keys().getPrivate(),
        password,
        new Certificate[] {leaf.certificate(), lower.certificate(), ROOT.certificate()});
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    store.store(file, password);
    byte[] content = file.toByteArray();
    assertEquals(
        List.of(leaf.der(), lower.der()),
        PkiFiles.pkcs12(content, "gateway.p12", password, null).certificateChain());
    assertThrows(
        PkiException.class, () -> PkiFiles.pkcs12(content, "gateway.p12", password, "other"));
    assertThrows(
        PkiException.class,
        () -> PkiFiles.pkcs12(content, "gateway.p12", "wrong".toCharArray(), null));
    assertThrows(PkiException.class, () -> PkiFiles.pkcs12(new byte[100], "noise", password, null));
  }

  @Test
  void nothingPrintsKeys() throws Exception {
    Issued leaf = TestCa.wish("CN=x").issue(ROOT);
    CertifiedKey key =
        CertifiedKey.of(leaf.keys().getPrivate(), List.of(leaf.certificate()), "x.pem");
    assertEquals("key of CN=x", key.toString());
  }

  private static String text(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
