package org.ipsec4j.ike.wire;

import org.jspecify.annotations.Nullable;

/** What octets turned out to be. */
public sealed interface DecodeResult {
  /**
   * A message.
   *
   * @param message the message
   */
  record Ok(IkeMessage message) implements DecodeResult {}

  /** No message that can be processed. Whether it is answered or dropped is decided elsewhere. */
  sealed interface Failure extends DecodeResult {}

  /**
   * Octets that are no IKE message: INVALID_SYNTAX when the message is authentic, silence otherwise
   * (RFC 7296 2.21).
   *
   * @param reason the one reason
   * @param offset where it was found, in octets from the start of the message
   * @param header the header, or null when even that is missing
   */
  record Malformed(MalformedReason reason, int offset, @Nullable IkeHeader header)
      implements Failure {}

  /**
   * A major version other than 2 (RFC 7296 2.5). Nothing behind the header was looked at.
   *
   * @param header the header
   */
  record UnsupportedVersion(IkeHeader header) implements Failure {}

  /**
   * An unknown payload with the critical bit: UNSUPPORTED_CRITICAL_PAYLOAD (RFC 7296 2.5).
   *
   * @param header the header
   * @param type the type of the payload, the data of the notification
   */
  record UnsupportedCritical(IkeHeader header, int type) implements Failure {}
}
