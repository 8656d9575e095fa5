package org.ipsec4j.api.policy;

import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.jspecify.annotations.Nullable;

/**
 * One ESP or AH layer with manual keys: both SAs of it (RFC 4301 4.5.1). Keys are named, never
 * held.
 *
 * @param transform algorithms; never with extended sequence numbers
 * @param inboundSpi SPI of packets that come in, 256 or more, unsigned
 * @param outboundSpi SPI of packets that go out, 256 or more, unsigned
 * @param inbound names of the keys of packets that come in
 * @param outbound names of the keys of packets that go out
 */
public record ManualKeys(
    PacketTransform transform, int inboundSpi, int outboundSpi, Names inbound, Names outbound) {
  /** SPIs below are reserved (RFC 4303 2.1, RFC 4302 2.4). */
  public static final int FIRST_SPI = 256;

  /**
   * Under which names the credentials hold the keys of one direction.
   *
   * @param encryption key and salt; null when the transform does not encrypt
   * @param integrity integrity key; null beside a combined mode
   */
  public record Names(@Nullable String encryption, @Nullable String integrity) {}

  /**
   * @throws IllegalArgumentException when an SPI is reserved, a key is missing or too many, or
   *     extended sequence numbers are wanted, which both sides have to negotiate (RFC 4303 2.2.1)
   */
  public ManualKeys {
    checkSpi(inboundSpi);
    checkSpi(outboundSpi);
    if (transform.extendedSequenceNumbers()) {
      throw new IllegalArgumentException(
          "extended sequence numbers must be negotiated (RFC 4303 2.2.1): not with manual keys");
    }
    check(transform, inbound);
    check(transform, outbound);
  }

  private static void checkSpi(int spi) {
    if (Integer.compareUnsigned(spi, FIRST_SPI) < 0) {
      throw new IllegalArgumentException(
          "SPI " + Integer.toUnsignedString(spi) + " is reserved: manual SPIs begin at 256");
    }
  }

  private static void check(PacketTransform transform, Names names) {
    checkKey("encryption", transform.encryption().keyingMaterialLength(), names.encryption());
    checkKey("integrity", transform.integrity().keyLength(), names.integrity());
  }

  private static void checkKey(String what, int length, @Nullable String name) {
    if ((length > 0) != (name != null)) {
      throw new IllegalArgumentException(
          length > 0
              ? "an " + what + " key of " + length + " octets is missing"
              : "the algorithms take no " + what + " key");
    }
  }

  /**
   * Whether a nonce that comes twice under one key breaks the algorithm, so that numbers must never
   * begin anew: combined modes, counter mode and GMAC (RFC 3686 2.1, 4106 2, 4309 2, 4543 2, 7634
   * 2).
   */
  public boolean needsFreshNumbers() {
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    IntegrityAlgorithm mac = transform.integrity();
    return cipher.isAead()
        || cipher == EncryptionAlgorithm.AES_CTR
        || mac == IntegrityAlgorithm.AES_128_GMAC
        || mac == IntegrityAlgorithm.AES_192_GMAC
        || mac == IntegrityAlgorithm.AES_256_GMAC;
  }
}
