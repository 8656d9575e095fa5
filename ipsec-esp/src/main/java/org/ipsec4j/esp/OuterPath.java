package org.ipsec4j.esp;

import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.UdpEncapsulation;

/**
 * The way between the two ends of an SA. Immutable, so that it changes as a whole.
 *
 * @param local our outer address
 * @param remote the peer's outer address, of the same family
 * @param localPort our UDP port, 0 for native protocol 50
 * @param remotePort the peer's UDP port, 0 for native protocol 50
 */
public record OuterPath(IpAddress local, IpAddress remote, int localPort, int remotePort) {
  /**
   * @throws IllegalArgumentException when the families differ, or only one port is given
   */
  public OuterPath {
    if (local.isV4() != remote.isV4()) {
      throw new IllegalArgumentException(local + " and " + remote + " are of different families");
    }
    if ((localPort == 0) != (remotePort == 0)) {
      throw new IllegalArgumentException("UDP encapsulation needs both ports");
    }
  }

  /** Native protocol 50. */
  public static OuterPath nativeEsp(IpAddress local, IpAddress remote) {
    return new OuterPath(local, remote, 0, 0);
  }

  /** ESP in UDP (RFC 3948). */
  public static OuterPath udp(UdpEncapsulation encapsulation) {
    Endpoint local = encapsulation.local();
    Endpoint remote = encapsulation.remote();
    return new OuterPath(local.address(), remote.address(), local.port(), remote.port());
  }

  static OuterPath of(ChildSa child) {
    UdpEncapsulation encapsulation = child.encapsulation();
    return encapsulation == null
        ? nativeEsp(child.localAddress(), child.remoteAddress())
        : udp(encapsulation);
  }

  /** Whether ESP travels in UDP. */
  public boolean isUdp() {
    return remotePort != 0;
  }

  /** Whether the outer addresses are IPv4. */
  public boolean isV4() {
    return local.isV4();
  }
}
