package org.ipsec4j.esp;

/**
 * What becomes of the TCP or UDP checksum of a packet that came in transport mode through a NAT,
 * which has changed addresses that the checksum covers (RFC 3948 3.1.2). A UDP checksum of zero
 * over IPv4 means none, and stays zero in every case.
 */
public enum NatChecksum {
  /**
   * The difference between the addresses that the peer used ({@link SaOptions#originalAddresses()})
   * and those of the delivered packet is taken out: an error in the packet stays one. Where the
   * original addresses are not known, {@link #RECOMPUTE}.
   */
  ADJUST,
  /** Computed anew over the packet; the ICV has proved that it is as the peer sent it. */
  RECOMPUTE,
  /** UDP over IPv4 goes on without checksum; everything else as {@link #ADJUST}. */
  CLEAR_UDP
}
