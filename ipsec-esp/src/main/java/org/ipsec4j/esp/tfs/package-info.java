/**
 * AGGFRAG payloads (RFC 9347): inner packets cut and packed into ESP payloads that may leave at a
 * constant rate and size, so that nobody on the way sees when and how much is said.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.esp.tfs.AggfragSender#poll}, then {@link
 *       org.ipsec4j.esp.tfs.AggfragReceiver#drain}; the format is in {@link
 *       org.ipsec4j.esp.tfs.AggfragView}.
 *   <li>May import org.ipsec4j.esp, org.ipsec4j.api and java.base. Nothing in org.ipsec4j.esp
 *       imports this package.
 *   <li>Never allocates or throws per packet once constructed; never encrypts: payloads go to and
 *       come from the payload doors of EspOutbound and EspInbound. Never touches sockets, threads,
 *       clocks or a source of randomness.
 *   <li>RFC sections: 9347 2, 3, 6 and Appendix B; 5348 3.1, 4.2 to 4.4, 5; 8084.
 *   <li>Explained by AggfragViewTest, AggfragSenderTest, AggfragReceiverTest, AggfragProperties,
 *       AggfragFuzz, CongestionScenario, AggfragEspScenario.
 * </ul>
 */
package org.ipsec4j.esp.tfs;
