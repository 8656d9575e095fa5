/**
 * The default crypto: any JCA provider, Bouncy Castle only for what the JDK lacks.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.crypto.jca.JcaCryptoProvider}; packets go through
 *       JcaPacketWorker.
 *   <li>May import org.ipsec4j.api, javax.crypto, Bouncy Castle; never another provider.
 *   <li>Never owns header, IV or nonce layout: the engine does. Never hands direct buffers to JCA.
 *   <li>RFC sections: RFC 4106, 4868, 3602, 7634, 5282, 3526, 5903, 8031, 7427.
 *   <li>Explained by JcaCryptoProviderTest, JcaCryptoVectors and known-answers.txt.
 * </ul>
 */
package org.ipsec4j.crypto.jca;
