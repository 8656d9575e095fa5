/**
 * The crypto door: what providers offer and engines ask for.
 *
 * <p>What: algorithm names with their IANA numbers, {@link org.ipsec4j.api.crypto.CryptoProvider}
 * with its questions and factories, and the burst-first packet door ({@link
 * org.ipsec4j.api.crypto.PacketWorker}). Start reading at CryptoProvider. May import: api,
 * java.base without java.security and javax.crypto. Never does: any cryptography. RFC 7296 3.3.2,
 * 4106, 7634, 8221, 8247. Explained by: the provider TCK in ipsec-testkit.
 */
package org.ipsec4j.api.crypto;
