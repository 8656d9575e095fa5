package org.ipsec4j.api.crypto;

import java.util.Optional;

/** Integrity algorithms (IKEv2 transform type 3). */
public enum IntegrityAlgorithm {
  /** None: beside a combined-mode cipher. */
  NONE(0, "none", 0, 0, false),
  /** HMAC-MD5-96 (RFC 2403); legacy. */
  HMAC_MD5_96(1, "md5", 16, 12, true),
  /** HMAC-SHA1-96 (RFC 2404). */
  HMAC_SHA1_96(2, "sha1", 20, 12, false),
  /** AES-XCBC-96 (RFC 3566). */
  AES_XCBC_96(5, "aesxcbc", 16, 12, false),
  /** AES-CMAC-96 (RFC 4494). */
  AES_CMAC_96(8, "aescmac", 16, 12, false),
  /** AES-GMAC with 128-bit keys, for AH (RFC 4543). */
  AES_128_GMAC(9, "aes128gmac", 20, 16, false),
  /** AES-GMAC with 192-bit keys, for AH. */
  AES_192_GMAC(10, "aes192gmac", 28, 16, false),
  /** AES-GMAC with 256-bit keys, for AH. */
  AES_256_GMAC(11, "aes256gmac", 36, 16, false),
  /** HMAC-SHA2-256-128 (RFC 4868). */
  HMAC_SHA2_256_128(12, "sha256", 32, 16, false),
  /** HMAC-SHA2-384-192 (RFC 4868). */
  HMAC_SHA2_384_192(13, "sha384", 48, 24, false),
  /** HMAC-SHA2-512-256 (RFC 4868). */
  HMAC_SHA2_512_256(14, "sha512", 64, 32, false);

  private final int id;
  private final String keyword;
  private final int keyLength;
  private final int icvLength;
  private final boolean legacy;

  IntegrityAlgorithm(int id, String keyword, int keyLength, int icvLength, boolean legacy) {
    this.id = id;
    this.keyword = keyword;
    this.keyLength = keyLength;
    this.icvLength = icvLength;
    this.legacy = legacy;
  }

  /** IANA number of transform type 3. */
  public int id() {
    return id;
  }

  /** Proposal keyword. */
  public String keyword() {
    return keyword;
  }

  /** Octets of key (key and salt for GMAC). */
  public int keyLength() {
    return keyLength;
  }

  /** Octets of the truncated ICV; of GMAC the tag alone, without the IV in front of it. */
  public int icvLength() {
    return icvLength;
  }

  /** Whether it takes a nonce: AES-GMAC, which protects AH and nothing else (RFC 4543 5.3). */
  public boolean isGmac() {
    return this == AES_128_GMAC || this == AES_192_GMAC || this == AES_256_GMAC;
  }

  /**
   * Octets of IV in front of the ICV, in the same field of each packet: 8 for GMAC (RFC 4543 4),
   * otherwise 0. The AH header is longer by them.
   */
  public int ivLength() {
    return isGmac() ? 8 : 0;
  }

  /** Octets of salt at the end of the key: 4 for GMAC (RFC 4543 5.4), otherwise 0. */
  public int saltLength() {
    return isGmac() ? 4 : 0;
  }

  /** Whether only a policy that names it may use it. */
  public boolean isLegacy() {
    return legacy;
  }

  /** The algorithm of an IANA number. */
  public static Optional<IntegrityAlgorithm> ofId(int id) {
    for (IntegrityAlgorithm algorithm : values()) {
      if (algorithm.id == id) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}
