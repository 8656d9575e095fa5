package org.ipsec4j.auth.pki;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.ipsec4j.api.auth.PathOutcome.Cause;
import org.ipsec4j.api.auth.PathOutcome.Rejected;
import org.jspecify.annotations.Nullable;

/** Turns what is wrong with a path into sentences that say what to change. */
final class Rejections {
  /** Beyond it, wrong clocks are no likely reason. */
  private static final Duration CLOCK_SKEW = Duration.ofDays(2);

  private static final int MAX_LISTED = 16;

  private Rejections() {}

  static Rejected malformed(String detail) {
    return new Rejected(
        Cause.MALFORMED, detail, "replace the peer's certificate or its chain", List.of());
  }

  static @Nullable Rejected outsideValidity(X509Certificate certificate, Instant at) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant to = certificate.getNotAfter().toInstant();
    String name = Certificates.name(certificate);
    if (at.isBefore(from)) {
      Duration early = Duration.between(at, from);
      return new Rejected(
          Cause.NOT_YET_VALID,
          name + " is valid from " + from + ", which is in " + text(early) + " by our clock",
          early.compareTo(CLOCK_SKEW) <= 0
              ? "compare our clock (" + at + ") with the CA's: one of them is probably wrong"
              : "wait, or issue a certificate that is valid now; our clock says " + at,
          List.of("valid until " + to));
    }
    if (at.isAfter(to)) {
      Duration late = Duration.between(to, at);
      return new Rejected(
          Cause.EXPIRED,
          name + " expired on " + to + ", " + text(late) + " ago by our clock",
          "renew the certificate"
              + (late.compareTo(CLOCK_SKEW) <= 0 ? ", or correct our clock" : ""),
          List.of("valid from " + from, "our clock says " + at));
    }
    return null;
  }

  private static String text(Duration duration) {
    if (duration.toDays() >= 2) {
      return duration.toDays() + " days";
    }
    return duration.toHours() >= 2
        ? duration.toHours() + " hours"
        : Math.max(1, duration.toMinutes()) + " minutes";
  }

  /**
   * No way leads to an anchor.
   *
   * @param highest the certificate at which the way ends
   */
  static Rejected noPath(
      X509Certificate endEntity,
      X509Certificate highest,
      List<X509Certificate> anchors,
      Instant at) {
    X500Principal issuer = highest.getIssuerX500Principal();
    String issuerName = Certificates.printable(issuer.toString());
    List<String> evidence = new ArrayList<>();
    anchors.stream()
        .limit(MAX_LISTED)
        .forEach(anchor -> evidence.add("trusted: " + Certificates.name(anchor)));
    if (anchors.isEmpty()) {
      evidence.add("no CA is trusted for this peer");
    }
    evidence.add("the peer's chain ends at " + Certificates.name(highest));
    Rejected validity = outsideValidity(endEntity, at);
    if (validity != null) {
      evidence.add("besides, " + validity.detail());
    }
    boolean root = highest.getSubjectX500Principal().equals(issuer);
    if (!root && anchors.stream().anyMatch(anchor -> sameOrganisation(issuer, anchor))) {
      return new Rejected(
          Cause.INTERMEDIATE_MISSING,
          "the certificate of " + issuerName + " is missing between the peer and a trusted CA",
          "let the peer send it with its own, or add it to the trusted CAs of this peer",
          evidence);
    }
    return new Rejected(
        Cause.UNKNOWN_CA,
        root
            ? issuerName + " is not among the CAs that are trusted for this peer"
            : issuerName + ", which issued the peer's certificate, is not trusted for this peer",
        "add that CA to the trusted CAs of this peer if it is the right one"
            + (root ? "" : "; if it is an intermediate CA, let the peer send its certificate too"),
        evidence);
  }

  /**
   * Whether the names share their organisation or domain: a hint that one CA is below the other.
   */
  private static boolean sameOrganisation(X500Principal issuer, X509Certificate anchor) {
    Set<String> ours = organisation(anchor.getSubjectX500Principal());
    return !ours.isEmpty() && ours.equals(organisation(issuer));
  }

  private static Set<String> organisation(X500Principal name) {
    Set<String> parts = new java.util.HashSet<>();
    for (String part :
        name.getName(X500Principal.RFC2253).toLowerCase(Locale.ROOT).split(",", -1)) {
      if (part.startsWith("o=") || part.startsWith("dc=")) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** What the PKIX algorithm refused. */
  static Rejected of(CertPathValidatorException e, PathSearch.Candidate candidate) {
    int index = e.getIndex();
    X509Certificate culprit =
        index >= 0 && index < candidate.path().size()
            ? candidate.path().get(index)
            : candidate.anchor();
    X509Certificate issuer =
        index >= 0 && index + 1 < candidate.path().size()
            ? candidate.path().get(index + 1)
            : candidate.anchor();
    String name = Certificates.name(culprit);
    List<String> evidence = List.of("path ends at " + Certificates.name(candidate.anchor()));
    if (e.getReason() instanceof BasicReason reason) {
      return ofBasic(reason, name, Certificates.name(issuer), evidence);
    }
    return e.getReason() instanceof PKIXReason reason
        ? ofPkix(reason, culprit, name, evidence)
        : new Rejected(
            Cause.MALFORMED,
            name + " does not pass RFC 5280 6",
            "replace that certificate",
            evidence);
  }

  private static Rejected ofBasic(
      BasicReason reason, String name, String issuer, List<String> evidence) {
    return switch (reason) {
      case EXPIRED ->
          new Rejected(Cause.EXPIRED, name + " has expired", "renew the certificate", evidence);
      case NOT_YET_VALID ->
          new Rejected(
              Cause.NOT_YET_VALID, name + " is not valid yet", "compare the clocks", evidence);
      case REVOKED ->
          new Rejected(Cause.REVOKED, name + " is revoked", "issue a new certificate", evidence);
      case UNDETERMINED_REVOCATION_STATUS ->
          new Rejected(
              Cause.REVOCATION_UNKNOWN,
              "whether " + name + " is revoked is not known",
              "make its CRL or OCSP responder reachable",
              evidence);
      case INVALID_SIGNATURE ->
          new Rejected(
              Cause.BAD_SIGNATURE,
              name + " names " + issuer + " as its issuer, but that one's key did not sign it",
              "if the CA has a new key under its old name, trust its new certificate",
              evidence);
      case ALGORITHM_CONSTRAINED ->
          new Rejected(
              Cause.WEAK,
              name + " uses an algorithm that this Java platform does not accept any more",
              "issue it anew with a stronger key or hash",
              evidence);
      case UNSPECIFIED ->
          new Rejected(
              Cause.MALFORMED,
              name + " does not pass RFC 5280 6",
              "replace that certificate",
              evidence);
    };
  }

  private static Rejected ofPkix(
      PKIXReason reason, X509Certificate culprit, String name, List<String> evidence) {
    return switch (reason) {
      case NOT_CA_CERT ->
          new Rejected(
              Cause.BAD_CA,
              name + " issued a certificate, but is no CA by its basic constraints",
              "let a CA issue the certificate",
              evidence);
      case PATH_TOO_LONG ->
          new Rejected(
              Cause.BAD_CA,
              name + " allows fewer CAs below it than there are",
              "issue a CA certificate with a longer path length constraint",
              evidence);
      case INVALID_KEY_USAGE ->
          new Rejected(
              Cause.BAD_CA,
              "the key usage of " + name + " does not allow it to sign certificates",
              "issue the CA certificate with key usage keyCertSign",
              evidence);
      case INVALID_NAME ->
          new Rejected(
              Cause.NAME_CONSTRAINT,
              "a name constraint of a CA forbids the names of " + name,
              "issue the certificate with names that its CA may certify, or by another CA",
              Certificates.provenNames(culprit));
      case UNRECOGNIZED_CRIT_EXT ->
          new Rejected(
              Cause.UNKNOWN_CRITICAL_EXTENSION,
              name + " has a critical extension that is not known here",
              "issue it without that extension, or not critical",
              criticalExtensions(culprit));
      // Our search joined the names already, so it is the key identifier that does not fit.
      case NO_TRUST_ANCHOR, NAME_CHAINING ->
          new Rejected(
              Cause.BAD_SIGNATURE,
              name + " names a CA that is trusted, but was signed with another key",
              "if the CA has a new key under its old name, trust its new certificate",
              evidence);
      case INVALID_POLICY ->
          new Rejected(
              Cause.WRONG_USAGE,
              "the certificate policies on the way to " + name + " contradict each other",
              "issue the certificates with policies that fit",
              evidence);
    };
  }

  private static List<String> criticalExtensions(X509Certificate certificate) {
    Set<String> identifiers = certificate.getCriticalExtensionOIDs();
    return identifiers == null
        ? List.of()
        : identifiers.stream()
            .sorted()
            .limit(MAX_LISTED)
            .map(identifier -> "critical: " + identifier)
            .toList();
  }
}
