package org.ipsec4j.esp;

/**
 * An {@link OuterPath} laid out for who writes headers: what every packet asks for is in this one
 * object. Immutable.
 */
final class OuterWay {
  final OuterPath path;

  /** Whether the outer addresses are IPv4. */
  final boolean v4;

  /** Whether ESP travels in UDP. */
  final boolean udp;

  /** Octets of it and of UDP. */
  final int outside;

  /** IPv4: our address. */
  final int source;

  /** IPv4: the peer's address. */
  final int destination;

  /** UDP: our port in the upper half, the peer's in the lower. */
  final int ports;

  /** IPv4: the second eight octets of the header, with checksum 0. */
  final long second;

  /** IPv4: the sum of the words of a header whose other fields are 0, not folded. */
  final int sum;

  /**
   * @param hopLimit of outer headers
   * @param protocol what stands behind them where there is no UDP
   */
  OuterWay(OuterPath path, int hopLimit, int protocol) {
    this.path = path;
    this.v4 = path.isV4();
    this.udp = path.isUdp();
    this.outside = OuterHeader.ipLength(v4) + (udp ? OuterHeader.UDP_LENGTH : 0);
    this.source = (int) path.local().low();
    this.destination = (int) path.remote().low();
    this.ports = path.localPort() << 16 | path.remotePort();
    int next = udp ? OuterHeader.UDP : protocol;
    this.second = ((long) (hopLimit << 8 | next) << 48) | (source & 0xffffffffL);
    this.sum =
        0x4500
            + (hopLimit << 8 | next)
            + (source >>> 16)
            + (source & 0xffff)
            + (destination >>> 16)
            + (destination & 0xffff);
  }

  /** Octets of the outer IP header. */
  int ip() {
    return OuterHeader.ipLength(v4);
  }
}
