package org.ipsec4j.auth.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/** A small certification authority for tests; every wish is a method. */
final class TestCa {
  /** The moment at which the tests play. */
  static final Instant NOW = Instant.parse("2026-07-01T12:00:00Z");

  private static final AtomicLong SERIAL = new AtomicLong(1000);

  private TestCa() {}

  /**
   * A certificate with its key.
   *
   * @param certificate the certificate
   * @param keys its keys
   */
  record Issued(X509Certificate certificate, KeyPair keys) {
    Bytes der() {
      try {
        return Bytes.copyOf(certificate.getEncoded());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static KeyPair ec() {
    return keys("EC", "secp256r1");
  }

  static KeyPair keys(String algorithm, String detail) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("EC")) {
        generator.initialize(new ECGenParameterSpec(detail));
      } else if (algorithm.startsWith("RSA")) {
        generator.initialize(Integer.parseInt(detail));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Issued root(String name) {
    return wish(name).ca(-1).issue(null);
  }

  static Wish wish(String subject) {
    return new Wish(new X500Name(subject));
  }

  static Wish wish(X500Name subject) {
    return new Wish(subject);
  }

  /** What a certificate shall be like. */
  static final class Wish {
    private final X500Name subject;
    private final List<GeneralName> altNames = new ArrayList<>();
    private final List<Extension> extensions = new ArrayList<>();
    private KeyPair keys = ec();
    private Instant from = NOW.minus(Duration.ofDays(30));
    private Instant to = NOW.plus(Duration.ofDays(300));
    private String signature = "SHA256withECDSA";
    private boolean criticalAltNames;

    private Wish(X500Name subject) {
      this.subject = subject;
    }

    Wish keys(KeyPair wanted) {
      keys = wanted;
      return this;
    }

    Wish valid(Instant notBefore, Instant notAfter) {
      from = notBefore;
      to = notAfter;
      return this;
    }

    Wish signedWith(String algorithm) {
      signature = algorithm;
      return this;
    }

    Wish dns(String name) {
      altNames.add(new GeneralName(GeneralName.dNSName, name));
      return this;
    }

    Wish ip(String address) {
      altNames.add(new GeneralName(GeneralName.iPAddress, address));
      return this;
    }

    Wish email(String mailbox) {
      altNames.add(new GeneralName(GeneralName.rfc822Name, mailbox));
      return this;
    }

    Wish criticalAltNames() {
      criticalAltNames = true;
      return this;
    }

    /** A CA; a negative path length is none. */
    Wish ca(int pathLength) {
      extension(
          Extension.basicConstraints,
          true,
          pathLength < 0 ? new BasicConstraints(true) : new BasicConstraints(pathLength));
      return extension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }

    Wish extension(ASN1ObjectIdentifier identifier, boolean critical, ASN1Encodable value) {
      try {
        extensions.add(new Extension(identifier, critical, value.toASN1Primitive().getEncoded()));
      } catch (java.io.IOException e) {
        throw new IllegalStateException(e);
      }
      return this;
    }

    /** Issues it; null makes it sign itself. */
    Issued issue(@Nullable Issued issuer) {
      KeyPair signing = issuer == null ? keys : issuer.keys();
      X500Name issuerName =
          issuer == null
              ? subject
              : X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
      try {
        X509v3CertificateBuilder builder =
            new JcaX509v3CertificateBuilder(
                issuerName,
                BigInteger.valueOf(SERIAL.incrementAndGet()),
                Date.from(from),
                Date.from(to),
                subject,
                keys.getPublic());
        JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
        builder.addExtension(
            Extension.subjectKeyIdentifier,
            false,
            utils.createSubjectKeyIdentifier(keys.getPublic()));
        builder.addExtension(
            Extension.authorityKeyIdentifier,
            false,
            utils.createAuthorityKeyIdentifier(signing.getPublic()));
        if (!altNames.isEmpty()) {
          builder.addExtension(
              Extension.subjectAlternativeName,
              criticalAltNames,
              new GeneralNames(altNames.toArray(new GeneralName[0])));
        }
        for (Extension extension : extensions) {
          builder.addExtension(extension);
        }
        byte[] der =
            builder
                .build(new JcaContentSignerBuilder(signature).build(signing.getPrivate()))
                .getEncoded();
        return new Issued(
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new java.io.ByteArrayInputStream(der)),
            keys);
      } catch (GeneralSecurityException | java.io.IOException | OperatorCreationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
