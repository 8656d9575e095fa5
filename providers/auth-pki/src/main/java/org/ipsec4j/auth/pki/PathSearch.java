package org.ipsec4j.auth.pki;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ways from an end entity to trust anchors through certificates that a peer sent, by
 * names and key identifiers alone. Bounded in depth and in steps, because a peer may send
 * certificates that name each other in circles.
 */
final class PathSearch {
  /**
   * A way to an anchor.
   *
   * @param path the end entity first, without the anchor; empty when the end entity is an anchor
   * @param anchor where it ends
   */
  record Candidate(List<X509Certificate> path, X509Certificate anchor) {}

  /** More than any hierarchy in use. */
  static final int MAX_DEPTH = 8;

  private static final int MAX_CANDIDATES = 8;
  private static final int MAX_STEPS = 256;
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
  private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
  private static final int KEY_IDENTIFIER = 0x80;

  private final List<X509Certificate> anchors;
  private final List<X509Certificate> intermediates;
  private final List<Candidate> found = new ArrayList<>();
  private X509Certificate highest;
  private int depthOfHighest = 1;
  private int steps;

  private PathSearch(
      X509Certificate endEntity,
      List<X509Certificate> intermediates,
      List<X509Certificate> anchors) {
    this.intermediates = intermediates;
    this.anchors = anchors;
    this.highest = endEntity;
  }

  /** Searches all ways. */
  static PathSearch from(
      X509Certificate endEntity,
      List<X509Certificate> intermediates,
      List<X509Certificate> anchors) {
    PathSearch search = new PathSearch(endEntity, intermediates, anchors);
    if (anchors.contains(endEntity)) {
      search.found.add(new Candidate(List.of(), endEntity));
    } else {
      search.extend(List.of(endEntity));
    }
    return search;
  }

  /** The ways found, those with fitting key identifiers first. */
  List<Candidate> candidates() {
    return found;
  }

  /** The last certificate of the longest way that was tried. */
  X509Certificate highest() {
    return highest;
  }

  private void extend(List<X509Certificate> path) {
    X509Certificate last = path.get(path.size() - 1);
    for (X509Certificate anchor : issuersOf(last, anchors)) {
      if (found.size() < MAX_CANDIDATES) {
        found.add(new Candidate(path, anchor));
      }
    }
    for (X509Certificate issuer : issuersOf(last, intermediates)) {
      if (path.size() >= MAX_DEPTH || ++steps > MAX_STEPS || found.size() >= MAX_CANDIDATES) {
        return;
      }
      if (!path.contains(issuer)) {
        List<X509Certificate> longer = new ArrayList<>(path);
        longer.add(issuer);
        if (longer.size() > depthOfHighest) {
          depthOfHighest = longer.size();
          highest = issuer;
        }
        extend(List.copyOf(longer));
      }
    }
  }

  private static List<X509Certificate> issuersOf(
      X509Certificate certificate, List<X509Certificate> among) {
    byte[] wanted = keyIdentifier(certificate, AUTHORITY_KEY_IDENTIFIER);
    List<X509Certificate> fitting = new ArrayList<>();
    List<X509Certificate> others = new ArrayList<>();
    for (X509Certificate issuer : among) {
      if (issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
        byte[] has = keyIdentifier(issuer, SUBJECT_KEY_IDENTIFIER);
        boolean fits = wanted == null || has == null || Arrays.equals(wanted, has);
        (fits ? fitting : others).add(issuer);
      }
    }
    fitting.addAll(others);
    return fitting;
  }

  /** The key identifier of an extension; null when there is none. It is a hint, nothing more. */
  private static byte @Nullable [] keyIdentifier(X509Certificate certificate, String extension) {
    byte[] value = certificate.getExtensionValue(extension);
    byte[] inner = value == null ? null : new Der(value).content(Der.OCTET_STRING);
    if (inner == null) {
      return null;
    }
    Der content = new Der(inner);
    if (extension.equals(SUBJECT_KEY_IDENTIFIER)) {
      return content.content(Der.OCTET_STRING);
    }
    Der sequence = content.enter(Der.SEQUENCE);
    return sequence == null ? null : sequence.content(KEY_IDENTIFIER);
  }
}
