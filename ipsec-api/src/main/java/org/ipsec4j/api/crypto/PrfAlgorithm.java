package org.ipsec4j.api.crypto;

import java.util.Optional;

/** Pseudo-random functions (IKEv2 transform type 2). */
public enum PrfAlgorithm {
  /** HMAC-MD5 (RFC 2104); legacy. */
  HMAC_MD5(1, "prfmd5", 16, true),
  /** HMAC-SHA1 (RFC 2104). */
  HMAC_SHA1(2, "prfsha1", 20, false),
  /** AES-XCBC-PRF-128 (RFC 4434); a fixed-key PRF in key derivation (RFC 7296 2.14). */
  AES128_XCBC(4, "prfaesxcbc", 16, false),
  /** HMAC-SHA2-256 (RFC 4868). */
  HMAC_SHA2_256(5, "prfsha256", 32, false),
  /** HMAC-SHA2-384 (RFC 4868). */
  HMAC_SHA2_384(6, "prfsha384", 48, false),
  /** HMAC-SHA2-512 (RFC 4868). */
  HMAC_SHA2_512(7, "prfsha512", 64, false),
  /** AES-CMAC-PRF-128 (RFC 4615); a fixed-key PRF in key derivation. */
  AES128_CMAC(8, "prfaescmac", 16, false);

  private final int id;
  private final String keyword;
  private final int length;
  private final boolean legacy;

  PrfAlgorithm(int id, String keyword, int length, boolean legacy) {
    this.id = id;
    this.keyword = keyword;
    this.length = length;
    this.legacy = legacy;
  }

  /** IANA number of transform type 2. */
  public int id() {
    return id;
  }

  /** Proposal keyword. */
  public String keyword() {
    return keyword;
  }

  /** Octets of output, and of the preferred key. */
  public int length() {
    return length;
  }

  /**
   * Whether the key has a fixed length, so that SKEYSEED takes the first half of each nonce (RFC
   * 7296 2.14).
   */
  public boolean hasFixedKey() {
    return this == AES128_XCBC || this == AES128_CMAC;
  }

  /** Whether only a policy that names it may use it. */
  public boolean isLegacy() {
    return legacy;
  }

  /** The function of an IANA number. */
  public static Optional<PrfAlgorithm> ofId(int id) {
    for (PrfAlgorithm algorithm : values()) {
      if (algorithm.id == id) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}
