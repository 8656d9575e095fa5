package org.ipsec4j.auth.pki;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;
import org.ipsec4j.api.policy.Identity;
import org.jspecify.annotations.Nullable;

/**
 * A JCA private key, in memory or in a token, with the certificates that say whose it is. Key and
 * certificate have been found to belong together. Immutable and thread-safe.
 */
public final class CertifiedKey implements SigningKey {
  private static final Bytes CHALLENGE = Bytes.ofHex("6b657920616e64206365727469666963617465");

  private final PrivateKey key;

  /** The JCA provider of a key in a token; null when JCA finds it. */
  private final @Nullable Provider provider;

  private final List<X509Certificate> chain;
  private final List<Bytes> encoded;
  private final List<SignatureAlgorithm> algorithms;

  private CertifiedKey(
      PrivateKey key,
      @Nullable Provider provider,
      List<X509Certificate> chain,
      List<Bytes> encoded,
      List<SignatureAlgorithm> algorithms) {
    this.key = key;
    this.provider = provider;
    this.chain = List.copyOf(chain);
    this.encoded = List.copyOf(encoded);
    this.algorithms = List.copyOf(algorithms);
  }

  /**
   * Joins key and certificates and lets the key prove that they belong together.
   *
   * @param key a key that JCA can sign with
   * @param certificates in any order; the one of the key becomes the first
   * @param source a file's name, for messages
   * @throws PkiException when none of the certificates is that of the key, or IKE has no signature
   *     for it
   */
  public static CertifiedKey of(PrivateKey key, List<X509Certificate> certificates, String source)
      throws PkiException {
    return of(key, null, certificates, source);
  }

  /**
   * The same for a key that only one JCA provider can use, such as that of a token, which need not
   * be registered in the JVM.
   */
  static CertifiedKey of(
      PrivateKey key,
      @Nullable Provider provider,
      List<X509Certificate> certificates,
      String source)
      throws PkiException {
    if (certificates.isEmpty()) {
      throw new PkiException(source, "no certificate was given for the private key");
    }
    for (X509Certificate candidate : certificates) {
      List<SignatureAlgorithm> algorithms = algorithmsOf(candidate.getPublicKey());
      if (!algorithms.isEmpty()
          && belongs(key, provider, candidate.getPublicKey(), algorithms.get(0))) {
        return of(key, provider, ordered(candidate, certificates), algorithms, source);
      }
    }
    X509Certificate first = certificates.get(0);
    throw new PkiException(
        source,
        "the private key ("
            + key.getAlgorithm()
            + ") does not match the certificate of "
            + Certificates.name(first)
            + " ("
            + first.getPublicKey().getAlgorithm()
            + "); give the key that the certificate was issued for");
  }

  private static CertifiedKey of(
      PrivateKey key,
      @Nullable Provider provider,
      List<X509Certificate> chain,
      List<SignatureAlgorithm> algorithms,
      String source)
      throws PkiException {
    List<Bytes> encoded = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      try {
        encoded.add(Bytes.copyOf(certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new PkiException(source, "a certificate has no DER encoding");
      }
    }
    return new CertifiedKey(key, provider, chain, encoded, algorithms);
  }

  /** The end entity, then those that certify each other; roots are left to the peer. */
  private static List<X509Certificate> ordered(
      X509Certificate endEntity, List<X509Certificate> certificates) {
    List<X509Certificate> chain = new ArrayList<>();
    X509Certificate last = endEntity;
    chain.add(last);
    for (int i = 0; i < certificates.size(); i++) {
      for (X509Certificate candidate : certificates) {
        boolean issuer = candidate.getSubjectX500Principal().equals(last.getIssuerX500Principal());
        boolean root =
            candidate.getSubjectX500Principal().equals(candidate.getIssuerX500Principal());
        if (issuer && !root && !chain.contains(candidate)) {
          chain.add(candidate);
          last = candidate;
          break;
        }
      }
    }
    return chain;
  }

  /** What IKE can do with a key, the preferred first; without SHA-1. */
  private static List<SignatureAlgorithm> algorithmsOf(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa ->
          rsa.getAlgorithm().equals("RSASSA-PSS")
              ? List.of(
                  SignatureAlgorithm.RSA_PSS_SHA256,
                  SignatureAlgorithm.RSA_PSS_SHA384,
                  SignatureAlgorithm.RSA_PSS_SHA512)
              : List.of(
                  SignatureAlgorithm.RSA_PSS_SHA256,
                  SignatureAlgorithm.RSA_PSS_SHA384,
                  SignatureAlgorithm.RSA_PSS_SHA512,
                  SignatureAlgorithm.RSA_PKCS1_SHA256,
                  SignatureAlgorithm.RSA_PKCS1_SHA384,
                  SignatureAlgorithm.RSA_PKCS1_SHA512);
      case ECPublicKey ec -> ecdsa(ec.getParams().getCurve().getField().getFieldSize());
      case EdECPublicKey ed ->
          List.of(
              ed.getParams().getName().equals("Ed448")
                  ? SignatureAlgorithm.ED448
                  : SignatureAlgorithm.ED25519);
      default -> List.of();
    };
  }

  /** The hash as strong as the curve first (RFC 4754 3), then the others. */
  private static List<SignatureAlgorithm> ecdsa(int bits) {
    if (bits <= 256) {
      return List.of(
          SignatureAlgorithm.ECDSA_SHA256,
          SignatureAlgorithm.ECDSA_SHA384,
          SignatureAlgorithm.ECDSA_SHA512);
    }
    return bits <= 384
        ? List.of(
            SignatureAlgorithm.ECDSA_SHA384,
            SignatureAlgorithm.ECDSA_SHA512,
            SignatureAlgorithm.ECDSA_SHA256)
        : List.of(
            SignatureAlgorithm.ECDSA_SHA512,
            SignatureAlgorithm.ECDSA_SHA384,
            SignatureAlgorithm.ECDSA_SHA256);
  }

  private static boolean belongs(
      PrivateKey key,
      @Nullable Provider provider,
      PublicKey publicKey,
      SignatureAlgorithm algorithm) {
    try {
      return verified(publicKey, algorithm, signed(key, provider, algorithm, CHALLENGE));
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  private static boolean verified(
      PublicKey publicKey, SignatureAlgorithm algorithm, byte[] ofChallenge)
      throws GeneralSecurityException {
    Signature verifier = signature(algorithm, null);
    verifier.initVerify(publicKey);
    verifier.update(CHALLENGE.toArray());
    return verifier.verify(ofChallenge);
  }

  /** Whether a signer signs with the key of the certificate. */
  boolean verifies(SignatureAlgorithm algorithm, Signer signer) throws CryptoException {
    Bytes signature = signer.sign(CHALLENGE);
    try {
      return verified(certificate().getPublicKey(), algorithm, signature.toArray());
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  /** DER PrivateKeyInfo; null when the key does not leave its token. The caller destroys it. */
  @Nullable Secret encoded() {
    byte[] der = "PKCS#8".equals(key.getFormat()) ? key.getEncoded() : null;
    return der == null ? null : Secret.adopt(der);
  }

  /**
   * {@inheritDoc}
   *
   * <p>What the provider does not sign, or signs wrongly, is signed as before. Certificate paths
   * are not its matter.
   */
  @Override
  public SigningKey using(CryptoProvider crypto) {
    boolean leaves = "PKCS#8".equals(key.getFormat());
    return leaves && algorithms.stream().anyMatch(crypto::supportsSigning)
        ? new ProviderSignedKey(this, crypto)
        : this;
  }

  @Override
  public List<SignatureAlgorithm> algorithms() {
    return algorithms;
  }

  @Override
  public List<Bytes> certificateChain() {
    return encoded;
  }

  /** The end entity's certificate. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** The subject as ID_DER_ASN1_DN carries it, octet for octet (RFC 4945 3.1.5). */
  public Identity.DistinguishedName subject() {
    return new Identity.DistinguishedName(
        Bytes.copyOf(certificate().getSubjectX500Principal().getEncoded()),
        certificate().getSubjectX500Principal().toString());
  }

  @Override
  public Bytes sign(SignatureAlgorithm algorithm, Bytes message) throws CryptoException {
    if (!algorithms.contains(algorithm)) {
      throw new CryptoException(
          Culprit.LOCAL_KEY,
          "the key of " + Certificates.name(certificate()) + " does not do " + algorithm);
    }
    try {
      return Bytes.copyOf(signed(key, provider, algorithm, message));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new CryptoException(
          Culprit.PROVIDER,
          "signing with "
              + Certificates.name(certificate())
              + " failed with "
              + e.getClass().getSimpleName());
    }
  }

  private static byte[] signed(
      PrivateKey key, @Nullable Provider provider, SignatureAlgorithm algorithm, Bytes message)
      throws GeneralSecurityException {
    Signature signature = signature(algorithm, provider);
    signature.initSign(key);
    signature.update(message.toArray());
    return signature.sign();
  }

  /** Without a provider JCA picks the first that takes the key. */
  private static Signature signature(SignatureAlgorithm algorithm, @Nullable Provider provider)
      throws GeneralSecurityException {
    return switch (algorithm) {
      case RSA_PKCS1_SHA1 -> signature("SHA1withRSA", provider);
      case RSA_PKCS1_SHA256 -> signature("SHA256withRSA", provider);
      case RSA_PKCS1_SHA384 -> signature("SHA384withRSA", provider);
      case RSA_PKCS1_SHA512 -> signature("SHA512withRSA", provider);
      case RSA_PSS_SHA256 -> pss(MGF1ParameterSpec.SHA256, 32, provider);
      case RSA_PSS_SHA384 -> pss(MGF1ParameterSpec.SHA384, 48, provider);
      case RSA_PSS_SHA512 -> pss(MGF1ParameterSpec.SHA512, 64, provider);
      case ECDSA_SHA1 -> signature("SHA1withECDSA", provider);
      case ECDSA_SHA256 -> signature("SHA256withECDSA", provider);
      case ECDSA_SHA384 -> signature("SHA384withECDSA", provider);
      case ECDSA_SHA512 -> signature("SHA512withECDSA", provider);
      case ED25519 -> signature("Ed25519", provider);
      case ED448 -> signature("Ed448", provider);
    };
  }

  private static Signature signature(String algorithm, @Nullable Provider provider)
      throws GeneralSecurityException {
    return provider == null
        ? Signature.getInstance(algorithm)
        : Signature.getInstance(algorithm, provider);
  }

  private static Signature pss(MGF1ParameterSpec hash, int saltLength, @Nullable Provider provider)
      throws GeneralSecurityException {
    Signature signature = signature("RSASSA-PSS", provider);
    signature.setParameter(
        new PSSParameterSpec(
            hash.getDigestAlgorithm(),
            "MGF1",
            hash,
            saltLength,
            PSSParameterSpec.TRAILER_FIELD_BC));
    return signature;
  }

  @Override
  public String toString() {
    return "key of " + Certificates.name(certificate());
  }
}
