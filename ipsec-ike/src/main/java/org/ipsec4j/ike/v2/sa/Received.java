package org.ipsec4j.ike.v2.sa;

import org.ipsec4j.ike.wire.DecodeResult;
import org.ipsec4j.ike.wire.IkeMessage;

/** What a datagram brought once windows and keys have judged it. */
sealed interface Received {
  /** The next request of the peer, authentic. */
  record Request(IkeMessage message) implements Received {}

  /** The awaited answer, authentic once the IKE SA has keys. */
  record Response(IkeMessage message) implements Received {}

  /** The next request, authentic, that cannot be processed. */
  record BadRequest(int exchangeType, DecodeResult.Failure failure) implements Received {}

  /** The awaited answer, authentic, that cannot be processed. */
  record BadResponse(int exchangeType, DecodeResult.Failure failure) implements Received {}

  /** An authentic part of a message; others are awaited. */
  record Part() implements Received {}

  /** Nothing to process: counted, and perhaps answered again. */
  record Nothing() implements Received {}
}
