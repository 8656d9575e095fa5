/**
 * IKE engines: which IKE SA a datagram or command is for, and who may begin one.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.engine.IkeEngines}, then Ikev2Engine.
 *   <li>May import everything in ipsec-ike, org.ipsec4j.api and java.base.
 *   <li>Never looks inside an IKE SA; never keeps state for a stranger without a limit.
 *   <li>RFC sections: RFC 7296 2.1, 2.6, 2.21.4, 3.1.
 *   <li>Explained by IkeSaUpScenario and the other scenarios beside it.
 * </ul>
 */
package org.ipsec4j.ike.engine;
