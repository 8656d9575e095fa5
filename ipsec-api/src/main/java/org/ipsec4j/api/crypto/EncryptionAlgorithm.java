package org.ipsec4j.api.crypto;

import java.util.List;
import java.util.Optional;

/**
 * Encryption algorithms of ESP and IKEv2 (IKEv2 transform type 1).
 *
 * <p>Salt octets are the last octets of the keying material (RFC 4106 8.1); {@link #ivLength()} is
 * what travels in each packet.
 */
public enum EncryptionAlgorithm {
  /** DES in CBC mode (RFC 2405); broken, legacy. */
  DES_CBC(2, "des", 8, 0, 0, 8, true, 64),
  /** Triple DES in CBC mode (RFC 2451); legacy. */
  TRIPLE_DES_CBC(3, "3des", 8, 0, 0, 8, true, 192),
  /** CAST-128 in CBC mode (RFC 2451); legacy. */
  CAST_CBC(6, "cast128", 8, 0, 0, 8, true, 128),
  /** Blowfish in CBC mode (RFC 2451); legacy. */
  BLOWFISH_CBC(7, "blowfish", 8, 0, 0, 8, true, 128, 192, 256, 448),
  /** No encryption, ESP only (RFC 2410). */
  NULL(11, "null", 0, 0, 0, 1, false, 0),
  /** AES in CBC mode (RFC 3602). */
  AES_CBC(12, "aes", 16, 0, 0, 16, false, 128, 192, 256),
  /** AES in counter mode (RFC 3686, 5930). */
  AES_CTR(13, "aesctr", 8, 0, 4, 1, false, 128, 192, 256),
  /** AES-CCM with an ICV of 8 octets (RFC 4309). */
  AES_CCM_8(14, "ccm8", 8, 8, 3, 1, false, 128, 192, 256),
  /** AES-CCM with an ICV of 12 octets. */
  AES_CCM_12(15, "ccm12", 8, 12, 3, 1, false, 128, 192, 256),
  /** AES-CCM with an ICV of 16 octets. */
  AES_CCM_16(16, "ccm16", 8, 16, 3, 1, false, 128, 192, 256),
  /** AES-GCM with an ICV of 8 octets (RFC 4106). */
  AES_GCM_8(18, "gcm8", 8, 8, 4, 1, false, 128, 192, 256),
  /** AES-GCM with an ICV of 12 octets. */
  AES_GCM_12(19, "gcm12", 8, 12, 4, 1, false, 128, 192, 256),
  /** AES-GCM with an ICV of 16 octets. */
  AES_GCM_16(20, "gcm16", 8, 16, 4, 1, false, 128, 192, 256),
  /** AES-GMAC: integrity without encryption (RFC 4543). */
  NULL_AES_GMAC(21, "gmac", 8, 16, 4, 1, false, 128, 192, 256),
  /** Camellia in CBC mode (RFC 5529). */
  CAMELLIA_CBC(23, "camellia", 16, 0, 0, 16, false, 128, 192, 256),
  /** ChaCha20-Poly1305 (RFC 7634). */
  CHACHA20_POLY1305(28, "chacha20poly1305", 8, 16, 4, 1, false, 256),
  /** AES-CCM-8 with the IV implied by the sequence number (RFC 8750). */
  AES_CCM_8_IIV(29, "ccm8iiv", 0, 8, 3, 1, false, 128, 192, 256),
  /** AES-GCM-16 with the IV implied by the sequence number (RFC 8750). */
  AES_GCM_16_IIV(30, "gcm16iiv", 0, 16, 4, 1, false, 128, 192, 256),
  /** ChaCha20-Poly1305 with the IV implied by the sequence number (RFC 8750). */
  CHACHA20_POLY1305_IIV(31, "chacha20poly1305iiv", 0, 16, 4, 1, false, 256);

  private final int id;
  private final String keyword;
  private final int ivLength;
  private final int icvLength;
  private final int saltLength;
  private final int blockLength;
  private final boolean legacy;

  @SuppressWarnings("ImmutableEnumChecker") // always made by List.of
  private final List<Integer> keyBits;

  EncryptionAlgorithm(
      int id,
      String keyword,
      int ivLength,
      int icvLength,
      int saltLength,
      int blockLength,
      boolean legacy,
      Integer... keyBits) {
    this.id = id;
    this.keyword = keyword;
    this.ivLength = ivLength;
    this.icvLength = icvLength;
    this.saltLength = saltLength;
    this.blockLength = blockLength;
    this.legacy = legacy;
    this.keyBits = List.of(keyBits);
  }

  /** IANA number of transform type 1. */
  public int id() {
    return id;
  }

  /** Stem of the proposal keyword, such as {@code gcm16}. */
  public String keyword() {
    return keyword;
  }

  /** Octets of IV in each packet. */
  public int ivLength() {
    return ivLength;
  }

  /**
   * Octets of ICV of a combined-mode algorithm; 0 when a separate integrity algorithm is needed.
   */
  public int icvLength() {
    return icvLength;
  }

  /** Octets of salt behind the key in the keying material. */
  public int saltLength() {
    return saltLength;
  }

  /** Cipher block in octets; 1 for stream modes. ESP pads to a multiple of it and of 4. */
  public int blockLength() {
    return blockLength;
  }

  /**
   * Whether the algorithm authenticates too, so that no integrity transform may stand beside it.
   */
  public boolean isAead() {
    return icvLength > 0;
  }

  /** Whether only a policy that names it may use it. */
  public boolean isLegacy() {
    return legacy;
  }

  /** Allowed key lengths in bits, without the salt. */
  public List<Integer> keyBits() {
    return keyBits;
  }

  /** Whether the Key Length attribute is sent (RFC 7296 3.3.5): algorithms with a variable key. */
  public boolean hasKeyLengthAttribute() {
    return keyBits.size() > 1;
  }

  /** The algorithm of an IANA number. */
  public static Optional<EncryptionAlgorithm> ofId(int id) {
    for (EncryptionAlgorithm algorithm : values()) {
      if (algorithm.id == id) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}
