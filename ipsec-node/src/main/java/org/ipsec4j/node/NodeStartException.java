package org.ipsec4j.node;

/**
 * A node could not start. The message says what is missing and what to do; nothing is left behind.
 */
public final class NodeStartException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is missing and what to do
   * @param cause what the system said, or null
   */
  public NodeStartException(String message, @org.jspecify.annotations.Nullable Throwable cause) {
    super(message, cause);
  }
}
