package org.ipsec4j.api.packet;

import java.io.IOException;
import java.util.List;
import org.ipsec4j.api.net.Endpoint;

/**
 * Opens UDP sockets that move many datagrams with one call of the operating system; found by
 * ServiceLoader. A node without one uses the sockets of the JDK, a call for each datagram.
 */
public interface DatagramProvider {
  /** Whether it works on this operating system. */
  boolean isSupported();

  /**
   * Opens one socket for each address.
   *
   * @param locals what the sockets are bound to, one or more, no two the same
   * @param burst most packets of the bursts that will be sent
   * @throws IOException when a socket cannot be opened or bound, or the system lacks what makes
   *     this worth while; nothing stays open then
   */
  DatagramPort open(List<Endpoint> locals, int burst) throws IOException;
}
