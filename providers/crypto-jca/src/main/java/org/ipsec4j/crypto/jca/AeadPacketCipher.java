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

  private final Direction sealing;
  private final Direction opening;

  AeadPacketCipher(JcaPacketKey key, SecretKey cipherKey, Ciphers ciphers) {
    super(key);
    EncryptionTransform algorithm = key.transform().encryption();
    sealing = new Direction(ciphers, algorithm, cipherKey, Cipher.ENCRYPT_MODE);
    opening = new Direction(ciphers, algorithm, cipherKey, Cipher.DECRYPT_MODE);
  }

  @Override
  CryptoOp.Status seal(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    int length = op.textLength;
    Cipher cipher = prepared(sealing, op, slab, scratch);
    slab.get(op.textOffset, scratch.in, 0, length);
    int made = cipher.doFinal(scratch.in, 0, length, scratch.out, 0);
    if (made != length + icvLength) {
      return CryptoOp.Status.FAILED;
    }
    slab.put(op.textOffset, scratch.out, 0, length);
    slab.put(op.icvOffset, scratch.out, length, icvLength);
    return CryptoOp.Status.OK;
  }

  @Override
  CryptoOp.Status open(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    int length = op.textLength;
    Cipher cipher = prepared(opening, op, slab, scratch);
    slab.get(op.textOffset, scratch.in, 0, length);
    slab.get(op.icvOffset, scratch.in, length, icvLength);
    int made;
    try {
      made = cipher.doFinal(scratch.in, 0, length + icvLength, scratch.out, 0);
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

  /** The cipher with nonce and additional data. */
  private static Cipher prepared(Direction direction, CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    Cipher cipher = direction.with(op);
    byte[] aad = scratch.out;
    int length = op.aadLength;
    if (op.highSequencePresent) {
      // SPI | upper half | lower half (RFC 4106 5)
      slab.get(op.aadOffset, aad, 0, SPI_LENGTH);
      putInt(aad, SPI_LENGTH, op.highSequence);
      slab.get(op.aadOffset + SPI_LENGTH, aad, SPI_LENGTH + 4, length - SPI_LENGTH);
      length += 4;
    } else {
      slab.get(op.aadOffset, aad, 0, length);
    }
    cipher.updateAAD(aad, 0, length);
    return cipher;
  }
}
