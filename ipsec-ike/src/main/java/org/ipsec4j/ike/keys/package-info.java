/**
 * Keys of IKE SAs and Child SAs, and the hash that finds NATs.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.keys.KeyDerivation}.
 *   <li>May import org.ipsec4j.api (net, crypto, policy, sa) and java.base.
 *   <li>Never holds key material outside of a Secret, but in {@link
 *       org.ipsec4j.ike.keys.KeyExport}, which is made only when asked for by name.
 *   <li>RFC sections: RFC 7296 2.13, 2.14, 2.17, 2.18, 2.23.
 *   <li>Explained by KeyDerivationTest and KeyDerivationVectors.
 * </ul>
 */
package org.ipsec4j.ike.keys;
