package org.ipsec4j.node.capture;

import org.jspecify.annotations.Nullable;

/**
 * The algorithm names of Wireshark's key tables by IANA transform number, as version 4.0 takes
 * them.
 */
final class WiresharkNames {
  private WiresharkNames() {}

  /**
   * Name in esp_sa; null when Wireshark cannot decrypt it. An AEAD authenticates the whole 64-bit
   * sequence number, which esp_sa does not know.
   */
  static @Nullable String espCipher(int id, boolean extendedSequenceNumbers) {
    return switch (id) {
      case 2 -> "DES-CBC [RFC2405]";
      case 3 -> "TripleDES-CBC [RFC2451]";
      case 6 -> "CAST5-CBC [RFC2144]";
      case 7 -> "BLOWFISH-CBC [RFC2451]";
      case 11 -> "NULL";
      case 12 -> "AES-CBC [RFC3602]";
      case 13 -> "AES-CTR [RFC3686]";
      case 18, 19, 20 ->
          extendedSequenceNumbers
              ? null
              : "AES-GCM with " + gcmIcvLength(id) + " octet ICV [RFC4106]";
      default -> null;
    };
  }

  /**
   * Name in esp_sa. Where Wireshark cannot check the ICV it is told its length, so that decryption
   * still works.
   */
  static @Nullable String espIntegrity(int id, boolean extendedSequenceNumbers) {
    if (extendedSequenceNumbers) {
      return unchecked(id);
    }
    return switch (id) {
      case 0 -> "NULL";
      case 1 -> "HMAC-MD5-96 [RFC2403]";
      case 2 -> "HMAC-SHA-1-96 [RFC2404]";
      case 12 -> "HMAC-SHA-256-128 [RFC4868]";
      case 13 -> "HMAC-SHA-384-192 [RFC4868]";
      case 14 -> "HMAC-SHA-512-256 [RFC4868]";
      default -> unchecked(id);
    };
  }

  private static @Nullable String unchecked(int id) {
    return switch (id) {
      case 0 -> "NULL";
      case 1, 2, 5, 8 -> "ANY 96 bit authentication [no checking]";
      case 6, 12 -> "ANY 128 bit authentication [no checking]";
      case 13 -> "ANY 192 bit authentication [no checking]";
      case 14 -> "ANY 256 bit authentication [no checking]";
      default -> null;
    };
  }

  /** Name in ikev2_decryption_table; {@code length} is that of SK_ei in bytes, salt included. */
  static @Nullable String ikeCipher(int id, int length) {
    return switch (id) {
      case 3 -> length == 24 ? "3DES [RFC2451]" : null;
      case 12 -> sized("AES-CBC-", length, " [RFC3602]");
      case 13 -> sized("AES-CTR-", length - 4, " [RFC5930]");
      case 14, 15, 16 ->
          sized("AES-CCM-", length - 3, " with " + (id - 12) * 4 + " octet ICV [RFC5282]");
      case 18, 19, 20 ->
          sized("AES-GCM-", length - 4, " with " + gcmIcvLength(id) + " octet ICV [RFC5282]");
      default -> null;
    };
  }

  /** Name in ikev2_decryption_table. */
  static @Nullable String ikeIntegrity(int id) {
    return switch (id) {
      case 0 -> "NONE [RFC4306]";
      case 1 -> "HMAC_MD5_96 [RFC2403]";
      case 2 -> "HMAC_SHA1_96 [RFC2404]";
      case 5, 8 -> "ANY 96-bits of Authentication [No Checking]";
      case 6 -> "HMAC_MD5_128 [RFC4595]";
      case 7 -> "HMAC_SHA1_160 [RFC4595]";
      case 12 -> "HMAC_SHA2_256_128 [RFC4868]";
      case 13 -> "HMAC_SHA2_384_192 [RFC4868]";
      case 14 -> "HMAC_SHA2_512_256 [RFC4868]";
      default -> null;
    };
  }

  private static @Nullable String sized(String before, int keyLength, String after) {
    return keyLength == 16 || keyLength == 24 || keyLength == 32
        ? before + keyLength * 8 + after
        : null;
  }

  /** Transforms 18, 19, 20 have 8, 12, 16 bytes (RFC 4106 8.2). */
  private static int gcmIcvLength(int id) {
    return (id - 16) * 4;
  }
}
