package org.ipsec4j.ike.wire;

/** Why octets are no IKE message. One reason per refused message; names are stable for counters. */
public enum MalformedReason {
  /** Fewer octets than a header. */
  SHORT_HEADER,
  /** The header's length field is not the length of the datagram: cut short or octets behind. */
  LENGTH_MISMATCH,
  /** The message is longer than a UDP datagram can be. */
  TOO_LONG,
  /** An SPI of the initiator that is zero (RFC 7296 3.1). */
  ZERO_INITIATOR_SPI,
  /**
   * A payload that is announced and not there, or whose length is below 4 or beyond the message.
   */
  BAD_PAYLOAD_LENGTH,
  /** The chain of payloads ends before the message does. */
  OCTETS_BEHIND_PAYLOADS,
  /** More payloads than {@link MessageDecoder#MAX_PAYLOADS}. */
  TOO_MANY_PAYLOADS,
  /** A payload stands behind the encrypted one (RFC 7296 3.14). */
  ENCRYPTED_NOT_LAST,
  /** An encrypted payload inside an encrypted payload. */
  ENCRYPTED_NESTED,
  /** A field reaches beyond its payload. */
  FIELD_TRUNCATED,
  /** Octets are left over in a payload or substructure. */
  TRAILING_OCTETS,
  /** A length field of a substructure that cannot be. */
  BAD_SUBSTRUCTURE_LENGTH,
  /** The last-substructure field contradicts the place of a proposal or transform. */
  BAD_SUBSTRUCTURE_CHAIN,
  /** The number of transforms is not the one announced. */
  BAD_TRANSFORM_COUNT,
  /** More proposals or transforms than {@link SaPayload} takes. */
  TOO_MANY_PROPOSALS,
  /** An SPI size that the protocol does not have. */
  BAD_SPI_SIZE,
  /** A nonce outside 16 to 256 octets (RFC 7296 3.9). */
  BAD_NONCE_LENGTH,
  /** Traffic selectors whose number, length, addresses or ports contradict themselves. */
  BAD_SELECTOR,
  /** More SPIs in a Delete payload than {@link DeletePayload#MAX_SPIS}. */
  TOO_MANY_SPIS,
  /** More configuration attributes than {@link ConfigPayload#MAX_ATTRIBUTES}. */
  TOO_MANY_ATTRIBUTES,
  /** A fragment number of zero, or above the total number (RFC 7383 2.5). */
  BAD_FRAGMENT_NUMBER
}
