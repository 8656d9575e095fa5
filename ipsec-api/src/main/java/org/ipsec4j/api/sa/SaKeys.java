package org.ipsec4j.api.sa;

import org.ipsec4j.api.Secret;

/**
 * Keying material of one direction (RFC 7296 2.17).
 *
 * @param encryption key and salt; of length 0 for AH and NULL encryption
 * @param integrity integrity key; of length 0 beside a combined mode
 */
public record SaKeys(Secret encryption, Secret integrity) {
  /** Wipes both. */
  public void destroy() {
    encryption.destroy();
    integrity.destroy();
  }
}
