package org.ipsec4j.api.crypto;

import java.util.Optional;

/** Key exchange methods (IKEv2 transform type 4). */
public enum KeyExchangeMethod {
  /** 768-bit MODP (RFC 7296 B.1); broken, legacy. */
  MODP_768(1, "modp768", 96, true),
  /** 1024-bit MODP (RFC 7296 B.2); legacy. */
  MODP_1024(2, "modp1024", 128, true),
  /** 1536-bit MODP (RFC 3526 2); legacy. */
  MODP_1536(5, "modp1536", 192, true),
  /** 2048-bit MODP (RFC 3526 3). */
  MODP_2048(14, "modp2048", 256, false),
  /** 3072-bit MODP. */
  MODP_3072(15, "modp3072", 384, false),
  /** 4096-bit MODP. */
  MODP_4096(16, "modp4096", 512, false),
  /** 6144-bit MODP. */
  MODP_6144(17, "modp6144", 768, false),
  /** 8192-bit MODP. */
  MODP_8192(18, "modp8192", 1024, false),
  /** P-256 (RFC 5903). */
  ECP_256(19, "ecp256", 64, false),
  /** P-384 (RFC 5903). */
  ECP_384(20, "ecp384", 96, false),
  /** P-521 (RFC 5903). */
  ECP_521(21, "ecp521", 132, false),
  /** brainpoolP256r1 (RFC 6954). */
  BRAINPOOL_256(28, "ecp256bp", 64, false),
  /** brainpoolP384r1 (RFC 6954). */
  BRAINPOOL_384(29, "ecp384bp", 96, false),
  /** brainpoolP512r1 (RFC 6954). */
  BRAINPOOL_512(30, "ecp512bp", 128, false),
  /** Curve25519 (RFC 8031). */
  X25519(31, "x25519", 32, false),
  /** Curve448 (RFC 8031). */
  X448(32, "x448", 56, false),
  /** ML-KEM-512 (FIPS 203, draft-ietf-ipsecme-ikev2-mlkem): an encapsulation, not a group. */
  ML_KEM_512(35, "mlkem512", 800, 768),
  /** ML-KEM-768; its messages may be longer than a path carries in one packet. */
  ML_KEM_768(36, "mlkem768", 1184, 1088),
  /** ML-KEM-1024; its messages may be longer than a path carries in one packet. */
  ML_KEM_1024(37, "mlkem1024", 1568, 1568);

  private final int id;
  private final String keyword;
  private final int publicLength;
  private final int answerLength;
  private final boolean kem;
  private final boolean legacy;

  /** A group: both sides send the same kind of value. */
  KeyExchangeMethod(int id, String keyword, int publicLength, boolean legacy) {
    this.id = id;
    this.keyword = keyword;
    this.publicLength = publicLength;
    this.answerLength = publicLength;
    this.kem = false;
    this.legacy = legacy;
  }

  /** An encapsulation: a key goes there and a ciphertext comes back. */
  KeyExchangeMethod(int id, String keyword, int publicLength, int answerLength) {
    this.id = id;
    this.keyword = keyword;
    this.publicLength = publicLength;
    this.answerLength = answerLength;
    this.kem = true;
    this.legacy = false;
  }

  /** IANA number of transform type 4. */
  public int id() {
    return id;
  }

  /** Proposal keyword. */
  public String keyword() {
    return keyword;
  }

  /** Octets of the initiator's Key Exchange Data; a KE payload of any other length is refused. */
  public int publicLength() {
    return publicLength;
  }

  /** Octets of the responder's Key Exchange Data; those of the initiator but for a KEM. */
  public int answerLength() {
    return answerLength;
  }

  /**
   * Whether it encapsulates a key: the initiator sends an encapsulation key, the responder a
   * ciphertext, and a ciphertext that was changed leads to another secret instead of a refusal
   * (FIPS 203 6.3). Otherwise it is a Diffie-Hellman group.
   */
  public boolean isKem() {
    return kem;
  }

  /** Whether only a policy that names it may use it. */
  public boolean isLegacy() {
    return legacy;
  }

  /** The method of an IANA number. */
  public static Optional<KeyExchangeMethod> ofId(int id) {
    for (KeyExchangeMethod method : values()) {
      if (method.id == id) {
        return Optional.of(method);
      }
    }
    return Optional.empty();
  }
}
