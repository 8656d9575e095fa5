/**
 * What a policy file says, whatever its form, and the door through which readers of forms are
 * found.
 *
 * <p>What: {@link org.ipsec4j.api.policy.document.PolicyReader} and what it gives. Start reading
 * there. May import: api, api.net, api.packet, api.policy. Never does: reading. Explained by: the
 * tests of policy-formats.
 */
package org.ipsec4j.api.policy.document;
