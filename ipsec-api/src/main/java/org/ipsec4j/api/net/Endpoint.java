package org.ipsec4j.api.net;

/**
 * A UDP address.
 *
 * @param address the IP address
 * @param port 0 to 65535; 0 where the port does not matter
 */
public record Endpoint(IpAddress address, int port) {
  /**
   * @throws IllegalArgumentException when the port is out of range
   */
  public Endpoint {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not in 0..65535");
    }
  }

  /** The same address with another port. */
  public Endpoint withPort(int newPort) {
    return new Endpoint(address, newPort);
  }

  @Override
  public String toString() {
    return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
  }
}
