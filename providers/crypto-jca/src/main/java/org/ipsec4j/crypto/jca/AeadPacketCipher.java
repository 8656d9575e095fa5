package org.ipsec4j.crypto.jca;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionTransform;

/** Combined modes: AES-GCM (RFC 4106) and ChaCha20-Poly1305 (RFC 7634). */
final class AeadPacketCipher extends PacketCipher {
  private static final int SPI_LENGTH = 4;

  /** Octets of the upper half of a sequence number. */
  private static final int HIGH_LENGTH = 4;

  /** Octets between header and text that are fetched with both: the longest IV. */
  private static final int MOST_BETWEEN = CryptoOp.MAX_NONCE;

  private final Direction sealing;
  private final Direction opening;

  AeadPacketCipher(JcaPacketKey key, SecretKey cipherKey, Ciphers ciphers) {
    super(key);
    EncryptionTransform algorithm = key.transform().encryption();
    sealing = new Direction(ciphers, algorithm, cipherKey, Cipher.ENCRYPT_MODE);
    opening = new Direction(ciphers, algorithm, cipherKey, Cipher.DECRYPT_MODE);
  }

  /** Octets of scratch for a packet. */
  static long room(CryptoOp op, int icvLength) {
    return (long) op.aadLength + MOST_BETWEEN + HIGH_LENGTH + op.textLength + icvLength;
  }

  /**
   * One array for both sides: SunJCE encrypts in place without a copy of its own, and the packet
   * takes half the room in the first cache.
   */
  @Override
  CryptoOp.Status seal(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    int length = op.textLength;
    byte[] work = scratch.in;
    Cipher cipher = sealing.with(op);
    int text = load(cipher, op, slab, work, length);
    if (cipher.doFinal(work, text, length, work, text) != length + icvLength) {
      return CryptoOp.Status.FAILED;
    }
    if (op.icvOffset == op.textOffset + length) {
      slab.put(op.textOffset, work, text, length + icvLength);
    } else {
      slab.put(op.textOffset, work, text, length);
      slab.put(op.icvOffset, work, text + length, icvLength);
    }
    return CryptoOp.Status.OK;
  }

  /** Two arrays: in place SunJCE decrypts without the fastest of its ways. */
  @Override
  CryptoOp.Status open(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    int length = op.textLength;
    byte[] sealed = scratch.in;
    Cipher cipher = opening.with(op);
    boolean joined = op.icvOffset == op.textOffset + length;
    int text = load(cipher, op, slab, sealed, joined ? length + icvLength : length);
    if (!joined) {
      slab.get(op.icvOffset, sealed, text + length, icvLength);
    }
    int made;
    try {
      made = cipher.doFinal(sealed, text, length + icvLength, scratch.out, 0);
    } catch (AEADBadTagException e) {
      Arrays.fill(scratch.out, 0, length, (byte) 0);
      return CryptoOp.Status.ICV_MISMATCH;
    }
    if (made != length) {
      return CryptoOp.Status.FAILED;
    }
    slab.put(op.textOffset, scratch.out, 0, length);
    return CryptoOp.Status.OK;
  }

  /**
   * Fetches header and text, in one piece where they stand close, and gives the header to the
   * cipher.
   *
   * @return where the text begins
   */
  private static int load(Cipher cipher, CryptoOp op, ByteBuffer slab, byte[] work, int length)
      throws GeneralSecurityException {
    int aad = op.aadLength;
    int between = op.textOffset - op.aadOffset;
    if (!op.highSequencePresent && between >= aad && between <= aad + MOST_BETWEEN) {
      slab.get(op.aadOffset, work, 0, between + length);
      cipher.updateAAD(work, 0, aad);
      return between;
    }
    int text = aad + HIGH_LENGTH;
    slab.get(op.textOffset, work, text, length);
    if (op.highSequencePresent) {
      // SPI | upper half | lower half (RFC 4106 5)
      slab.get(op.aadOffset, work, 0, SPI_LENGTH);
      putInt(work, SPI_LENGTH, op.highSequence);
      slab.get(op.aadOffset + SPI_LENGTH, work, SPI_LENGTH + HIGH_LENGTH, aad - SPI_LENGTH);
      cipher.updateAAD(work, 0, text);
    } else {
      slab.get(op.aadOffset, work, 0, aad);
      cipher.updateAAD(work, 0, aad);
    }
    return text;
  }
}
