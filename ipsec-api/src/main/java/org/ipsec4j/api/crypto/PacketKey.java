package org.ipsec4j.api.crypto;

/**
 * Keys of one direction of one SA, set up for a provider. Immutable, shareable between threads and
 * workers of the provider that made it.
 */
public interface PacketKey {
  /** What the keys are for. */
  PacketTransform transform();

  /** The provider's name, for monitors. */
  String provider();

  /**
   * The salt octets of the keying material, from which the engine builds nonces: those of the
   * cipher, or of the integrity algorithm when that is AES-GMAC. None for others. Do not keep.
   */
  byte[] salt();

  /**
   * Wipes the keys. Only after every worker has passed a quiescent point: a burst that still names
   * the key completes with {@link CryptoOp.Status#FAILED} or correctly, never with freed memory.
   */
  void destroy();
}
