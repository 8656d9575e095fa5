/**
 * Decides what happens to a packet or a negotiation, and says why.
 *
 * <ul>
 *   <li>Start reading at the package that implements api.policy's PolicyView.
 *   <li>May import org.ipsec4j.api and java.base.
 *   <li>Never opens a socket, starts a thread, reads a clock; only policy.store touches files.
 *   <li>RFC sections: RFC 4301 sections 4.4 and 5.
 *   <li>Explained by the tests beside each package.
 * </ul>
 */
package org.ipsec4j.policy;
