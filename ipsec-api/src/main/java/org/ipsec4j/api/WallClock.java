package org.ipsec4j.api;

import java.time.Instant;

/** Calendar time, for certificate validity and event stamps; handed in, never ambient. */
@FunctionalInterface
public interface WallClock {
  /** The present moment. */
  Instant now();
}
