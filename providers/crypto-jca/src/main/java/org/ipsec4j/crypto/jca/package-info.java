/**
 * The default crypto: any JCA provider, by name or in the JVM's order, and PKCS #11 tokens; Bouncy
 * Castle only for what the JDK lacks. Who does what is chosen in JcaServices, by known answers.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.crypto.jca.JcaCryptoProvider}; packets go through
 *       JcaPacketWorker.
 *   <li>May import org.ipsec4j.api, javax.crypto, Bouncy Castle; never another provider.
 *   <li>Never owns header, IV or nonce layout: the engine does. Never hands direct buffers to JCA.
 *   <li>RFC sections: RFC 4106, 4309, 3686, 3602, 4543, 7634, 8750, 5529, 2451, 4868, 3566, 4494,
 *       4434, 4615, 5282, 5930, 3526, 5903, 8031, 7427.
 *   <li>Explained by JcaCryptoProviderTest, AesModesTest, JcaCryptoVectors, ForgeryTest,
 *       NeighboursTest, TokenKeysTest and known-answers.txt.
 * </ul>
 */
package org.ipsec4j.crypto.jca;
