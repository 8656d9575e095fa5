package org.ipsec4j.crypto.jca;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.jspecify.annotations.Nullable;

/**
 * Combined modes: AES-GCM (RFC 4106) and ChaCha20-Poly1305 (RFC 7634). JCA reports a forged packet
 * by an exception; after the first a {@link GcmOpener} opens, until none has come for a while.
 */
final class AeadPacketCipher extends PacketCipher {
  private static final int SPI_LENGTH = 4;

  /** Octets of the upper half of a sequence number. */
  private static final int HIGH_LENGTH = 4;

  /** Octets between header and text that are fetched with both: the longest IV. */
  private static final int MOST_BETWEEN = CryptoOp.MAX_NONCE;

  /** Packets that are opened with care after a forged one. */
  private static final int ALERT = 256;

  private final Ciphers ciphers;
  private final SecretKey cipherKey;
  private final Direction sealing;
  private final Direction opening;

  /** Made when the first forged packet has come. */
  private @Nullable GcmOpener careful;

  private boolean mayBeCareful = true;
  private int alert;

  AeadPacketCipher(JcaPacketKey key, SecretKey cipherKey, Ciphers ciphers) {
    super(key);
    this.ciphers = ciphers;
    this.cipherKey = cipherKey;
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
    int text = load(op, slab, work, length);
    cipher.updateAAD(work, 0, covered(op));
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
    boolean joined = op.icvOffset == op.textOffset + length;
    int text = load(op, slab, sealed, joined ? length + icvLength : length);
    if (!joined) {
      slab.get(op.icvOffset, sealed, text + length, icvLength);
    }
    boolean right =
        alert > 0
            ? openedWithCare(op, sealed, text, scratch.out)
            : opened(op, sealed, text, scratch.out);
    if (!right) {
      Arrays.fill(scratch.out, 0, length, (byte) 0);
      return CryptoOp.Status.ICV_MISMATCH;
    }
    slab.put(op.textOffset, scratch.out, 0, length);
    return CryptoOp.Status.OK;
  }

  private boolean opened(CryptoOp op, byte[] sealed, int text, byte[] out)
      throws GeneralSecurityException {
    Cipher cipher = opening.with(op);
    cipher.updateAAD(sealed, 0, covered(op));
    try {
      if (cipher.doFinal(sealed, text, op.textLength + icvLength, out, 0) != op.textLength) {
        throw new GeneralSecurityException("the cipher gave back another length");
      }
      return true;
    } catch (AEADBadTagException e) {
      onForged();
      return false;
    }
  }

  private boolean openedWithCare(CryptoOp op, byte[] sealed, int text, byte[] out)
      throws GeneralSecurityException {
    GcmOpener opener = careful;
    if (opener == null || op.nonceLength != Ciphers.NONCE) {
      alert = 0;
      return opened(op, sealed, text, out);
    }
    alert--;
    if (opener.open(op, sealed, covered(op), text, op.textLength, out)) {
      return true;
    }
    alert = ALERT;
    return false;
  }

  /** JCA found a forged packet; where one is, more may follow. */
  private void onForged() {
    if (careful == null && mayBeCareful) {
      careful = newOpener();
      mayBeCareful = careful != null;
    }
    alert = mayBeCareful ? ALERT : 0;
  }

  private @Nullable GcmOpener newOpener() {
    EncryptionTransform encryption = key.transform().encryption();
    try {
      // A token would be asked twice for each packet, which costs more than the exception.
      return Names.isGcm(encryption.algorithm()) && !ciphers.isInToken(encryption)
          ? new GcmOpener(ciphers, encryption, cipherKey)
          : null;
    } catch (GeneralSecurityException | RuntimeException e) {
      return null;
    }
  }

  /** Octets of additional data at the beginning of the scratch. */
  private static int covered(CryptoOp op) {
    return op.aadLength + (op.highSequencePresent ? HIGH_LENGTH : 0);
  }

  /**
   * Fetches header and text, in one piece where they stand close.
   *
   * @return where the text begins; the additional data are at the beginning
   */
  private static int load(CryptoOp op, ByteBuffer slab, byte[] work, int length) {
    int aad = op.aadLength;
    int between = op.textOffset - op.aadOffset;
    if (!op.highSequencePresent && between >= aad && between <= aad + MOST_BETWEEN) {
      slab.get(op.aadOffset, work, 0, between + length);
      return between;
    }
    int text = aad + HIGH_LENGTH;
    slab.get(op.textOffset, work, text, length);
    if (op.highSequencePresent) {
      // SPI | upper half | lower half (RFC 4106 5)
      slab.get(op.aadOffset, work, 0, SPI_LENGTH);
      putInt(work, SPI_LENGTH, op.highSequence);
      slab.get(op.aadOffset + SPI_LENGTH, work, SPI_LENGTH + HIGH_LENGTH, aad - SPI_LENGTH);
    } else {
      slab.get(op.aadOffset, work, 0, aad);
    }
    return text;
  }
}
