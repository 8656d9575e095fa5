/**
 * The door behind which peers prove themselves: credentials, signatures, certificate paths.
 *
 * <p>What: {@link org.ipsec4j.api.auth.Credentials}, {@link org.ipsec4j.api.auth.SigningKey},
 * {@link org.ipsec4j.api.auth.PathOutcome}, and {@link org.ipsec4j.api.auth.CredentialsProvider},
 * through which makers of credentials are found. Start reading at Credentials. May import: api,
 * api.crypto, api.policy. Never does: parsing certificates (providers/auth-pki does). RFC 4945,
 * 7296 2.15, 7427. Explained by: the tests of auth-pki.
 */
package org.ipsec4j.api.auth;
