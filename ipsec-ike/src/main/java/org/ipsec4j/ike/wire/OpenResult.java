package org.ipsec4j.ike.wire;

/** What became of a protected message. */
public sealed interface OpenResult {
  /**
   * Authentic and well-formed.
   *
   * @param message header and the payloads inside the encrypted one
   */
  record Opened(IkeMessage message) implements OpenResult {}

  /**
   * An authentic fragment; others are awaited.
   *
   * @param received fragments so far
   * @param total fragments announced
   */
  record Incomplete(int received, int total) implements OpenResult {}

  /**
   * Nothing that the peer is known to have sent: dropped without an answer.
   *
   * @param reason the one reason
   */
  record Dropped(Reason reason) implements OpenResult {}

  /**
   * Authentic, but what is inside cannot be processed: answered in the IKE SA (RFC 7296 2.21.2).
   *
   * @param failure malformed or unsupported critical
   */
  record Refused(DecodeResult.Failure failure) implements OpenResult {}

  /** Why a message was dropped. */
  enum Reason {
    /** No encrypted payload where one must be. */
    NOT_ENCRYPTED,
    /** A payload that must be inside stands in front of the encrypted one. */
    PAYLOAD_OUTSIDE,
    /** Too short for IV, padding and ICV, or no whole number of cipher blocks. */
    BAD_LENGTH,
    /** The integrity check value is wrong. */
    ICV_MISMATCH,
    /** Authentic, but the pad length is larger than the text. */
    BAD_PADDING,
    /** This fragment is here already. */
    DUPLICATE_FRAGMENT,
    /** A fragment of an earlier split into fewer parts (RFC 7383 2.6). */
    STALE_FRAGMENT,
    /** More fragments than are taken. */
    TOO_MANY_FRAGMENTS,
    /** The whole would be larger than is taken. */
    REASSEMBLY_TOO_LARGE
  }
}
