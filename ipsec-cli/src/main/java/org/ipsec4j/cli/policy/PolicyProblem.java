package org.ipsec4j.cli.policy;

/**
 * A policy that cannot be used; the message names file, line, what was expected, and an example.
 */
public final class PolicyProblem extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what a person should read
   */
  public PolicyProblem(String message) {
    super(message);
  }
}
