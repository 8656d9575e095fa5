package org.ipsec4j.api.ike;

/** Why an IKE datagram went no further. Each dropped datagram has exactly one. */
public enum IkeDropReason {
  /** Shorter than a header, or the length field does not fit. */
  BAD_LENGTH("the datagram's length does not fit its IKE header"),
  /** A payload cannot be read. */
  MALFORMED_PAYLOAD("a payload cannot be read"),
  /** Another major version. */
  UNSUPPORTED_VERSION("the message is of a version of IKE that is not spoken here"),
  /** No IKE SA has these SPIs. */
  UNKNOWN_SPI("no IKE SA has these SPIs"),
  /** The ICV is wrong. */
  ICV_MISMATCH("the integrity check failed: damaged, forged, or the keys differ"),
  /** A message that must be protected is not. */
  NOT_PROTECTED("the message must be protected and is not"),
  /** A message ID outside the window, or a response that nobody waits for. */
  OUTSIDE_WINDOW("the message ID lies outside the window"),
  /** A payload stands where it must not, or is missing. */
  RULE_VIOLATION("a payload is missing or stands where it must not"),
  /** A critical payload that is not understood. */
  UNSUPPORTED_CRITICAL("a critical payload is not understood"),
  /** The direction flags contradict the SA. */
  WRONG_FLAGS("the initiator or response flag contradicts the IKE SA"),
  /** An exchange that does not fit the state. */
  UNEXPECTED_EXCHANGE("the exchange does not fit the state of the IKE SA"),
  /** The cookie is missing, wrong, or too old. */
  BAD_COOKIE("the cookie is missing, wrong or too old"),
  /** Too many half-open IKE SAs. */
  HALF_OPEN_LIMIT("too many IKE SAs are half open"),
  /** A fragment that does not fit. */
  BAD_FRAGMENT("a fragment does not fit the message being collected"),
  /** Already answered: the stored answer was sent again. */
  RETRANSMISSION("a retransmission: the stored answer was sent again"),
  /** Work on this message is still running. */
  BUSY("the message is being worked on"),
  /** No peer in the policy may be at that address. */
  NO_PEER("no peer of the policy may be at that address"),
  /** An unprotected error that would end a negotiation is only noted. */
  UNPROTECTED_HINT("an unprotected error message is only noted: it may be forged"),
  /** Too many key exchanges and signatures wait for their turn. */
  OVERLOADED("too much work of negotiations waits: a new one was not begun"),
  /** The engine is closing. */
  CLOSING("the engine is closing");

  private final String sentence;

  IkeDropReason(String sentence) {
    this.sentence = sentence;
  }

  /** One sentence for people. */
  public String sentence() {
    return sentence;
  }
}
