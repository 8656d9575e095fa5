package org.ipsec4j.auth.pki;

import org.ipsec4j.api.auth.CredentialException;

/**
 * A key or a certificate of ours cannot be used. The message names the source, what is wrong and
 * what to do; it never holds key material.
 */
public final class PkiException extends CredentialException {
  private static final long serialVersionUID = 1L;

  private final String source;

  /**
   * @param source where the key or certificate came from, such as a file name
   * @param problem what is wrong and what to do, one or two sentences
   */
  public PkiException(String source, String problem) {
    super(source + ": " + problem);
    this.source = source;
  }

  /** Where the key or certificate came from. */
  public String source() {
    return source;
  }
}
