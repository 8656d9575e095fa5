/**
 * X.509: certificate paths, revocation, PKCS#12 key stores.
 *
 * <ul>
 *   <li>Start reading at the class named in META-INF/services.
 *   <li>May import org.ipsec4j.api and java.security.cert; never another provider.
 *   <li>Never runs on an engine's thread: its work is handed out and comes back as a completion.
 *   <li>RFC sections: RFC 4945, RFC 5280, RFC 7427.
 *   <li>Explained by the tests beside it.
 * </ul>
 */
package org.ipsec4j.auth.pki;
