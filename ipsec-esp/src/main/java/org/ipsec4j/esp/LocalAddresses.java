package org.ipsec4j.esp;

import java.util.Collection;
import org.ipsec4j.api.net.IpAddress;

/**
 * The addresses of this host: what comes out of a tunnel and is addressed to one of them may be
 * protected once more, for us to open. Asked by packet threads; allocates nothing.
 */
@FunctionalInterface
public interface LocalAddresses {
  /** No address at all: nothing that comes out of a tunnel is opened again. */
  LocalAddresses NONE = (v4, high, low) -> false;

  /**
   * Whether an address is one of ours.
   *
   * @param v4 whether it is an IPv4 address
   * @param high upper 64 bits of an IPv6 address; 0 for IPv4
   * @param low lower 64 bits; the IPv4 address, zero-extended
   */
  boolean contains(boolean v4, long high, long low);

  /** A fixed set. */
  static LocalAddresses of(Collection<IpAddress> addresses) {
    IpAddress[] copy = addresses.toArray(new IpAddress[0]);
    // hosts have few: a walk costs less than a hash
    return (v4, high, low) -> {
      for (IpAddress address : copy) {
        if (address.low() == low && address.high() == high && address.isV4() == v4) {
          return true;
        }
      }
      return false;
    };
  }
}
