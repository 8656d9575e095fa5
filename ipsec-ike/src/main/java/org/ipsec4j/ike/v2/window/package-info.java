/**
 * Message IDs, retransmission and fragments of one IKE SA: one window for what we ask, another for
 * what the peer asks, never one for both.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.v2.window.InitiatingWindow} and {@link
 *       org.ipsec4j.ike.v2.window.RespondingWindow}.
 *   <li>May import ike.wire, ike.timer, org.ipsec4j.api and java.base.
 *   <li>Never knows what a message means.
 *   <li>RFC sections: RFC 7296 2.1 to 2.4; RFC 7383 2.5, 2.6.
 *   <li>Explained by WindowTest and FragmentationScenario.
 * </ul>
 */
package org.ipsec4j.ike.v2.window;
