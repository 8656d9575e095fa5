package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;

/**
 * The shape of an SA's packets (RFC 4303 2): lengths of IV, padding and ICV, and how a nonce comes
 * about. Computed once per SA; immutable but for {@link #destroy()}.
 */
final class EspLayout {
  /** SPI and the lower half of the sequence number. */
  static final int HEADER_LENGTH = 8;

  /** Pad length and next header. */
  static final int TRAILER_LENGTH = 2;

  /** Where a packet's IV comes from. */
  private enum IvStyle {
    /** No IV at all. */
    NONE,
    /** The sequence number, in the packet; the nonce is salt and IV (RFC 4106 3.1). */
    COUNTER,
    /** The sequence number, not in the packet (RFC 8750). */
    IMPLICIT,
    /** The sequence number, encrypted; see {@link #prepareSeal}. */
    ENCRYPTED
  }

  private final PacketTransform transform;
  private final int ivLength;
  private final int icvLength;
  private final int blockLength;
  private final int alignment;
  private final IvStyle ivStyle;
  private final byte[] salt;

  EspLayout(PacketTransform transform, byte[] salt) {
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    if (salt.length != cipher.saltLength()) {
      throw new IllegalArgumentException(
          cipher + " has a salt of " + cipher.saltLength() + " octets, not " + salt.length);
    }
    this.transform = transform;
    this.ivLength = cipher.ivLength();
    this.icvLength = transform.icvLength();
    this.blockLength = cipher.blockLength();
    this.alignment = Math.max(4, blockLength);
    this.ivStyle = ivStyle(cipher);
    this.salt = salt.clone();
  }

  private static IvStyle ivStyle(EncryptionAlgorithm cipher) {
    if (cipher.blockLength() > 1) {
      return IvStyle.ENCRYPTED;
    }
    if (cipher.saltLength() == 0) {
      return IvStyle.NONE;
    }
    return cipher.ivLength() == 0 ? IvStyle.IMPLICIT : IvStyle.COUNTER;
  }

  PacketTransform transform() {
    return transform;
  }

  int ivLength() {
    return ivLength;
  }

  int icvLength() {
    return icvLength;
  }

  boolean extendedSequenceNumbers() {
    return transform.extendedSequenceNumbers();
  }

  /** Payload and trailer together are a multiple of so many octets. */
  int alignment() {
    return alignment;
  }

  /** Pad octets behind a payload (RFC 4303 2.4): to the cipher's block and to four octets. */
  int padLength(int payload) {
    return -(payload + TRAILER_LENGTH) & (alignment - 1);
  }

  /** Octets in front of the payload. */
  int front() {
    return HEADER_LENGTH + ivLength;
  }

  /** Octets behind the payload at most. */
  int maxBack() {
    return alignment - 1 + TRAILER_LENGTH + icvLength;
  }

  /** Octets of text in an ESP packet of {@code espLength} octets; negative when impossible. */
  int textLength(int espLength) {
    int text = espLength - front() - icvLength;
    return text < Math.max(TRAILER_LENGTH, blockLength) ? -1 : text;
  }

  /** Whether that many octets of text can have come out of the cipher. */
  boolean isWholeBlocks(int textLength) {
    return (textLength & (blockLength - 1)) == 0;
  }

  /**
   * Writes the IV and fills the descriptor's nonce and text offset for a packet to be sealed.
   *
   * <p>A CBC IV must be unpredictable, and there is no source of randomness here. So the sequence
   * number stands as a block of text in the place of the IV and is encrypted with the payload under
   * an all-zero IV: its ciphertext is E(K, number), the first way of NIST SP 800-38A Appendix C,
   * and chains into the payload just as an IV would. The receiver cannot tell the difference.
   */
  void prepareSeal(CryptoOp op, ByteBuffer slab, int ivOffset, long number) {
    op.textOffset = ivOffset + ivLength;
    switch (ivStyle) {
      case NONE -> op.nonceLength = 0;
      case COUNTER -> {
        slab.putLong(ivOffset, number);
        saltAndNumber(op, number);
      }
      case IMPLICIT -> saltAndNumber(op, number);
      case ENCRYPTED -> {
        for (int at = ivOffset; at < ivOffset + ivLength - 8; at += 8) {
          slab.putLong(at, 0);
        }
        slab.putLong(ivOffset + ivLength - 8, number);
        op.textOffset = ivOffset;
        Arrays.fill(op.nonce, 0, ivLength, (byte) 0);
        op.nonceLength = ivLength;
      }
    }
  }

  /** Fills the descriptor's nonce for a packet to be opened. */
  void prepareOpen(CryptoOp op, ByteBuffer slab, int ivOffset, long number) {
    op.textOffset = ivOffset + ivLength;
    switch (ivStyle) {
      case NONE -> op.nonceLength = 0;
      case COUNTER -> saltAndNumber(op, slab.getLong(ivOffset));
      case IMPLICIT -> saltAndNumber(op, number);
      case ENCRYPTED -> {
        slab.get(ivOffset, op.nonce, 0, ivLength);
        op.nonceLength = ivLength;
      }
    }
  }

  private void saltAndNumber(CryptoOp op, long number) {
    byte[] nonce = op.nonce;
    int at = salt.length;
    System.arraycopy(salt, 0, nonce, 0, at);
    for (int i = 0; i < 8; i++) {
      nonce[at + i] = (byte) (number >>> (56 - 8 * i));
    }
    op.nonceLength = at + 8;
  }

  void destroy() {
    Arrays.fill(salt, (byte) 0);
  }
}
