package org.ipsec4j.api.policy;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.jspecify.annotations.Nullable;

/**
 * Algorithms of a Child SA.
 *
 * @param number number of the proposal that they come from
 * @param peerSpi the SPI in that proposal
 * @param transform algorithms
 * @param keyExchange method for perfect forward secrecy, or null for none
 */
public record ChosenChild(
    int number,
    Bytes peerSpi,
    PacketTransform transform,
    @Nullable KeyExchangeMethod keyExchange) {}
