package org.ipsec4j.api.packet;

import java.io.IOException;

/** Makes raw sockets of an operating system; found by ServiceLoader. */
public interface RawProvider {
  /** Whether it works on this operating system. */
  boolean isSupported();

  /**
   * Opens the sockets.
   *
   * @throws IOException when it cannot be done, most often for want of a privilege; the message
   *     says what is missing and what to do instead
   */
  RawPort open(RawSettings settings) throws IOException;
}
