/**
 * The default crypto: any JCA provider, Bouncy Castle only for what the JDK lacks.
 *
 * <ul>
 *   <li>Start reading at the class named in META-INF/services.
 *   <li>May import org.ipsec4j.api, javax.crypto, Bouncy Castle; never another provider.
 *   <li>Never owns header, IV or nonce layout: the engine does.
 *   <li>RFC sections: RFC 8221 and RFC 8247 for which algorithms.
 *   <li>Explained by the classes named ...Vectors.
 * </ul>
 */
package org.ipsec4j.crypto.jca;
