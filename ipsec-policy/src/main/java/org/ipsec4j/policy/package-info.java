/**
 * Decides what happens to a packet or a negotiation, and says why.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.policy.Policies}; for packets at {@link
 *       org.ipsec4j.policy.LinearSpd}, of which {@link org.ipsec4j.policy.CompiledSpd} is the fast
 *       twin; {@link org.ipsec4j.policy.PolicyBuilder} makes policies in a program.
 *   <li>May import org.ipsec4j.api and java.base.
 *   <li>Never opens a socket, starts a thread, reads a clock; only policy.store touches files.
 *   <li>RFC sections: RFC 4301 sections 4.4 and 5; RFC 7296 sections 2.7, 2.9, 3.3.
 *   <li>Explained by ProposalChoiceTest, NarrowingTest, LinearSpdTest, CompiledSpdProperties.
 * </ul>
 */
package org.ipsec4j.policy;
