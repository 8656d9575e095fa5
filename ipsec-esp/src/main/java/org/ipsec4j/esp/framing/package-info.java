/**
 * How IKE and ESP share a UDP port or a TCP stream: which of them a message is, and where in a
 * stream one ends.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.esp.framing.EncapsulatedKind}, then {@link
 *       org.ipsec4j.esp.framing.TcpStreamReader#read}.
 *   <li>May import org.ipsec4j.api and java.base.
 *   <li>Never opens a socket, never holds more of a stream than one message, never gets out of step
 *       with a stream without saying so.
 *   <li>RFC sections: 3948 2; 5840 2.1; 9329 3, 4, 6.1, 6.6.
 *   <li>Explained by EncapsulatedKindTest, TcpFramingTest, TcpFramingProperties, TcpFramingFuzz.
 * </ul>
 */
package org.ipsec4j.esp.framing;
