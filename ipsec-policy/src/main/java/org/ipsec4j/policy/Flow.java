package org.ipsec4j.policy;

import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * What the SPD looks at in a packet, seen from this node: local is our side in both directions (RFC
 * 4301 4.4.1.1).
 *
 * @param local source of an outbound packet, destination of an inbound one
 * @param remote the other end; of the same family
 * @param protocol upper-layer protocol behind all extension headers, or {@link #UNKNOWN}
 * @param localPort port; or type and code of ICMP, type of a mobility header, as {@link
 *     IpHeaderView#sourcePort} has them; or {@link #UNKNOWN} or {@link #NOT_COMPARED}
 * @param remotePort likewise
 */
public record Flow(IpAddress local, IpAddress remote, int protocol, int localPort, int remotePort) {
  /** The packet does not show it: a fragment that is not the first, a cut header, no ports. */
  public static final int UNKNOWN = IpHeaderView.UNKNOWN;

  /**
   * Every selector's ports fit: the receiver's side of a type and code, which is compared with the
   * sender's side alone (RFC 4301 4.4.1.3).
   */
  public static final int NOT_COMPARED = -2;

  /**
   * @throws IllegalArgumentException when a number is out of range or the families differ
   */
  public Flow {
    if (local.isV4() != remote.isV4()) {
      throw new IllegalArgumentException(local + " and " + remote + " are of different families");
    }
    if (protocol < UNKNOWN || protocol > 255) {
      throw new IllegalArgumentException("protocol " + protocol + " is not in 0..255");
    }
    if (localPort < NOT_COMPARED
        || localPort > 65535
        || remotePort < NOT_COMPARED
        || remotePort > 65535) {
      throw new IllegalArgumentException("port " + localPort + " or " + remotePort);
    }
  }

  /**
   * The flow of a packet.
   *
   * @param packet successfully parsed
   * @param outbound whether our side is the source
   */
  public static Flow of(IpHeaderView packet, boolean outbound) {
    IpAddress source = address(packet, packet.sourceHigh(), packet.sourceLow());
    IpAddress destination = address(packet, packet.destinationHigh(), packet.destinationLow());
    int receiver = packet.isTypeAndCode() ? NOT_COMPARED : packet.destinationPort();
    return outbound
        ? new Flow(source, destination, packet.protocol(), packet.sourcePort(), receiver)
        : new Flow(destination, source, packet.protocol(), receiver, packet.sourcePort());
  }

  private static IpAddress address(IpHeaderView packet, long high, long low) {
    return packet.isV4() ? IpAddress.v4((int) low) : IpAddress.v6(high, low);
  }

  @Override
  public String toString() {
    return side(local, localPort)
        + " <-> "
        + side(remote, remotePort)
        + " protocol "
        + (protocol < 0 ? "unknown" : protocol);
  }

  private static String side(IpAddress address, int port) {
    if (port < 0) {
      return address.toString();
    }
    return (address.isV4() ? address.toString() : "[" + address + "]") + ":" + port;
  }
}
