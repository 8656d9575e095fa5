/**
 * What every crypto provider must do, as JUnit tests, and the vectors to judge it by.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.testkit.crypto.CryptoProviderContract}; a provider's
 *       test class implements it and names its provider.
 *   <li>May import org.ipsec4j.api, java.security as a reference, JUnit's API.
 *   <li>Never knows a provider.
 *   <li>RFC sections: RFC 4303 2.8 and 2.2.1, 4106, 7634, 5282, 7296 2.13, 6989.
 *   <li>Explained by JcaCryptoProviderTest and JcaCryptoVectors of crypto-jca.
 * </ul>
 */
package org.ipsec4j.testkit.crypto;
