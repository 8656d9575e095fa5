/**
 * IKEv2 messages as octets and as records.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.wire.Payload}, then {@link
 *       org.ipsec4j.ike.wire.MessageDecoder} and {@link org.ipsec4j.ike.wire.SkCodec}.
 *   <li>May import org.ipsec4j.api (net, crypto, policy) and java.base.
 *   <li>Never throws at input from outside, never allocates by an unchecked length, never decides
 *       what a message means.
 *   <li>RFC sections: RFC 7296 3, RFC 7383, RFC 5282.
 *   <li>Explained by MessageCodecTest, SkCodecTest, ReassemblerTest and MessageCodecFuzz.
 * </ul>
 */
package org.ipsec4j.ike.wire;
