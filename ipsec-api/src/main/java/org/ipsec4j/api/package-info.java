/**
 * Values that every room shares.
 *
 * <p>What: {@link org.ipsec4j.api.Bytes}, {@link org.ipsec4j.api.Secret}, {@link
 * org.ipsec4j.api.WallClock}. Start reading at {@link org.ipsec4j.api.Secret}. May import: nothing
 * but java.base. Never does: I/O, threads, clocks, randomness, choosing. Explained by: BytesTest,
 * SecretTest.
 */
package org.ipsec4j.api;
