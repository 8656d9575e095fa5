package org.ipsec4j.crypto.mb;

import org.ipsec4j.api.crypto.IntegrityAlgorithm;

/** MACs beside a cipher, or alone. */
enum MacKind {
  /** None: the cipher authenticates. */
  NONE(8, -1, 0, false),
  /** HMAC-MD5. */
  MD5(7, 5, 64, false),
  /** HMAC-SHA1. */
  SHA1(1, 0, 64, true),
  /** HMAC-SHA2-256. */
  SHA256(3, 2, 64, true),
  /** HMAC-SHA2-384. */
  SHA384(4, 3, 128, true),
  /** HMAC-SHA2-512. */
  SHA512(5, 4, 128, true),
  /** AES-XCBC. */
  XCBC(6, -1, 0, false),
  /** AES-CMAC. */
  CMAC(12, -1, 0, false),
  /** AES-GMAC of AH. */
  GMAC(9, -1, 0, false);

  /** The library's number of the algorithm. */
  final int algorithm;

  /** Index of the function that hashes one block; negative when it is no HMAC. */
  final int oneBlock;

  /** Octets of a block of an HMAC. */
  final int block;

  /** Whether the library takes arrays of such jobs at once. */
  final boolean synchronous;

  MacKind(int algorithm, int oneBlock, int block, boolean synchronous) {
    this.algorithm = algorithm;
    this.oneBlock = oneBlock;
    this.block = block;
    this.synchronous = synchronous;
  }

  /** The kind of an algorithm. */
  static MacKind of(IntegrityAlgorithm algorithm) {
    return switch (algorithm) {
      case NONE -> NONE;
      case HMAC_MD5_96 -> MD5;
      case HMAC_SHA1_96 -> SHA1;
      case HMAC_SHA2_256_128 -> SHA256;
      case HMAC_SHA2_384_192 -> SHA384;
      case HMAC_SHA2_512_256 -> SHA512;
      case AES_XCBC_96 -> XCBC;
      case AES_CMAC_96 -> CMAC;
      case AES_128_GMAC, AES_192_GMAC, AES_256_GMAC -> GMAC;
    };
  }
}
