package org.ipsec4j.api.packet;

import java.util.List;
import java.util.Set;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;

/**
 * What native ESP and AH need.
 *
 * @param addresses our outer addresses; packets to others are not received
 * @param protocols which of ESP and AH
 */
public record RawSettings(List<IpAddress> addresses, Set<SecurityProtocol> protocols) {
  /**
   * @throws IllegalArgumentException when there is nothing to open
   */
  public RawSettings {
    addresses = addresses.stream().distinct().toList();
    protocols = Set.copyOf(protocols);
    if (addresses.isEmpty() || protocols.isEmpty()) {
      throw new IllegalArgumentException("raw sockets need an address, and ESP or AH");
    }
  }
}
