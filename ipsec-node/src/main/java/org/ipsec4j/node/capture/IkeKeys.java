package org.ipsec4j.node.capture;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The keys of one IKEv2 SA, to be written by {@link WiresharkProfile}. Holds copies and wipes them
 * on {@link #close()}; never shows them in {@code toString}. Not thread-safe.
 */
public final class IkeKeys implements AutoCloseable {
  private final long initiatorSpi;
  private final long responderSpi;
  private final int encryptionId;
  private final byte[] skEi;
  private final byte[] skEr;
  private final int integrityId;
  private final byte[] skAi;
  private final byte[] skAr;

  /**
   * Copies the keys (names of RFC 7296 2.14).
   *
   * @param initiatorSpi IKE SPI of the initiator, the eight bytes read big-endian
   * @param responderSpi IKE SPI of the responder
   * @param encryptionId transform type 1 number of IANA's IKEv2 registry
   * @param skEi SK_ei, with its salt at the end for AEAD and CTR ciphers; copied
   * @param skEr SK_er, likewise
   * @param integrityId transform type 3 number, 0 when the cipher is an AEAD
   * @param skAi SK_ai; copied; empty when {@code integrityId} is 0
   * @param skAr SK_ar, likewise
   */
  public IkeKeys(
      long initiatorSpi,
      long responderSpi,
      int encryptionId,
      byte[] skEi,
      byte[] skEr,
      int integrityId,
      byte[] skAi,
      byte[] skAr) {
    if (skEi.length != skEr.length || skAi.length != skAr.length) {
      throw new IllegalArgumentException("the keys of both directions must have equal lengths");
    }
    this.initiatorSpi = initiatorSpi;
    this.responderSpi = responderSpi;
    this.encryptionId = encryptionId;
    this.skEi = skEi.clone();
    this.skEr = skEr.clone();
    this.integrityId = integrityId;
    this.skAi = skAi.clone();
    this.skAr = skAr.clone();
  }

  /**
   * Appends a line of Wireshark's ikev2_decryption_table; false when it has no name for the
   * algorithms.
   */
  boolean writeLine(SecretText out) {
    String cipher = WiresharkNames.ikeCipher(encryptionId, skEi.length);
    String integrity = WiresharkNames.ikeIntegrity(integrityId);
    if (cipher == null || integrity == null) {
      return false;
    }
    out.text(spiText(initiatorSpi)).text(",").text(spiText(responderSpi)).text(",");
    out.hex(skEi).text(",").hex(skEr).text(",\"").text(cipher).text("\",");
    out.hex(skAi).text(",").hex(skAr).text(",\"").text(integrity).text("\"\n");
    return true;
  }

  /** Says what cannot be written and why, without keys. */
  String describeSkipped() {
    return "IKE SPI "
        + spiText(initiatorSpi)
        + ": Wireshark 4.0 has no name for encryption "
        + encryptionId
        + " (key of "
        + skEi.length
        + " bytes) with integrity "
        + integrityId;
  }

  private static String spiText(long spi) {
    return HexFormat.of().toHexDigits(spi);
  }

  /** Wipes the keys. */
  @Override
  public void close() {
    for (byte[] key : new byte[][] {skEi, skEr, skAi, skAr}) {
      Arrays.fill(key, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "IkeKeys[spiI=" + spiText(initiatorSpi) + ", spiR=" + spiText(responderSpi) + "]";
  }
}
