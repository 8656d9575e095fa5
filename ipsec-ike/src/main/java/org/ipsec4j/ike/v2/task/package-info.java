/**
 * What rides along in exchanges: NAT detection, certificates, signature hashes. One file for each.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.v2.task.NatTraversal}.
 *   <li>May import ike.wire, ike.keys, ike.auth, org.ipsec4j.api and java.base.
 *   <li>Never keeps state: payloads in, findings out.
 *   <li>RFC sections: RFC 7296 2.23, 3.6, 3.7; RFC 7427 4.
 *   <li>Explained by NatScenario and CertificateScenario.
 * </ul>
 */
package org.ipsec4j.ike.v2.task;
