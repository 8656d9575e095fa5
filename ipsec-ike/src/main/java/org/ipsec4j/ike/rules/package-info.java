/**
 * What is legal: which payloads may, must and must not stand in which message.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.rules.MessageKind}, the table.
 *   <li>May import ike.wire, org.ipsec4j.api.policy and java.base.
 *   <li>Never looks at state: whether a legal message is expected now is for the exchange to say.
 *   <li>RFC sections: RFC 7296 1.2 to 1.4, 2.5, 2.16, 2.21, Appendix C.
 *   <li>Explained by MessageRulesTest, which tries every row of the table.
 * </ul>
 */
package org.ipsec4j.ike.rules;
