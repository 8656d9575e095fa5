package org.ipsec4j.crypto.mb;

import org.ipsec4j.api.crypto.EncryptionAlgorithm;

/** Ciphers that stand beside a MAC, and those that authenticate by themselves. */
enum CipherKind {
  /** No encryption. */
  NONE(3, 1, 0, false),
  /** AES in CBC mode. */
  AES_CBC(1, 16, 16, true),
  /** AES in counter mode; the library counts from 1 behind 12 octets of nonce (RFC 3686 4). */
  AES_CTR(2, 1, 12, true),
  /** Triple DES in CBC mode. */
  TRIPLE_DES(10, 8, 8, false),
  /** AES-GCM, and AES-GMAC of ESP. */
  GCM(5, 1, 12, false),
  /** ChaCha20-Poly1305. */
  CHACHA(19, 1, 12, false),
  /** AES-CCM. */
  CCM(9, 1, 11, false);

  /** The library's number of the mode. */
  final int mode;

  /** The text is a multiple of it. */
  final int block;

  /** Octets of nonce or IV that the engine gives. */
  final int nonce;

  /** Whether the library takes arrays of such jobs at once. */
  final boolean synchronous;

  CipherKind(int mode, int block, int nonce, boolean synchronous) {
    this.mode = mode;
    this.block = block;
    this.nonce = nonce;
    this.synchronous = synchronous;
  }

  /**
   * The kind of an algorithm.
   *
   * @throws IllegalArgumentException for one that the library lacks
   */
  static CipherKind of(EncryptionAlgorithm algorithm) {
    return switch (algorithm) {
      case NULL -> NONE;
      case AES_CBC -> AES_CBC;
      case AES_CTR -> AES_CTR;
      case TRIPLE_DES_CBC -> TRIPLE_DES;
      case AES_GCM_8, AES_GCM_12, AES_GCM_16, AES_GCM_16_IIV, NULL_AES_GMAC -> GCM;
      case CHACHA20_POLY1305, CHACHA20_POLY1305_IIV -> CHACHA;
      case AES_CCM_8, AES_CCM_12, AES_CCM_16, AES_CCM_8_IIV -> CCM;
      case DES_CBC, CAST_CBC, BLOWFISH_CBC, CAMELLIA_CBC ->
          throw new IllegalArgumentException("libIPSec_MB has no " + algorithm);
    };
  }
}
