/**
 * SAs with keys that people agreed on, without IKE.
 *
 * <p>What: {@link org.ipsec4j.esp.manual.ManualSa} checks the keys of a manual child and makes its
 * SAs. Start reading there. May import: api, api.*, esp. Never does: reading keys from anywhere,
 * keeping numbers across restarts (the node does). RFC 4301 4.5.1, 4303 3.3.3, 3.4.3 and 5.
 * Explained by: ManualSaTest.
 */
package org.ipsec4j.esp.manual;
