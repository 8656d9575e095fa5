package org.ipsec4j.api.policy;

import java.util.Optional;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;

/**
 * One traffic selector (RFC 7296 3.13.1): addresses, protocol, ports. For ICMP the ports are type
 * and code (type in the upper octet). OPAQUE is written as first 65535, last 0.
 *
 * @param protocol IP protocol, 0 for any
 * @param firstPort lowest port
 * @param lastPort highest port
 * @param addresses addresses of one family
 */
public record TrafficSelector(int protocol, int firstPort, int lastPort, AddressRange addresses) {
  /**
   * @throws IllegalArgumentException when a number is out of range or the ports are the wrong way
   *     round (other than OPAQUE), or ports are given without a protocol
   */
  public TrafficSelector {
    if (protocol < 0 || protocol > 255) {
      throw new IllegalArgumentException("protocol " + protocol + " is not in 0..255");
    }
    boolean opaque = firstPort == 65535 && lastPort == 0;
    if (firstPort < 0 || lastPort > 65535 || (firstPort > lastPort && !opaque)) {
      throw new IllegalArgumentException("ports " + firstPort + "-" + lastPort);
    }
    if (protocol == 0 && !opaque && (firstPort != 0 || lastPort != 65535)) {
      throw new IllegalArgumentException("ports need a protocol");
    }
  }

  /** All traffic of the addresses. */
  public static TrafficSelector of(AddressRange addresses) {
    return new TrafficSelector(0, 0, 65535, addresses);
  }

  /** All traffic of the addresses, from text as {@link AddressRange#parse} reads it. */
  public static TrafficSelector of(String addresses) {
    return of(AddressRange.parse(addresses));
  }

  /** Whether ports are not available (RFC 4301 4.4.1.1). */
  public boolean isOpaque() {
    return firstPort == 65535 && lastPort == 0;
  }

  /** Whether all ports match. */
  public boolean anyPort() {
    return firstPort == 0 && lastPort == 65535;
  }

  /** The traffic that both select; empty when there is none. */
  public Optional<TrafficSelector> intersect(TrafficSelector other) {
    if (protocol != 0 && other.protocol != 0 && protocol != other.protocol) {
      return Optional.empty();
    }
    int both = protocol != 0 ? protocol : other.protocol;
    int first;
    int last;
    if (isOpaque() || other.isOpaque()) {
      boolean fits = (isOpaque() || anyPort()) && (other.isOpaque() || other.anyPort());
      if (!fits) {
        return Optional.empty();
      }
      first = 65535;
      last = 0;
    } else {
      first = Math.max(firstPort, other.firstPort);
      last = Math.min(lastPort, other.lastPort);
      if (first > last) {
        return Optional.empty();
      }
    }
    int from = first;
    int to = last;
    return addresses
        .intersect(other.addresses)
        .map(range -> new TrafficSelector(both, from, to, range));
  }

  /** Whether all traffic of {@code other} is selected. */
  public boolean contains(TrafficSelector other) {
    return intersect(other).filter(other::equals).isPresent();
  }

  /**
   * Whether a packet's side is selected.
   *
   * @param packetProtocol IP protocol of the packet
   * @param port port, ICMP type and code, or -1 when unknown (fragment, opaque)
   */
  public boolean matches(IpAddress address, int packetProtocol, int port) {
    if (!addresses.contains(address) || (protocol != 0 && protocol != packetProtocol)) {
      return false;
    }
    if (anyPort()) {
      return true;
    }
    return port < 0 ? isOpaque() : !isOpaque() && firstPort <= port && port <= lastPort;
  }

  @Override
  public String toString() {
    String ports = isOpaque() ? "opaque" : firstPort + "-" + lastPort;
    if (firstPort == lastPort) {
      ports = Integer.toString(firstPort);
    }
    return protocol == 0 && anyPort()
        ? addresses.toString()
        : addresses + "[" + protocol + (anyPort() ? "" : "/" + ports) + "]";
  }
}
