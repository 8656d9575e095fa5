package org.ipsec4j.ike.auth;

/** Authentication method numbers of AUTH payloads (RFC 7296 3.8). */
public final class AuthMethodNumber {
  /** RSA with PKCS #1 v1.5, in practice with SHA-1. */
  public static final int RSA_SIGNATURE = 1;

  /** A shared key, or the key of an EAP method. */
  public static final int SHARED_KEY = 2;

  /** ECDSA on P-256 with SHA2-256 (RFC 4754). */
  public static final int ECDSA_P256 = 9;

  /** ECDSA on P-384 with SHA2-384 (RFC 4754). */
  public static final int ECDSA_P384 = 10;

  /** ECDSA on P-521 with SHA2-512 (RFC 4754). */
  public static final int ECDSA_P521 = 11;

  /** No authentication (RFC 7619). */
  public static final int NULL = 13;

  /** Digital signature that names its algorithm (RFC 7427). */
  public static final int DIGITAL_SIGNATURE = 14;

  private AuthMethodNumber() {}

  /** The name of a number, for people. */
  public static String name(int method) {
    return switch (method) {
      case RSA_SIGNATURE -> "RSA signature";
      case SHARED_KEY -> "shared key";
      case ECDSA_P256 -> "ECDSA on P-256";
      case ECDSA_P384 -> "ECDSA on P-384";
      case ECDSA_P521 -> "ECDSA on P-521";
      case NULL -> "none";
      case DIGITAL_SIGNATURE -> "digital signature";
      default -> "method " + method;
    };
  }
}
