package org.ipsec4j.api.crypto;

/**
 * What protects the packets of one SA.
 *
 * @param protocol ESP or AH
 * @param encryption cipher of ESP; {@code NULL} for AH
 * @param integrity {@code NONE} exactly when the cipher is combined-mode
 * @param extendedSequenceNumbers whether 64-bit sequence numbers are used (RFC 4303 2.2.1)
 */
public record PacketTransform(
    SecurityProtocol protocol,
    EncryptionTransform encryption,
    IntegrityAlgorithm integrity,
    boolean extendedSequenceNumbers) {
  /**
   * @throws IllegalArgumentException for an unprotected or contradictory combination
   */
  public PacketTransform {
    boolean aead = encryption.algorithm().isAead();
    if (aead == (integrity != IntegrityAlgorithm.NONE)) {
      throw new IllegalArgumentException(
          aead
              ? encryption + " authenticates by itself: no integrity algorithm beside it"
              : encryption + " needs an integrity algorithm beside it");
    }
    if (protocol == SecurityProtocol.AH && encryption.algorithm() != EncryptionAlgorithm.NULL) {
      throw new IllegalArgumentException("AH does not encrypt");
    }
  }

  /** ESP with a combined-mode cipher or with encryption and integrity. */
  public static PacketTransform esp(
      EncryptionAlgorithm encryption, int keyBits, IntegrityAlgorithm integrity, boolean esn) {
    return new PacketTransform(
        SecurityProtocol.ESP, new EncryptionTransform(encryption, keyBits), integrity, esn);
  }

  /** Octets of ICV at the end of each packet. */
  public int icvLength() {
    return encryption.algorithm().isAead()
        ? encryption.algorithm().icvLength()
        : integrity.icvLength();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (protocol == SecurityProtocol.ESP) {
      text.append(encryption);
    }
    if (integrity != IntegrityAlgorithm.NONE) {
      text.append(text.isEmpty() ? "" : "/").append(integrity);
    }
    return protocol + ":" + text + (extendedSequenceNumbers ? "/ESN" : "/NO_ESN");
  }
}
