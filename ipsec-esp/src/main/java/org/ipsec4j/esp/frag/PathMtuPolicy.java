package org.ipsec4j.esp.frag;

/**
 * What a {@link PathMtu} may believe (RFC 4301 8.2).
 *
 * @param linkMtu the MTU of our own link towards the peer, in octets of an outer IP packet, {@value
 *     #MIN_V4} to {@value #NO_LIMIT}; {@link #NO_LIMIT} when packets may have any length, as where
 *     the system's own stack fragments
 * @param believesIcmp whether ICMP errors, which nobody authenticates, lower the MTU. RFC 4301
 *     6.1.1 leaves that to the policy
 * @param floorV4 no ICMP error lowers the MTU of an IPv4 path below this, {@value #MIN_V4} to
 *     {@code linkMtu}. The floor of IPv6 paths is always 1280: RFC 8201 4 has smaller values
 *     ignored
 * @param ageNanos after this time in ns without a further error the MTU of the link is tried again
 *     (RFC 4301 8.2.2, RFC 1191 6.3)
 */
public record PathMtuPolicy(int linkMtu, boolean believesIcmp, int floorV4, long ageNanos) {
  /** More than any IP packet has. */
  public static final int NO_LIMIT = 65575;

  /** The least that an IPv4 link carries (RFC 791 3.2). */
  public static final int MIN_V4 = 68;

  /** The least that an IPv6 link carries (RFC 8200 5). */
  public static final int MIN_V6 = 1280;

  /**
   * No limit of the link, ICMP errors are believed down to 576 octets, ten minutes (RFC 1191 6.3).
   */
  public static final PathMtuPolicy DEFAULT =
      new PathMtuPolicy(NO_LIMIT, true, 576, 600_000_000_000L);

  /**
   * @throws IllegalArgumentException when a number is out of range
   */
  public PathMtuPolicy {
    if (linkMtu < MIN_V4 || linkMtu > NO_LIMIT) {
      throw new IllegalArgumentException(
          "MTU " + linkMtu + " is not in " + MIN_V4 + ".." + NO_LIMIT);
    }
    if (floorV4 < MIN_V4 || floorV4 > linkMtu) {
      throw new IllegalArgumentException(
          "floor " + floorV4 + " is not in " + MIN_V4 + ".." + linkMtu);
    }
    if (ageNanos < 1) {
      throw new IllegalArgumentException("ageNanos " + ageNanos + " is not positive");
    }
  }

  /** The same for another link. */
  public PathMtuPolicy withLinkMtu(int octets) {
    return new PathMtuPolicy(octets, believesIcmp, Math.min(floorV4, octets), ageNanos);
  }

  /** The same, believing ICMP errors or not. */
  public PathMtuPolicy withIcmp(boolean believes) {
    return new PathMtuPolicy(linkMtu, believes, floorV4, ageNanos);
  }
}
