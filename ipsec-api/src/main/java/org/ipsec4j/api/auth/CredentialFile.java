package org.ipsec4j.api.auth;

/**
 * A file with certificates or a key, as octets.
 *
 * @param source its name, for messages
 * @param content not copied: of a private key the caller wipes it after the call that it was made
 *     for
 */
@SuppressWarnings("ArrayRecordComponent") // lent for one call, never compared
public record CredentialFile(String source, byte[] content) {
  @Override
  public String toString() {
    return source;
  }
}
