package org.ipsec4j.crypto.jca;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;

/**
 * AES-GMAC (RFC 4543): AES-GCM in which the whole packet is additional data and nothing is text. In
 * ESP the upper half of the number stands behind the SPI, in AH behind the packet, and there the
 * ICV inside counts as zero.
 */
final class GmacPacketCipher extends PacketCipher {
  private static final int SPI_LENGTH = 4;

  private final Direction sealing;
  private final Direction opening;
  private final boolean authenticationHeader;
  private final byte[] tag;
  private final byte[] received;
  private final byte[] nothing;
  private final boolean computes;

  GmacPacketCipher(JcaPacketKey key, SecretKey cipherKey, int keyBits, Ciphers ciphers) {
    super(key);
    EncryptionTransform gmac = new EncryptionTransform(EncryptionAlgorithm.NULL_AES_GMAC, keyBits);
    sealing = new Direction(ciphers, gmac, cipherKey, Cipher.ENCRYPT_MODE);
    // Computing and comparing spares the exception that a forged packet costs otherwise. A token
    // remembers nonces of what it encrypted longer than we can make it forget them.
    computes = !ciphers.isInToken(gmac);
    opening =
        new Direction(
            ciphers, gmac, cipherKey, computes ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE);
    authenticationHeader = key.transform().protocol() == SecurityProtocol.AH;
    tag = new byte[icvLength];
    received = new byte[icvLength];
    nothing = new byte[icvLength];
  }

  @Override
  CryptoOp.Status seal(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    Cipher cipher = sealing.with(op);
    cipher.updateAAD(scratch.in, 0, covered(op, slab, scratch.in));
    if (cipher.doFinal(nothing, 0, 0, tag, 0) != icvLength) {
      return CryptoOp.Status.FAILED;
    }
    slab.put(op.icvOffset, tag, 0, icvLength);
    return CryptoOp.Status.OK;
  }

  @Override
  CryptoOp.Status open(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    if (!computes) {
      return decrypted(op, slab, scratch);
    }
    Cipher cipher = opening.again(op);
    cipher.updateAAD(scratch.in, 0, covered(op, slab, scratch.in));
    if (cipher.doFinal(nothing, 0, 0, tag, 0) != icvLength) {
      return CryptoOp.Status.FAILED;
    }
    slab.get(op.icvOffset, received, 0, icvLength);
    return MessageDigest.isEqual(tag, received) ? CryptoOp.Status.OK : CryptoOp.Status.ICV_MISMATCH;
  }

  private CryptoOp.Status decrypted(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    Cipher cipher = opening.with(op);
    cipher.updateAAD(scratch.in, 0, covered(op, slab, scratch.in));
    slab.get(op.icvOffset, tag, 0, icvLength);
    try {
      return cipher.doFinal(tag, 0, icvLength, scratch.out, 0) == 0
          ? CryptoOp.Status.OK
          : CryptoOp.Status.FAILED;
    } catch (AEADBadTagException e) {
      return CryptoOp.Status.ICV_MISMATCH;
    }
  }

  /** Puts the additional data together and returns their length. */
  private int covered(CryptoOp op, ByteBuffer slab, byte[] in) {
    int length = MacPacketCipher.coveredLength(op, key);
    if (authenticationHeader) {
      slab.get(op.aadOffset, in, 0, length);
      int icv = op.icvOffset - op.aadOffset;
      if (icv >= 0 && icv < length) {
        Arrays.fill(in, icv, Math.min(length, icv + icvLength), (byte) 0);
      }
      if (op.highSequencePresent) {
        putInt(in, length, op.highSequence);
        length += 4;
      }
      return length;
    }
    if (!op.highSequencePresent) {
      slab.get(op.aadOffset, in, 0, length);
      return length;
    }
    slab.get(op.aadOffset, in, 0, SPI_LENGTH);
    putInt(in, SPI_LENGTH, op.highSequence);
    slab.get(op.aadOffset + SPI_LENGTH, in, SPI_LENGTH + 4, length - SPI_LENGTH);
    return length + 4;
  }
}
