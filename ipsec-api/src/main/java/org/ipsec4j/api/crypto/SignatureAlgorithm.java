package org.ipsec4j.api.crypto;

import java.util.Optional;
import org.ipsec4j.api.Bytes;

/**
 * Signature algorithms of authentication method 14 (RFC 7427), each with the DER of its
 * AlgorithmIdentifier (RFC 7427 Appendix A, RFC 8420 A). ECDSA signatures are DER as X.509 has
 * them.
 */
public enum SignatureAlgorithm {
  /** RSASSA-PKCS1-v1_5 with SHA-1; verified only when a policy says legacy. */
  RSA_PKCS1_SHA1(KeyType.RSA, HashAlgorithm.SHA1, "300d06092a864886f70d0101050500"),
  /** RSASSA-PKCS1-v1_5 with SHA2-256. */
  RSA_PKCS1_SHA256(KeyType.RSA, HashAlgorithm.SHA2_256, "300d06092a864886f70d01010b0500"),
  /** RSASSA-PKCS1-v1_5 with SHA2-384. */
  RSA_PKCS1_SHA384(KeyType.RSA, HashAlgorithm.SHA2_384, "300d06092a864886f70d01010c0500"),
  /** RSASSA-PKCS1-v1_5 with SHA2-512. */
  RSA_PKCS1_SHA512(KeyType.RSA, HashAlgorithm.SHA2_512, "300d06092a864886f70d01010d0500"),
  /** RSASSA-PSS with SHA2-256, MGF1 with SHA2-256, salt of 32 octets. */
  RSA_PSS_SHA256(KeyType.RSA, HashAlgorithm.SHA2_256, pss("01", "20")),
  /** RSASSA-PSS with SHA2-384, MGF1 with SHA2-384, salt of 48 octets. */
  RSA_PSS_SHA384(KeyType.RSA, HashAlgorithm.SHA2_384, pss("02", "30")),
  /** RSASSA-PSS with SHA2-512, MGF1 with SHA2-512, salt of 64 octets. */
  RSA_PSS_SHA512(KeyType.RSA, HashAlgorithm.SHA2_512, pss("03", "40")),
  /** ECDSA with SHA-1; verified only when a policy says legacy. */
  ECDSA_SHA1(KeyType.EC, HashAlgorithm.SHA1, "300906072a8648ce3d0401"),
  /** ECDSA with SHA2-256. */
  ECDSA_SHA256(KeyType.EC, HashAlgorithm.SHA2_256, "300a06082a8648ce3d040302"),
  /** ECDSA with SHA2-384. */
  ECDSA_SHA384(KeyType.EC, HashAlgorithm.SHA2_384, "300a06082a8648ce3d040303"),
  /** ECDSA with SHA2-512. */
  ECDSA_SHA512(KeyType.EC, HashAlgorithm.SHA2_512, "300a06082a8648ce3d040304"),
  /** Ed25519 (RFC 8420). */
  ED25519(KeyType.ED25519, HashAlgorithm.IDENTITY, "300506032b6570"),
  /** Ed448 (RFC 8420). */
  ED448(KeyType.ED448, HashAlgorithm.IDENTITY, "300506032b6571");

  /** The kind of key that an algorithm needs. */
  public enum KeyType {
    /** rsaEncryption. */
    RSA,
    /** id-ecPublicKey. */
    EC,
    /** id-Ed25519. */
    ED25519,
    /** id-Ed448. */
    ED448
  }

  private final KeyType keyType;
  private final HashAlgorithm hash;
  private final String identifierHex;

  SignatureAlgorithm(KeyType keyType, HashAlgorithm hash, String der) {
    this.keyType = keyType;
    this.hash = hash;
    this.identifierHex = der;
  }

  private static String pss(String shaArc, String saltLength) {
    String hash = "300d06096086480165030402" + shaArc + "0500";
    return "304106092a864886f70d01010a3034a00f"
        + hash
        + "a11c301a06092a864886f70d010108"
        + hash
        + "a2030201"
        + saltLength;
  }

  /** The kind of key that signs. */
  public KeyType keyType() {
    return keyType;
  }

  /** The hash that the peer must have announced (RFC 7427 4). */
  public HashAlgorithm hash() {
    return hash;
  }

  /** DER of the AlgorithmIdentifier that stands in front of the signature (RFC 7427 3). */
  public Bytes algorithmIdentifier() {
    return Bytes.ofHex(identifierHex);
  }

  /** The algorithm whose identifier is exactly {@code der}. */
  public static Optional<SignatureAlgorithm> ofIdentifier(Bytes der) {
    for (SignatureAlgorithm algorithm : values()) {
      if (algorithm.algorithmIdentifier().equals(der)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}
