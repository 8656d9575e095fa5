package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.jspecify.annotations.Nullable;

/** What JCA calls our algorithms, and which of its ciphers ours are made of. */
final class Names {
  /** The service of the MACs that are made of AES-CBC. */
  static final String CHAIN = new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 128).toString();

  /** The service of SHA-1. */
  static final String SHA1 = "SHA-1";

  private Names() {}

  /**
   * The algorithm whose JCA cipher does the work. An IV that is implied changes nothing for the
   * cipher, GMAC is GCM without text, and CCM is made of CTR and of CBC ({@link CcmPacketCipher}).
   */
  static EncryptionAlgorithm base(EncryptionAlgorithm algorithm) {
    return switch (algorithm) {
      case AES_CCM_8, AES_CCM_12, AES_CCM_16, AES_CCM_8_IIV -> EncryptionAlgorithm.AES_CTR;
      case NULL_AES_GMAC, AES_GCM_16_IIV -> EncryptionAlgorithm.AES_GCM_16;
      case CHACHA20_POLY1305_IIV -> EncryptionAlgorithm.CHACHA20_POLY1305;
      default -> algorithm;
    };
  }

  /** The name under which the JCA service of a cipher is chosen; each key length by itself. */
  static String service(EncryptionTransform encryption) {
    return new EncryptionTransform(base(encryption.algorithm()), encryption.keyBits()).toString();
  }

  /** The name under which the JCA service of an integrity algorithm is chosen. */
  static String service(IntegrityAlgorithm algorithm) {
    return switch (algorithm) {
      case AES_XCBC_96, AES_CMAC_96 -> CHAIN;
      case AES_128_GMAC -> service(gmac(128));
      case AES_192_GMAC -> service(gmac(192));
      case AES_256_GMAC -> service(gmac(256));
      case NONE,
          HMAC_MD5_96,
          HMAC_SHA1_96,
          HMAC_SHA2_256_128,
          HMAC_SHA2_384_192,
          HMAC_SHA2_512_256 ->
          algorithm.name();
    };
  }

  private static EncryptionTransform gmac(int bits) {
    return new EncryptionTransform(EncryptionAlgorithm.NULL_AES_GMAC, bits);
  }

  /** Transformation of a cipher; null for NULL, which needs none. */
  static @Nullable String cipher(EncryptionAlgorithm algorithm) {
    return switch (algorithm) {
      case NULL -> null;
      case DES_CBC -> "DES/CBC/NoPadding";
      case TRIPLE_DES_CBC -> "DESede/CBC/NoPadding";
      case CAST_CBC -> "CAST5/CBC/NoPadding";
      case BLOWFISH_CBC -> "Blowfish/CBC/NoPadding";
      case AES_CBC -> "AES/CBC/NoPadding";
      case CAMELLIA_CBC -> "Camellia/CBC/NoPadding";
      case AES_CTR, AES_CCM_8, AES_CCM_12, AES_CCM_16, AES_CCM_8_IIV -> "AES/CTR/NoPadding";
      case AES_GCM_8, AES_GCM_12, AES_GCM_16, AES_GCM_16_IIV, NULL_AES_GMAC -> "AES/GCM/NoPadding";
      case CHACHA20_POLY1305, CHACHA20_POLY1305_IIV -> "ChaCha20-Poly1305";
    };
  }

  /** Algorithm of a cipher's key. */
  static String cipherKey(EncryptionAlgorithm algorithm) {
    String name = cipher(base(algorithm));
    if (name == null) {
      return "AES";
    }
    int slash = name.indexOf('/');
    return slash < 0 ? "ChaCha20" : name.substring(0, slash);
  }

  /** Whether JCA passes the nonce with the length of the tag. */
  static boolean isGcm(EncryptionAlgorithm algorithm) {
    return "AES/GCM/NoPadding".equals(cipher(algorithm));
  }

  /** Counter with CBC-MAC. */
  static boolean isCcm(EncryptionAlgorithm algorithm) {
    return algorithm.isAead() && base(algorithm) == EncryptionAlgorithm.AES_CTR;
  }

  /**
   * Whether IKE messages may be encrypted so: not without encryption, not with an IV that the
   * sequence number implies (RFC 8750 5), and not with DES (RFC 8247 2.1).
   */
  static boolean mayProtectIke(EncryptionAlgorithm algorithm) {
    return algorithm.ivLength() > 0
        && algorithm != EncryptionAlgorithm.NULL_AES_GMAC
        && algorithm != EncryptionAlgorithm.DES_CBC;
  }

  /** Untruncated HMAC of an integrity algorithm; null for others. */
  static @Nullable String hmac(IntegrityAlgorithm algorithm) {
    return switch (algorithm) {
      case HMAC_MD5_96 -> "HmacMD5";
      case HMAC_SHA1_96 -> "HmacSHA1";
      case HMAC_SHA2_256_128 -> "HmacSHA256";
      case HMAC_SHA2_384_192 -> "HmacSHA384";
      case HMAC_SHA2_512_256 -> "HmacSHA512";
      case NONE, AES_XCBC_96, AES_CMAC_96, AES_128_GMAC, AES_192_GMAC, AES_256_GMAC -> null;
    };
  }

  /** HMAC of a pseudo-random function; null for those of AES. */
  static @Nullable String hmac(PrfAlgorithm algorithm) {
    return switch (algorithm) {
      case HMAC_MD5 -> "HmacMD5";
      case HMAC_SHA1 -> "HmacSHA1";
      case HMAC_SHA2_256 -> "HmacSHA256";
      case HMAC_SHA2_384 -> "HmacSHA384";
      case HMAC_SHA2_512 -> "HmacSHA512";
      case AES128_XCBC, AES128_CMAC -> null;
    };
  }

  /** Algorithm of an integrity algorithm's key. */
  static String integrityKey(IntegrityAlgorithm algorithm) {
    String hmac = hmac(algorithm);
    return hmac == null ? "AES" : hmac;
  }
}
