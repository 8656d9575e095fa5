package org.ipsec4j.crypto.jca;

import java.util.Map;

/** What PKCS #11 calls the mechanisms of our algorithms: the words of a token's data sheet. */
final class TokenMechanisms {
  private static final Map<String, String> BY_PREFIX =
      Map.ofEntries(
          Map.entry("AES_GCM", "CKM_AES_GCM"),
          Map.entry("AES_CBC", "CKM_AES_CBC"),
          Map.entry("AES_CTR", "CKM_AES_CTR"),
          Map.entry("CHACHA20_POLY1305", "CKM_CHACHA20_POLY1305"),
          Map.entry("CAMELLIA_CBC", "CKM_CAMELLIA_CBC"),
          Map.entry("TRIPLE_DES_CBC", "CKM_DES3_CBC"),
          Map.entry("DES_CBC", "CKM_DES_CBC"),
          Map.entry("BLOWFISH_CBC", "CKM_BLOWFISH_CBC"),
          Map.entry("CAST_CBC", "CKM_CAST128_CBC"),
          Map.entry("HMAC_MD5", "CKM_MD5_HMAC"),
          Map.entry("HMAC_SHA1", "CKM_SHA_1_HMAC"),
          Map.entry("HMAC_SHA2_256", "CKM_SHA256_HMAC"),
          Map.entry("HMAC_SHA2_384", "CKM_SHA384_HMAC"),
          Map.entry("HMAC_SHA2_512", "CKM_SHA512_HMAC"),
          Map.entry("MODP_", "CKM_DH_PKCS_DERIVE"),
          Map.entry("ECP_", "CKM_ECDH1_DERIVE"),
          Map.entry("BRAINPOOL_", "CKM_ECDH1_DERIVE"),
          Map.entry("X25519", "CKM_ECDH1_DERIVE"),
          Map.entry("X448", "CKM_ECDH1_DERIVE"),
          Map.entry("RSA_PSS", "CKM_RSA_PKCS_PSS"),
          Map.entry("RSA_PKCS1", "CKM_RSA_PKCS"),
          Map.entry("ECDSA", "CKM_ECDSA"),
          Map.entry("ED", "CKM_EDDSA"),
          Map.entry("SHA-1", "CKM_SHA_1"));

  private TokenMechanisms() {}

  /** The mechanism of an algorithm; the algorithm itself when it has none. */
  static String of(String algorithm) {
    return BY_PREFIX.entrySet().stream()
        .filter(entry -> algorithm.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(algorithm);
  }
}
