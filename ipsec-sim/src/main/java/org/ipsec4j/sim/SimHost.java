package org.ipsec4j.sim;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;

/** Something with an address, driven by a {@link Simulation}. */
public interface SimHost {
  /** Where it lives. */
  IpAddress address();

  /**
   * A datagram arrived.
   *
   * @param payload borrowed for the call
   */
  void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer payload);

  /** When {@link #onTimeout} must be called at the latest; {@code Long.MAX_VALUE} for never. */
  long nextTimeout();

  /** Its time has come. */
  void onTimeout(long now);
}
