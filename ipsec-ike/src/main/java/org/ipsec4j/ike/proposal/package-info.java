/**
 * Offers: what stands in SA payloads, and whether an answer fits what was offered.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ike.proposal.Offers}, then {@link
 *       org.ipsec4j.ike.proposal.AnswerCheck}.
 *   <li>May import org.ipsec4j.api (crypto, policy) and java.base.
 *   <li>Never chooses among a peer's offers: the policy does.
 *   <li>RFC sections: RFC 7296 2.7, 3.3; RFC 5282 8.
 *   <li>Explained by OffersTest and AnswerCheckTest.
 * </ul>
 */
package org.ipsec4j.ike.proposal;
