/**
 * The symmetric side: packets, IKE messages, pseudo-random functions and random octets by
 * libcrypto.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.crypto.openssl.bulk.Suites}, then {@link
 *       org.ipsec4j.crypto.openssl.bulk.OpenSslPacketWorker}, then one {@code Session}.
 *   <li>May import org.ipsec4j.api, org.ipsec4j.ffm and org.ipsec4j.crypto.openssl.lib. Every
 *       length is checked here before libcrypto gets an address; nothing is allocated per packet.
 *   <li>RFC sections: 4106, 4309, 4543, 7634 (combined modes), 3602, 3686, 2451, 5529 (ciphers),
 *       2404, 4868, 3566, 4494 (integrity), 7296 2.13 and 4434, 4615 (functions).
 *   <li>Explained by OpenSslPacketTest, ContextTableTest and OpenSslStress.
 * </ul>
 */
package org.ipsec4j.crypto.openssl.bulk;
