package org.ipsec4j.node;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.ipsec4j.auth.pki.CertifiedKey;
import org.ipsec4j.auth.pki.PkiCredentials;
import org.ipsec4j.auth.pki.PkiException;

/** A key pair with its certificate, issued for a test that runs now. */
record Certified(X509Certificate certificate, KeyPair keys) {
  private static final Duration DAY = Duration.ofDays(1);

  /** A certification authority that signs itself. */
  static Certified authority(String name) {
    KeyPair keys = newKeys();
    return issue("CN=" + name, null, "CN=" + name, keys, keys, Instant.now().plus(DAY));
  }

  /** A node's certificate, which names it by a domain name. */
  Certified node(String domain) {
    return node(domain, Instant.now().plus(DAY));
  }

  /** The same for keys that somebody else has made and may keep, such as a token. */
  X509Certificate node(String domain, KeyPair others) {
    String issuer = certificate.getSubjectX500Principal().getName();
    return issue("CN=" + domain, domain, issuer, others, keys, Instant.now().plus(DAY))
        .certificate();
  }

  /** The same with an end of its own. */
  Certified node(String domain, Instant until) {
    String issuer = certificate.getSubjectX500Principal().getName();
    return issue("CN=" + domain, domain, issuer, newKeys(), keys, until);
  }

  /** Credentials as a policy names them: {@code me} is this, {@code friends} trusts the issuer. */
  PkiCredentials trusting(Certified authority) {
    try {
      return PkiCredentials.builder()
          .signingKey("me", CertifiedKey.of(keys.getPrivate(), List.of(certificate), "test"))
          .trustAnchors("friends", List.of(authority.certificate))
          .build();
    } catch (PkiException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Certified issue(
      String subject,
      @org.jspecify.annotations.Nullable String domain,
      String issuer,
      KeyPair keys,
      KeyPair signing,
      Instant until) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name(issuer),
              BigInteger.valueOf(System.nanoTime()),
              Date.from(until.minus(DAY.multipliedBy(30))),
              Date.from(until),
              new X500Name(subject),
              keys.getPublic());
      if (domain == null) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      } else {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.dNSName, domain)));
      }
      byte[] der =
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signing.getPrivate()))
              .getEncoded();
      return new Certified(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der)),
          keys);
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }
}
