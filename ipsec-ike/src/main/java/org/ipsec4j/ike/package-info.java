/**
 * Negotiates keys and Security Associations: IKEv2, and IKEv1 beside it.
 *
 * <ul>
 *   <li>Start reading at the package ike.engine, then ike.v2.exchange.
 *   <li>May import org.ipsec4j.api and java.base.
 *   <li>Never opens a socket, starts a thread, reads a clock, draws randomness of its own, looks
 *       for a service.
 *   <li>RFC sections: RFC 7296; for IKEv1 RFC 2408 and RFC 2409.
 *   <li>Explained by the classes named ...Scenario.
 * </ul>
 */
package org.ipsec4j.ike;
