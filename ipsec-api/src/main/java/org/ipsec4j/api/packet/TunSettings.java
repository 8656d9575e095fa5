package org.ipsec4j.api.packet;

import java.util.List;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;

/**
 * A TUN device as a gateway wants it.
 *
 * @param name interface name, 1 to 15 characters
 * @param addresses addresses that the interface gets, each with its prefix length
 * @param mtu largest inner packet in octets, 576 to 65535
 * @param routes networks that are reached through the interface
 */
public record TunSettings(
    String name, List<InterfaceAddress> addresses, int mtu, List<AddressRange> routes) {
  /**
   * An address of an interface.
   *
   * @param address the address
   * @param prefixLength 0 to 32 or 128
   */
  public record InterfaceAddress(IpAddress address, int prefixLength) {
    /**
     * @throws IllegalArgumentException when the prefix length is out of range
     */
    public InterfaceAddress {
      if (prefixLength < 0 || prefixLength > address.bits()) {
        throw new IllegalArgumentException("prefix length " + prefixLength + " of " + address);
      }
    }

    @Override
    public String toString() {
      return address + "/" + prefixLength;
    }
  }

  /**
   * @throws IllegalArgumentException when the name or the MTU is out of range
   */
  public TunSettings {
    addresses = List.copyOf(addresses);
    routes = List.copyOf(routes);
    if (!name.matches("[A-Za-z0-9_.-]{1,15}") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException(
          "`" + name + "` is no interface name: 1 to 15 letters, digits, `_`, `.`, `-`");
    }
    if (mtu < 576 || mtu > 65535) {
      throw new IllegalArgumentException("MTU " + mtu + " is not in 576..65535");
    }
  }
}
