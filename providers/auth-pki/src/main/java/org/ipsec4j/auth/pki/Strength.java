package org.ipsec4j.auth.pki;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Locale;
import org.ipsec4j.api.auth.PathOutcome.Cause;
import org.ipsec4j.api.auth.PathOutcome.Rejected;
import org.jspecify.annotations.Nullable;

/** Keys and signatures that are too weak, or so large that they only cost time (RFC 8247 4). */
final class Strength {
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 16384;
  private static final int MAX_RSA_EXPONENT_BITS = 64;
  private static final int MIN_EC_BITS = 224;
  private static final List<String> BROKEN_HASHES = List.of("MD2", "MD4", "MD5", "SHA1", "SHA-1");

  private Strength() {}

  static @Nullable Rejected check(PathSearch.Candidate candidate) {
    for (X509Certificate certificate : candidate.path()) {
      String hash = brokenHash(certificate.getSigAlgName());
      if (hash != null) {
        return weak(
            certificate,
            "is signed with " + hash,
            "let the CA issue it anew with SHA-256 or better");
      }
      Rejected key = checkKey(certificate);
      if (key != null) {
        return key;
      }
    }
    return checkKey(candidate.anchor());
  }

  private static @Nullable String brokenHash(String signatureAlgorithm) {
    String upper = signatureAlgorithm.toUpperCase(Locale.ROOT);
    return BROKEN_HASHES.stream()
        .filter(hash -> upper.startsWith(hash + "WITH"))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Rejected checkKey(X509Certificate certificate) {
    PublicKey key = certificate.getPublicKey();
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      BigInteger exponent = rsa.getPublicExponent();
      if (bits < MIN_RSA_BITS
          || bits > MAX_RSA_BITS
          || exponent.bitLength() > MAX_RSA_EXPONENT_BITS
          || exponent.compareTo(BigInteger.TWO) <= 0) {
        return weak(
            certificate,
            "has an RSA key of " + bits + " bits or with an unusual exponent",
            "issue a certificate for an RSA key of 2048 to 16384 bits with exponent 65537");
      }
    }
    if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getOrder().bitLength();
      if (bits < MIN_EC_BITS) {
        return weak(
            certificate,
            "has an EC key of " + bits + " bits",
            "issue a certificate for a key on P-256 or a larger curve");
      }
    }
    return null;
  }

  private static Rejected weak(X509Certificate certificate, String what, String cure) {
    return new Rejected(Cause.WEAK, Certificates.name(certificate) + " " + what, cure, List.of());
  }
}
