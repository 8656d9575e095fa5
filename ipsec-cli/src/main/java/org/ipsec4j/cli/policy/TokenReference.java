package org.ipsec4j.cli.policy;

import org.jspecify.annotations.Nullable;

/**
 * A private key in a PKCS #11 token, as a policy writes it: {@code pkcs11:FILE#ALIAS}.
 *
 * @param configuration file of the JDK's SunPKCS11, relative to the policy file
 * @param alias label of the key's certificate in the token
 */
record TokenReference(String configuration, String alias) {
  private static final String SCHEME = "pkcs11:";

  /** Reads it; null when this is the name of a key file. */
  static @Nullable TokenReference of(String written) {
    if (!written.startsWith(SCHEME)) {
      return null;
    }
    int end = written.lastIndexOf('#');
    return end < 0
        ? new TokenReference(written.substring(SCHEME.length()), "")
        : new TokenReference(written.substring(SCHEME.length(), end), written.substring(end + 1));
  }
}
