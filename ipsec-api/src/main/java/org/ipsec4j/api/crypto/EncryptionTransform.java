package org.ipsec4j.api.crypto;

/**
 * An encryption algorithm with its key length.
 *
 * @param algorithm the algorithm
 * @param keyBits key length in bits without salt, one of {@link EncryptionAlgorithm#keyBits()}
 */
public record EncryptionTransform(EncryptionAlgorithm algorithm, int keyBits) {
  /**
   * @throws IllegalArgumentException when the algorithm does not have that key length
   */
  public EncryptionTransform {
    if (!algorithm.keyBits().contains(keyBits)) {
      throw new IllegalArgumentException(
          algorithm + " has keys of " + algorithm.keyBits() + " bits, not " + keyBits);
    }
  }

  /** Octets of keying material: key and salt. */
  public int keyingMaterialLength() {
    return keyBits / 8 + algorithm.saltLength();
  }

  @Override
  public String toString() {
    return algorithm.keyBits().size() > 1 ? algorithm + "_" + keyBits : algorithm.toString();
  }
}
