/**
 * How the two sides of an IKE SA prove who they are.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.auth.SignedOctets}, then {@link
 *       org.ipsec4j.ike.auth.AuthVerifier}.
 *   <li>May import org.ipsec4j.api (crypto), ike.wire and java.base.
 *   <li>Never judges whether an identity may use a key: the certificate path and the policy do.
 *       {@link org.ipsec4j.ike.auth.AuthVerified} cannot be made outside of this package.
 *   <li>RFC sections: RFC 7296 2.15, 3.8; RFC 7427; RFC 8420; RFC 4754.
 *   <li>Explained by AuthVerifierTest and SignatureAuthTest.
 * </ul>
 */
package org.ipsec4j.ike.auth;
