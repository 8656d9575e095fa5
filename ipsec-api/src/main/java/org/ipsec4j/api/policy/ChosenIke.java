package org.ipsec4j.api.policy;

import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;

/**
 * Algorithms of an IKE SA.
 *
 * @param number number of the proposal that they come from
 * @param encryption cipher
 * @param integrity {@code NONE} beside a combined mode
 * @param prf pseudo-random function
 * @param keyExchange key exchange method
 */
public record ChosenIke(
    int number,
    EncryptionTransform encryption,
    IntegrityAlgorithm integrity,
    PrfAlgorithm prf,
    KeyExchangeMethod keyExchange) {}
