package org.ipsec4j.benchmarks.anchor;

import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;

/**
 * The transforms that the C loops have, in the order of {@code enum cipher} in {@code anchor.h}.
 */
public enum AnchorCipher {
  /** AES-GCM with 16 octets of ICV and a key of 128 bits. */
  GCM_128("AES-128-GCM", EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE),
  /** The same with a key of 256 bits. */
  GCM_256("AES-256-GCM", EncryptionAlgorithm.AES_GCM_16, 256, IntegrityAlgorithm.NONE),
  /** ChaCha20-Poly1305. */
  CHACHA20(
      "ChaCha20-Poly1305", EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE),
  /** AES-CBC with HMAC-SHA2-256-128. */
  CBC_SHA256(
      "AES-128-CBC+HMAC-SHA2-256",
      EncryptionAlgorithm.AES_CBC,
      128,
      IntegrityAlgorithm.HMAC_SHA2_256_128);

  private final String title;
  private final PacketTransform transform;

  AnchorCipher(
      String title, EncryptionAlgorithm cipher, int keyBits, IntegrityAlgorithm integrity) {
    this.title = title;
    this.transform = PacketTransform.esp(cipher, keyBits, integrity, false);
  }

  /** The name in tables. */
  public String title() {
    return title;
  }

  /** With sequence numbers of 32 bits, which no run uses up. */
  public PacketTransform transform() {
    return transform;
  }

  /** Its number in C. */
  @SuppressWarnings("EnumOrdinal") // the order is that of the header file
  int code() {
    return ordinal();
  }
}
