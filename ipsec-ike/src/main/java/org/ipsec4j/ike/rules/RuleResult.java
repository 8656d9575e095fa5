package org.ipsec4j.ike.rules;

/** Whether a message is legal. */
public sealed interface RuleResult {
  /**
   * It is.
   *
   * @param kind which message it is
   */
  record Ok(MessageKind kind) implements RuleResult {}

  /**
   * It is not: INVALID_SYNTAX when it is an authentic request (RFC 7296 2.21), dropped otherwise.
   *
   * @param rule the one rule that it breaks
   * @param payloadType the payload that it is about, 0 when about none
   */
  record Violation(Rule rule, int payloadType) implements RuleResult {}

  /** What a message may break. */
  enum Rule {
    /** An exchange type without a table. */
    UNKNOWN_EXCHANGE,
    /** Flags, SPIs or Message ID that the exchange cannot have (RFC 7296 2.2, 3.1). */
    HEADER_CONTRADICTS_EXCHANGE,
    /** A payload that must be there is not. */
    PAYLOAD_MISSING,
    /** A payload that must not be there is. */
    PAYLOAD_FORBIDDEN,
    /** More payloads of a type than may be there. */
    PAYLOAD_REPEATED,
    /** Payloads in clear where an Encrypted payload must be. */
    NOT_ENCRYPTED,
    /** Offers are not numbered 1, 2, 3 ... (RFC 7296 3.3.1). */
    BAD_PROPOSAL_NUMBERS,
    /** An answer with another number of proposals than one (RFC 7296 3.3). */
    NOT_ONE_PROPOSAL,
    /** IKE among the proposals of a Child SA, or another protocol among those of an IKE SA. */
    BAD_PROPOSAL_PROTOCOL
  }
}
