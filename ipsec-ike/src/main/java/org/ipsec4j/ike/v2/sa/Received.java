package org.ipsec4j.ike.v2.sa;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.NotifyPayload;

/** What a datagram brought once windows and keys have judged it. */
sealed interface Received {
  /** The next request of the peer, authentic and legal. */
  record Request(IkeMessage message) implements Received {}

  /**
   * The awaited answer, legal, and authentic once the IKE SA has keys.
   *
   * @param raw the octets of an IKE_SA_INIT response; empty otherwise
   */
  record Response(IkeMessage message, Bytes raw) implements Received {}

  /**
   * The next request, authentic, that cannot be processed.
   *
   * @param answer what the peer hears
   * @param detail what we tell
   * @param reason under which it counts
   */
  record BadRequest(NotifyPayload answer, String detail, IkeDropReason reason)
      implements Received {}

  /** The awaited answer, authentic, that cannot be processed. */
  record BadResponse(String detail) implements Received {}

  /** An error in clear, counted already: perhaps forged. */
  record Hint(int notifyType) implements Received {}

  /** An authentic part of a message; others are awaited. */
  record Part() implements Received {}

  /** Nothing to process; counted, and perhaps answered again. */
  record Nothing() implements Received {}
}
