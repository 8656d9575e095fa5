package org.ipsec4j.api.auth;

import java.util.List;
import org.ipsec4j.api.Secret;
import org.jspecify.annotations.Nullable;

/**
 * Collects keys and trust anchors under the names that a policy uses. Not thread-safe. A name that
 * is given twice takes the last.
 */
public interface CredentialsBuilder {
  /**
   * Adds a pre-shared key.
   *
   * @param secret the credentials' own from now on
   */
  CredentialsBuilder preSharedKey(String secretRef, Secret secret);

  /**
   * Adds a certificate of ours with its key.
   *
   * @param chain our certificate, then intermediates
   * @param key the private key; may be the same file
   * @param password of the key, or null; the caller wipes it
   * @throws CredentialException when a file is not what it should be, or the two do not belong
   *     together
   */
  CredentialsBuilder signingKey(
      String credentialRef, CredentialFile chain, CredentialFile key, char @Nullable [] password)
      throws CredentialException;

  /**
   * Adds a set of trust anchors.
   *
   * @throws CredentialException when a file holds no certificates
   */
  CredentialsBuilder trust(String credentialRef, List<CredentialFile> files)
      throws CredentialException;

  /** The credentials. */
  Credentials build();
}
