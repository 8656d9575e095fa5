package org.ipsec4j.policy;

import org.ipsec4j.api.net.IpAddress;

/**
 * What the SPD looks at in a packet, seen from this node: local is our side in both directions (RFC
 * 4301 4.4.1.1).
 *
 * @param local source of an outbound packet, destination of an inbound one
 * @param remote the other end; of the same family
 * @param protocol upper-layer protocol, 0 to 255, behind all extension headers
 * @param localPort port 0 to 65535; for ICMP type and code (type in the upper octet) on both sides;
 *     {@link #UNKNOWN} when the packet does not show it: a fragment that is not the first, or a
 *     protocol without ports
 * @param remotePort likewise
 */
public record Flow(IpAddress local, IpAddress remote, int protocol, int localPort, int remotePort) {
  /** The packet does not show its port. */
  public static final int UNKNOWN = -1;

  /**
   * @throws IllegalArgumentException when a number is out of range or the families differ
   */
  public Flow {
    if (local.isV4() != remote.isV4()) {
      throw new IllegalArgumentException(local + " and " + remote + " are of different families");
    }
    if (protocol < 0 || protocol > 255) {
      throw new IllegalArgumentException("protocol " + protocol + " is not in 0..255");
    }
    if (localPort < UNKNOWN || localPort > 65535 || remotePort < UNKNOWN || remotePort > 65535) {
      throw new IllegalArgumentException("port " + localPort + " or " + remotePort);
    }
  }

  /** The flow of a packet. */
  public static Flow of(
      boolean outbound,
      IpAddress source,
      IpAddress destination,
      int protocol,
      int sourcePort,
      int destinationPort) {
    return outbound
        ? new Flow(source, destination, protocol, sourcePort, destinationPort)
        : new Flow(destination, source, protocol, destinationPort, sourcePort);
  }

  @Override
  public String toString() {
    return side(local, localPort) + " <-> " + side(remote, remotePort) + " protocol " + protocol;
  }

  private static String side(IpAddress address, int port) {
    if (port == UNKNOWN) {
      return address.toString();
    }
    return (address.isV4() ? address.toString() : "[" + address + "]") + ":" + port;
  }
}
