package org.ipsec4j.auth.pki;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.auth.PathOutcome.Cause;
import org.ipsec4j.api.auth.PathOutcome.Rejected;
import org.ipsec4j.api.policy.Identity;
import org.jspecify.annotations.Nullable;

/**
 * Judges a peer's certificates against one set of trust anchors (RFC 5280 6, RFC 4945 5.1). Every
 * input from the peer is hostile: number and size are bounded, nothing is thrown. Thread-safe;
 * remembers the signatures that it found right; revocation is not checked.
 *
 * <p>A trust anchor may be a root, an intermediate CA, or the peer's own certificate.
 */
public final class PathChecker {
  /** Certificates in one message; more are refused. */
  public static final int MAX_CERTIFICATES = 16;

  /** id-kp-ipsecIKE (RFC 4945 5.1.3.12). */
  public static final String USAGE_IPSEC_IKE = "1.3.6.1.5.5.7.3.17";

  /** anyExtendedKeyUsage (RFC 5280 4.2.1.12). */
  public static final String USAGE_ANY = "2.5.29.37.0";

  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int NON_REPUDIATION = 1;

  private final List<X509Certificate> anchors;
  private final List<Bytes> keyHashes;
  private final Set<String> usages;
  private final boolean demandsUsage;
  private final ProvenPaths proven = new ProvenPaths();

  private PathChecker(List<X509Certificate> anchors, Set<String> usages, boolean demandsUsage) {
    this.anchors = List.copyOf(anchors);
    this.usages = Set.copyOf(usages);
    this.demandsUsage = demandsUsage;
    this.keyHashes = this.anchors.stream().map(Certificates::keyHash).distinct().toList();
  }

  /**
   * A checker that minds an extended key usage only where it is critical: RFC 4945 5.1.3.12 lets an
   * implementation do without it, and the certificates in the field bear those of TLS.
   *
   * @param anchors whom to trust; an empty list trusts nobody
   */
  public static PathChecker trusting(List<X509Certificate> anchors) {
    return new PathChecker(anchors, Set.of(USAGE_IPSEC_IKE, USAGE_ANY), false);
  }

  /**
   * The same anchors, and an extended key usage, where there is one, must be ipsecIKE, any, or one
   * of the given (RFC 4945 5.1.3.12).
   *
   * @param objectIdentifiers further usages in dotted form
   */
  public PathChecker demandingUsage(String... objectIdentifiers) {
    Set<String> more = new HashSet<>(usages);
    more.addAll(List.of(objectIdentifiers));
    return new PathChecker(anchors, more, true);
  }

  /** The trust anchors. */
  public List<X509Certificate> anchors() {
    return anchors;
  }

  /** SHA-1 of each anchor's SubjectPublicKeyInfo (RFC 7296 3.7). */
  public List<Bytes> anchorKeyHashes() {
    return keyHashes;
  }

  /**
   * Judges.
   *
   * @param chain DER certificates as they came, the end entity first
   * @param claimed the identity of the ID payload
   * @param at the moment for which validity is judged
   * @return never null; the check itself failing is an outcome too
   */
  public PathOutcome validate(List<Bytes> chain, Identity claimed, Instant at) {
    try {
      return judge(chain, claimed, at);
    } catch (GeneralSecurityException | RuntimeException | StackOverflowError e) {
      return new Rejected(
          Cause.INTERNAL,
          "the certificates could not be checked (" + e.getClass().getSimpleName() + ")",
          "report this with the peer's certificate",
          List.of());
    }
  }

  private PathOutcome judge(List<Bytes> chain, Identity claimed, Instant at)
      throws GeneralSecurityException {
    Rejected unusable = checkAmount(chain);
    if (unusable != null) {
      return unusable;
    }
    X509Certificate endEntity = Certificates.parse(chain.get(0).toArray());
    if (endEntity == null) {
      return Rejections.malformed("the peer's certificate cannot be read as DER of X.509");
    }
    List<X509Certificate> others = new ArrayList<>();
    for (Bytes der : chain.subList(1, chain.size())) {
      X509Certificate other = Certificates.parse(der.toArray());
      // One that cannot be read may be of no use for the path; if it is, the path will lack it.
      if (other != null && !others.contains(other)) {
        others.add(other);
      }
    }
    Rejected path = checkPath(endEntity, others, at);
    if (path != null) {
      return path;
    }
    Rejected usage = checkUsage(endEntity);
    if (usage != null) {
      return usage;
    }
    Rejected identity = checkIdentity(endEntity, claimed);
    return identity != null
        ? identity
        : new PathOutcome.Validated(
            Bytes.copyOf(endEntity.getPublicKey().getEncoded()), Certificates.name(endEntity));
  }

  private static @Nullable Rejected checkAmount(List<Bytes> chain) {
    if (chain.isEmpty()) {
      return new Rejected(
          Cause.NO_CERTIFICATE,
          "the peer sent no certificate",
          "give the peer a certificate, or let it send it even when it is not asked",
          List.of());
    }
    if (chain.size() > MAX_CERTIFICATES) {
      return Rejections.malformed(
          "the peer sent "
              + chain.size()
              + " certificates; at most "
              + MAX_CERTIFICATES
              + " are read");
    }
    return null;
  }

  private @Nullable Rejected checkPath(
      X509Certificate endEntity, List<X509Certificate> others, Instant at)
      throws GeneralSecurityException {
    PathSearch search = PathSearch.from(endEntity, others, anchors);
    if (search.candidates().isEmpty()) {
      return Rejections.noPath(endEntity, search.highest(), anchors, at);
    }
    Rejected first = null;
    for (PathSearch.Candidate candidate : search.candidates()) {
      Rejected rejected = checkCandidate(candidate, at);
      if (rejected == null) {
        return null;
      }
      first = first == null ? rejected : first;
    }
    return first;
  }

  private @Nullable Rejected checkCandidate(PathSearch.Candidate candidate, Instant at)
      throws GeneralSecurityException {
    Rejected rejected = Rejections.outsideValidity(candidate.anchor(), at);
    for (X509Certificate certificate : candidate.path()) {
      rejected = rejected == null ? Rejections.outsideValidity(certificate, at) : rejected;
    }
    // Before the signatures: an endless key costs time there.
    rejected = rejected == null ? Strength.check(candidate) : rejected;
    if (rejected != null || candidate.path().isEmpty()) {
      return rejected;
    }
    Bytes name = ProvenPaths.name(candidate);
    if (proven.contains(name)) {
      return null;
    }
    CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(candidate.path());
    PKIXParameters parameters =
        new PKIXParameters(Set.of(new TrustAnchor(candidate.anchor(), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    try {
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
      proven.add(name);
      return null;
    } catch (CertPathValidatorException e) {
      return Rejections.of(e, candidate);
    }
  }

  private @Nullable Rejected checkUsage(X509Certificate endEntity) throws GeneralSecurityException {
    boolean[] keyUsage = endEntity.getKeyUsage();
    if (keyUsage != null
        && !(isSet(keyUsage, DIGITAL_SIGNATURE) || isSet(keyUsage, NON_REPUDIATION))) {
      return new Rejected(
          Cause.WRONG_USAGE,
          "the key usage of " + Certificates.name(endEntity) + " does not allow signatures",
          "issue the certificate with key usage digitalSignature (RFC 4945 5.1.3.2)",
          List.of());
    }
    List<String> extended = endEntity.getExtendedKeyUsage();
    if (extended != null
        && (demandsUsage || isCritical(endEntity))
        && extended.stream().noneMatch(usages::contains)) {
      return new Rejected(
          Cause.WRONG_USAGE,
          "the extended key usage of " + Certificates.name(endEntity) + " does not allow IKE",
          "issue the certificate with extended key usage ipsecIKE, or accept the usage in the"
              + " policy",
          extended.stream().limit(MAX_CERTIFICATES).map(usage -> "has usage " + usage).toList());
    }
    return null;
  }

  private static boolean isCritical(X509Certificate certificate) {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    return critical != null && critical.contains(EXTENDED_KEY_USAGE);
  }

  private static boolean isSet(boolean[] bits, int index) {
    return index < bits.length && bits[index];
  }

  private static @Nullable Rejected checkIdentity(X509Certificate endEntity, Identity claimed) {
    List<Certificates.AltName> names = Certificates.altNames(endEntity);
    if (names == null) {
      return Rejections.malformed("the subjectAltName of the peer's certificate cannot be read");
    }
    return IdentityBinding.holds(endEntity, names, claimed)
        ? null
        : new Rejected(
            Cause.IDENTITY_MISMATCH,
            "the peer claims "
                + Certificates.printable(claimed.toString())
                + ", which is not in its certificate",
            IdentityBinding.cure(claimed),
            Certificates.provenNames(endEntity).stream()
                .map(name -> "the certificate has " + name)
                .toList());
  }
}
