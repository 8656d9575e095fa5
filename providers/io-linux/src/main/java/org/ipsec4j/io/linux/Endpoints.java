package org.ipsec4j.io.linux;

import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** The peers that were heard last, so that one that is heard again costs no object. Bounded. */
final class Endpoints {
  private static final int BITS = 8;

  private final @Nullable Endpoint[] known = new Endpoint[1 << BITS];

  /**
   * An address.
   *
   * @param high the upper half of an IPv6 address, 0 for IPv4
   * @param low the lower half, or the IPv4 address
   */
  Endpoint of(boolean v4, long high, long low, int port) {
    long mixed = (high * 31 + low) * 31 + port;
    int slot = (int) ((mixed * 0x9e3779b97f4a7c15L) >>> (64 - BITS));
    Endpoint found = known[slot];
    if (found == null
        || found.port() != port
        || found.address().low() != low
        || found.address().high() != high
        || found.address().isV4() != v4) {
      found = new Endpoint(v4 ? IpAddress.v4((int) low) : IpAddress.v6(high, low), port);
      known[slot] = found;
    }
    return found;
  }
}
