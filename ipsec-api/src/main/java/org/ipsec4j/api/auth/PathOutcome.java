package org.ipsec4j.api.auth;

import java.util.List;
import org.ipsec4j.api.Bytes;

/** What came of checking a peer's certificates against the identity that it claims. */
public sealed interface PathOutcome {
  /**
   * The path ends at a trust anchor of the peer's policy and the end entity holds the identity.
   *
   * @param publicKey DER SubjectPublicKeyInfo of the end entity
   * @param subject the end entity, for people
   */
  record Validated(Bytes publicKey, String subject) implements PathOutcome {}

  /**
   * The peer is not believed.
   *
   * @param cause what is wrong
   * @param detail one sentence with names and dates
   * @param cure one sentence: what to change, and where
   * @param evidence further facts, such as the names that are in the certificate
   */
  record Rejected(Cause cause, String detail, String cure, List<String> evidence)
      implements PathOutcome {
    /** Copies the list. */
    public Rejected {
      evidence = List.copyOf(evidence);
    }
  }

  /** What can be wrong with a path. */
  enum Cause {
    /** No certificate came. */
    NO_CERTIFICATE,
    /** A certificate cannot be read. */
    MALFORMED,
    /** No path to an anchor: its CA is unknown. */
    UNKNOWN_CA,
    /** No path: an intermediate certificate is missing. */
    INTERMEDIATE_MISSING,
    /** Past its validity. */
    EXPIRED,
    /** Before its validity; clocks may differ. */
    NOT_YET_VALID,
    /** A signature in the path is wrong. */
    BAD_SIGNATURE,
    /** The identity is not in the certificate. */
    IDENTITY_MISMATCH,
    /** Key usage or extended key usage forbids it. */
    WRONG_USAGE,
    /** A name constraint forbids it. */
    NAME_CONSTRAINT,
    /** Basic constraints or path length. */
    BAD_CA,
    /** A critical extension is unknown. */
    UNKNOWN_CRITICAL_EXTENSION,
    /** The key or the signature algorithm is too weak. */
    WEAK,
    /** Revoked. */
    REVOKED,
    /** Revocation could not be checked and the policy demands it. */
    REVOCATION_UNKNOWN,
    /** The check itself failed. */
    INTERNAL
  }
}
