package org.ipsec4j.esp;

/**
 * To what the AH headers that we send are padded over IPv4; over IPv6 it is always eight octets. It
 * makes a difference for ICVs of 16 and 32 octets (not for those of 12 and 24). What a peer sends
 * may be padded either way.
 */
public enum AhPadding {
  /** Four octets: what RFC 4302 3.3.3.2.1 says. Linux takes it from an SA with its flag align4. */
  FOUR_OCTETS,
  /** Eight octets: what Linux sends and takes unless it is told otherwise. */
  EIGHT_OCTETS
}
