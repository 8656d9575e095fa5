/**
 * Key exchange and signatures by libcrypto: what a handshake takes, each step slow and by itself.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.crypto.openssl.pk.PublicKeyCrypto}, the one door of the
 *       package; every native object of a step is owned by a {@code Work}.
 *   <li>May import org.ipsec4j.api, org.ipsec4j.ffm, the library binding beside it and
 *       java.lang.foreign. Keys, points and signatures of peers are parsed in Java before native
 *       code sees them.
 *   <li>RFC sections: 7296 1.2, 2.12; 6989; 3526; 5903; 6954; 8031; 7427; 8420; 5280 4.1.2.7; 8410.
 *   <li>Explained by PublicKeyCryptoTest and HostileKeysTest.
 * </ul>
 */
package org.ipsec4j.crypto.openssl.pk;
