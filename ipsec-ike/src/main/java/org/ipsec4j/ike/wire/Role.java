package org.ipsec4j.ike.wire;

/** Whose side a payload speaks of: the sender or the receiver of the exchange's request. */
public enum Role {
  /** The side that began the exchange (IDi, TSi). */
  INITIATOR,
  /** The side that answers (IDr, TSr). */
  RESPONDER
}
