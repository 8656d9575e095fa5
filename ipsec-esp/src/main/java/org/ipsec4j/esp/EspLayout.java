package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentHashMap;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;

/**
 * The shape of the packets of a transform (RFC 4303 2): lengths of IV, padding and ICV, and how a
 * nonce comes about. Immutable; one for all SAs of a transform, so that it stays in the cache.
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

  /** One for each transform that was ever used; there is a bounded number of them. */
  private static final ConcurrentHashMap<PacketTransform, EspLayout> SHARED =
      new ConcurrentHashMap<>();

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final PacketTransform transform;
  private final int saltLength;
  private final int ivLength;
  private final int icvLength;
  private final int blockLength;
  private final int alignment;
  private final IvStyle ivStyle;
  private final boolean extended;

  private EspLayout(PacketTransform transform) {
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    this.transform = transform;
    this.saltLength = cipher.saltLength();
    this.ivLength = cipher.ivLength();
    this.icvLength = transform.icvLength();
    this.blockLength = cipher.blockLength();
    this.alignment = Math.max(4, blockLength);
    this.ivStyle = ivStyle(cipher);
    this.extended = transform.extendedSequenceNumbers();
  }

  /** That of a transform of ESP. */
  static EspLayout of(PacketTransform transform) {
    return SHARED.computeIfAbsent(transform, EspLayout::new);
  }

  /**
   * A salt in one word: its octets from the most significant on.
   *
   * @throws IllegalArgumentException when it is not as long as the cipher wants
   */
  int packSalt(byte[] salt) {
    if (salt.length != saltLength) {
      throw new IllegalArgumentException(
          transform + " has a salt of " + saltLength + " octets, not " + salt.length);
    }
    int packed = 0;
    for (int i = 0; i < salt.length; i++) {
      packed |= (salt[i] & 0xff) << (24 - 8 * i);
    }
    return packed;
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
    return extended;
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
  void prepareSeal(CryptoOp op, ByteBuffer slab, int ivOffset, long number, int salt) {
    op.textOffset = ivOffset + ivLength;
    // asked for by itself, as it is by far the most usual and a jump through a table costs more
    if (ivStyle == IvStyle.COUNTER) {
      slab.putLong(ivOffset, number);
      saltAndNumber(op, number, salt);
      return;
    }
    switch (ivStyle) {
      case NONE -> op.nonceLength = 0;
      case COUNTER, IMPLICIT -> saltAndNumber(op, number, salt);
      case ENCRYPTED -> {
        for (int at = ivOffset; at < ivOffset + ivLength - 8; at += 8) {
          slab.putLong(at, 0);
        }
        slab.putLong(ivOffset + ivLength - 8, number);
        op.textOffset = ivOffset;
        for (int at = 0; at < ivLength; at += 8) {
          LONGS.set(op.nonce, at, 0L);
        }
        op.nonceLength = ivLength;
      }
    }
  }

  /** Fills the descriptor's nonce for a packet to be opened. */
  void prepareOpen(CryptoOp op, ByteBuffer slab, int ivOffset, long number, int salt) {
    op.textOffset = ivOffset + ivLength;
    if (ivStyle == IvStyle.COUNTER) {
      saltAndNumber(op, slab.getLong(ivOffset), salt);
      return;
    }
    switch (ivStyle) {
      case NONE -> op.nonceLength = 0;
      case COUNTER, IMPLICIT -> saltAndNumber(op, number, salt);
      case ENCRYPTED -> {
        for (int at = 0; at < ivLength; at += 8) {
          LONGS.set(op.nonce, at, slab.getLong(ivOffset + at));
        }
        op.nonceLength = ivLength;
      }
    }
  }

  /** The number goes over what a salt of less than four octets leaves. */
  private void saltAndNumber(CryptoOp op, long number, int salt) {
    INTS.set(op.nonce, 0, salt);
    LONGS.set(op.nonce, saltLength, number);
    op.nonceLength = saltLength + 8;
  }
}
