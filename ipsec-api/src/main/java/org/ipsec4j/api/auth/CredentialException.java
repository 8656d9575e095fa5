package org.ipsec4j.api.auth;

/** A certificate or key file cannot be used; the message names it and says what to do. */
public class CredentialException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the file; never anything secret
   */
  public CredentialException(String message) {
    super(message);
  }
}
