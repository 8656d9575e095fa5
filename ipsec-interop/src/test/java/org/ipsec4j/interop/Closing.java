package org.ipsec4j.interop;

import java.util.Deque;

/** Ends what a test has opened. */
final class Closing {
  private Closing() {}

  /** Closes all, the newest first, even when some refuse. */
  static void all(Deque<AutoCloseable> open) {
    RuntimeException first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        first = first == null ? new InteropFailure("cannot clean up", e) : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
