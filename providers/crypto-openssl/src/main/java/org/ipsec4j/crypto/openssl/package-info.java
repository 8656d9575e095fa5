/**
 * Crypto by the libcrypto of the machine (OpenSSL 3.0 and later), through the FFM API.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.crypto.openssl.OpenSslCryptoProvider}; packets are in
 *       {@code bulk}, the binding in {@code lib}.
 *   <li>May import org.ipsec4j.api and org.ipsec4j.ffm. No JCA but for SHA-1 where the machine
 *       forbids it; no other provider.
 *   <li>RFC sections: those of the algorithms, see {@code bulk}.
 *   <li>Explained by OpenSslCryptoProviderTest.
 * </ul>
 */
package org.ipsec4j.crypto.openssl;
