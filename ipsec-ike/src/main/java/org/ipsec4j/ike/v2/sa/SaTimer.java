package org.ipsec4j.ike.v2.sa;

/** The timers of an IKE SA; those of its Child SAs and of its exchanges are kept there. */
enum SaTimer {
  /** A half-open IKE SA is forgotten. */
  OPENING,
  /** The IKE SA is rekeyed. */
  REKEY,
  /** The IKE SA dies. */
  EXPIRE,
  /** Nothing came for so long that the peer is probed (RFC 7296 2.4). */
  LIVENESS,
  /** The NAT in front of us is kept awake (RFC 3948 4). */
  KEEPALIVE,
  /** Fragments of a message that did not become whole are forgotten (RFC 7383 2.6). */
  FRAGMENTS,
  /** A replaced or closing IKE SA is not waited for any longer; a lingering one is forgotten. */
  END
}
