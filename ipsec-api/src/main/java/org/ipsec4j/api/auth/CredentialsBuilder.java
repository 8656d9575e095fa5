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
   * Adds a certificate of ours whose key stays in a PKCS #11 token.
   *
   * @param chain our certificate, then intermediates
   * @param configuration of the token, as the JDK's SunPKCS11 reads it
   * @param alias the label of the certificate that the token has with the key
   * @param pin of the token, or null when it needs no login; the caller wipes it
   * @throws CredentialException when there is no such token or key, or key and certificate do not
   *     belong together
   */
  default CredentialsBuilder tokenKey(
      String credentialRef,
      CredentialFile chain,
      CredentialFile configuration,
      String alias,
      char @Nullable [] pin)
      throws CredentialException {
    throw new CredentialException(configuration.source() + ": keys in tokens are not read here");
  }

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
