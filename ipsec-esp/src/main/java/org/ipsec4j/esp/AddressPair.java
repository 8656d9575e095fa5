package org.ipsec4j.esp;

import org.ipsec4j.api.net.IpAddress;

/**
 * Two addresses of one family, seen from our side.
 *
 * @param local ours
 * @param remote the peer's
 */
public record AddressPair(IpAddress local, IpAddress remote) {
  /**
   * @throws IllegalArgumentException when the families differ
   */
  public AddressPair {
    if (local.isV4() != remote.isV4()) {
      throw new IllegalArgumentException(local + " and " + remote + " are of different families");
    }
  }

  /** Whether both are IPv4. */
  public boolean isV4() {
    return local.isV4();
  }
}
