/**
 * The crypto providers of a node, loaded once and asked in order.
 *
 * <p>What: {@link org.ipsec4j.node.crypto.CryptoLoader} finds providers and runs their known-answer
 * vectors, {@link org.ipsec4j.node.crypto.ProviderChain} is one provider made of many. Start
 * reading at CryptoLoader. May import: api. Never does: choosing per packet. Explained by:
 * CryptoLoaderTest.
 */
package org.ipsec4j.node.crypto;
