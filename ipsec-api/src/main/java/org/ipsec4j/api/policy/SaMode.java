package org.ipsec4j.api.policy;

/** How the SA wraps packets (RFC 4301 4.1). */
public enum SaMode {
  /** A whole inner IP packet. */
  TUNNEL,
  /** The payload of the IP packet. */
  TRANSPORT
}
