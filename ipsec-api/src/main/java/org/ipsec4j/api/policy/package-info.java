/**
 * Policy as data, decisions with their reasons, and the door through which the IKE engine asks.
 *
 * <p>What: immutable records in RFC 4301 words, {@link org.ipsec4j.api.policy.PolicyView}, {@link
 * org.ipsec4j.api.policy.Decision}. Start reading at PolicyView. May import: api, api.net,
 * api.crypto. Never does: deciding (ipsec-policy does). RFC 4301 4.4, 7296 2.9 and 3.3. Explained
 * by: the tests of ipsec-policy.
 */
package org.ipsec4j.api.policy;
