package org.ipsec4j.api.crypto;

import java.util.Optional;

/** Hash algorithms of SIGNATURE_HASH_ALGORITHMS (RFC 7427 7, RFC 8420). */
public enum HashAlgorithm {
  /** SHA-1; legacy. */
  SHA1(1),
  /** SHA2-256. */
  SHA2_256(2),
  /** SHA2-384. */
  SHA2_384(3),
  /** SHA2-512. */
  SHA2_512(4),
  /** The identity hash of EdDSA (RFC 8420 2). */
  IDENTITY(5);

  private final int id;

  HashAlgorithm(int id) {
    this.id = id;
  }

  /** IANA number. */
  public int id() {
    return id;
  }

  /** The hash of an IANA number. */
  public static Optional<HashAlgorithm> ofId(int id) {
    for (HashAlgorithm hash : values()) {
      if (hash.id == id) {
        return Optional.of(hash);
      }
    }
    return Optional.empty();
  }
}
