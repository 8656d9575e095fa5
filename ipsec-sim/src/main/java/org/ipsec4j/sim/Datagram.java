package org.ipsec4j.sim;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.Endpoint;

/**
 * A UDP datagram on its way.
 *
 * @param from source as the receiver will see it
 * @param to destination
 * @param payload the UDP payload
 */
public record Datagram(Endpoint from, Endpoint to, Bytes payload) {
  /** The same from another source. */
  public Datagram from(Endpoint newFrom) {
    return new Datagram(newFrom, to, payload);
  }

  /** The same to another destination. */
  public Datagram to(Endpoint newTo) {
    return new Datagram(from, newTo, payload);
  }

  /** The same with another payload. */
  public Datagram payload(Bytes newPayload) {
    return new Datagram(from, to, newPayload);
  }
}
