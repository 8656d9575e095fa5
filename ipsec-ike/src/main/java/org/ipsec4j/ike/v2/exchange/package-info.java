/**
 * The exchanges of IKEv2, one class for each side of each: build and process.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.v2.exchange.ExchangeContext}, then {@link
 *       org.ipsec4j.ike.v2.exchange.IkeSaInitInitiator}.
 *   <li>May import ike.v2.task and the rooms that IKEv1 shares; reaches its IKE SA only through
 *       ExchangeContext.
 *   <li>Never blocks: slow steps are {@link org.ipsec4j.ike.v2.exchange.Work} that is handed out.
 *   <li>RFC sections: RFC 7296 1.2 to 1.4, 2.6 to 2.9, 2.15, 2.18, 2.21, 2.25.
 *   <li>Explained by the scenarios beside ike.engine.
 * </ul>
 */
package org.ipsec4j.ike.v2.exchange;
