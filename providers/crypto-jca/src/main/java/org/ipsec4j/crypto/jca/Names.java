package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.jspecify.annotations.Nullable;

/** What JCA calls our algorithms; null for those that this provider does not do. */
final class Names {
  private Names() {}

  /** Transformation of a cipher. */
  static @Nullable String cipher(EncryptionAlgorithm algorithm) {
    return switch (algorithm) {
      case AES_CBC -> "AES/CBC/NoPadding";
      case AES_GCM_8, AES_GCM_12, AES_GCM_16 -> "AES/GCM/NoPadding";
      case CHACHA20_POLY1305 -> "ChaCha20-Poly1305";
      case NULL,
          DES_CBC,
          TRIPLE_DES_CBC,
          CAST_CBC,
          BLOWFISH_CBC,
          AES_CTR,
          AES_CCM_8,
          AES_CCM_12,
          AES_CCM_16,
          NULL_AES_GMAC,
          CAMELLIA_CBC,
          AES_CCM_8_IIV,
          AES_GCM_16_IIV,
          CHACHA20_POLY1305_IIV ->
          null;
    };
  }

  /** Whether there are names for both, so that it makes sense to ask another provider. */
  static boolean knows(EncryptionAlgorithm encryption, IntegrityAlgorithm integrity) {
    return (encryption == EncryptionAlgorithm.NULL || cipher(encryption) != null)
        && encryption.isAead() == (mac(integrity) == null);
  }

  /** Algorithm of a cipher's key. */
  static String cipherKey(EncryptionAlgorithm algorithm) {
    return algorithm == EncryptionAlgorithm.CHACHA20_POLY1305 ? "ChaCha20" : "AES";
  }

  /** Whether JCA passes the nonce with the length of the tag. */
  static boolean isGcm(EncryptionAlgorithm algorithm) {
    return "AES/GCM/NoPadding".equals(cipher(algorithm));
  }

  /** Untruncated MAC of an integrity algorithm. */
  static @Nullable String mac(IntegrityAlgorithm algorithm) {
    return switch (algorithm) {
      case HMAC_SHA1_96 -> "HmacSHA1";
      case HMAC_SHA2_256_128 -> "HmacSHA256";
      case HMAC_SHA2_384_192 -> "HmacSHA384";
      case HMAC_SHA2_512_256 -> "HmacSHA512";
      case NONE, HMAC_MD5_96, AES_XCBC_96, AES_CMAC_96, AES_128_GMAC, AES_192_GMAC, AES_256_GMAC ->
          null;
    };
  }

  /** MAC of a pseudo-random function. */
  static @Nullable String mac(PrfAlgorithm algorithm) {
    return switch (algorithm) {
      case HMAC_SHA1 -> "HmacSHA1";
      case HMAC_SHA2_256 -> "HmacSHA256";
      case HMAC_SHA2_384 -> "HmacSHA384";
      case HMAC_SHA2_512 -> "HmacSHA512";
      case HMAC_MD5, AES128_XCBC, AES128_CMAC -> null;
    };
  }
}
