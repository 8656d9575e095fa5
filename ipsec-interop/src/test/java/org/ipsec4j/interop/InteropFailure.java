package org.ipsec4j.interop;

/**
 * Something outside of the assertions went wrong: a program, a namespace, or a peer that did not
 * answer in time.
 */
final class InteropFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InteropFailure(String message) {
    super(message);
  }

  InteropFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
