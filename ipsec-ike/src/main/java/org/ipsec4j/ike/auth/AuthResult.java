package org.ipsec4j.ike.auth;

/** Outcome of looking at a peer's AUTH payload. */
public sealed interface AuthResult {
  /**
   * It is right.
   *
   * @param fact the proof
   */
  record Verified(AuthVerified fact) implements AuthResult {}

  /**
   * It is not: the answer is AUTHENTICATION_FAILED, whatever the reason (RFC 7296 2.21.2).
   *
   * @param reason for logs and diagnoses, never for the peer
   */
  record Failed(Reason reason) implements AuthResult {}

  /** Why a peer's proof was refused. */
  enum Reason {
    /** Another method than the policy wants of this peer. */
    OTHER_METHOD,
    /** The framing of the signature is wrong or its algorithm unknown. */
    UNKNOWN_SIGNATURE,
    /** A signature algorithm that the policy does not allow, such as one with SHA-1. */
    ALGORITHM_NOT_ALLOWED,
    /** The value is wrong: another key, another identity, or another conversation. */
    VALUE_MISMATCH,
    /** The peer's public key does not fit the algorithm or is malformed. */
    KEY_UNUSABLE,
    /** Our provider failed. */
    PROVIDER_FAILED
  }
}
