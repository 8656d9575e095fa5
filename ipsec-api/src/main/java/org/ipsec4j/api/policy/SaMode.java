package org.ipsec4j.api.policy;

/** How the SA wraps packets (RFC 4301 4.1). */
public enum SaMode {
  /** A whole inner IP packet. */
  TUNNEL,
  /** The payload of the IP packet. */
  TRANSPORT,
  /**
   * Bound end-to-end tunnel: the inner addresses are fixed by the SA, so that packets look like
   * those of transport mode on the wire, and like those of tunnel mode to the hosts (RFC 7402
   * Appendix B). Not negotiated by IKE; for manual keys.
   */
  BEET
}
