package org.ipsec4j.api.packet;

import java.io.IOException;

/** Makes TUN devices of an operating system; found by ServiceLoader. */
public interface TunProvider {
  /** Whether it works on this operating system. */
  boolean isSupported();

  /**
   * Makes the device, gives it its addresses and routes, and brings it up. Closing the port removes
   * the device with all that.
   *
   * @throws IOException when it cannot be done; the message says what is missing and what to do
   *     instead
   */
  PacketPort open(TunSettings settings) throws IOException;
}
