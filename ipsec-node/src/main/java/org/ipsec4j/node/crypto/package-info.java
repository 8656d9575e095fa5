/**
 * The crypto providers of a node: loaded once, asked in order, watched at work, and given up when
 * they fail.
 *
 * <p>What: {@link org.ipsec4j.node.crypto.CryptoLoader} finds providers, runs their known-answer
 * vectors, and orders or measures them; {@link org.ipsec4j.node.crypto.ProviderChain} is one
 * provider made of many; {@link org.ipsec4j.node.crypto.CryptoWatch} is the same at work, with a
 * guard around each worker. Start reading at CryptoLoader, then CryptoWatch. May import: api, esp,
 * policy (to measure). Never does: choosing per packet; reading a clock that was not handed in.
 * Explained by: CryptoLoaderTest, CryptoOrderTest, CryptoFailoverScenario.
 */
package org.ipsec4j.node.crypto;
