/**
 * What a negotiated Child SA is: the contract between the IKE engine that agrees it and the packet
 * path that carries it.
 *
 * <p>What: {@link org.ipsec4j.api.sa.ChildSa}. Start reading there. May import: api, api.net,
 * api.crypto, api.policy. Never does: anything. RFC 4301 4.4.2, 7296 2.17. Explained by: the
 * scenarios of ipsec-ike and ipsec-esp.
 */
package org.ipsec4j.api.sa;
