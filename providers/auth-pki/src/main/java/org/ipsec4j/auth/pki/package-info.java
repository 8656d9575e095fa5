/**
 * X.509: loading keys and certificates, certificate paths, who a certificate proves to be.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.auth.pki.PkiCredentials}, then {@link
 *       org.ipsec4j.auth.pki.PathChecker}.
 *   <li>May import org.ipsec4j.api and java.security; never another provider.
 *   <li>Never runs on an engine's thread: its work is handed out and comes back as a completion.
 *       Never looks at a clock and never opens a file or a socket by itself.
 *   <li>RFC sections: RFC 4945 3.1 and 5.1.3, RFC 5280 6, RFC 7427, RFC 7468.
 *   <li>Explained by PathCheckerTest, KeyFilesTest, HostileCertificatesFuzz.
 * </ul>
 */
package org.ipsec4j.auth.pki;
