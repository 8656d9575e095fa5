/**
 * libcrypto as it is bound: the library itself and the functions that the rest of the module calls.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.crypto.openssl.lib.LibCrypto}.
 *   <li>May import org.ipsec4j.ffm and java.lang.foreign. Knows nothing of packets, keys or the
 *       crypto door; checks no lengths, its callers do.
 *   <li>RFC sections: none.
 *   <li>Explained by LibCryptoTest.
 * </ul>
 */
package org.ipsec4j.crypto.openssl.lib;
