package org.ipsec4j.crypto.jca;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.jspecify.annotations.Nullable;

/**
 * AES-CCM (RFC 3610, RFC 4309): a CBC-MAC over everything, and tag and text encrypted in counter
 * mode. Both halves are JCA's AES, which is faster than the whole of Bouncy Castle's. The scratch
 * holds what the MAC covers: the first block, then the additional data behind their length, then
 * the text, each filled up with zeros to whole blocks.
 */
final class CcmPacketCipher extends PacketCipher {
  private static final int BLOCK = 16;

  /** Octets of the length of the text in the first block (RFC 4309 2.4). */
  private static final int LENGTH_FIELD = 4;

  /** Salt of three octets and IV (RFC 4309 4). */
  static final int NONCE = BLOCK - 1 - LENGTH_FIELD;

  /** From here on the length of the additional data takes six octets (RFC 3610 2.2). */
  private static final int LONG_AAD = 0xff00;

  private static final int SPI_LENGTH = 4;

  private final Ciphers ciphers;
  private final SecretKey cipherKey;
  private final Direction sealing;
  private final Direction opening;
  private final byte[] computed;
  private final byte[] received;

  /** AES-CBC with an all-zero IV; null when it may be in the middle of a packet. */
  private @Nullable Cipher chain;

  CcmPacketCipher(JcaPacketKey key, SecretKey cipherKey, Ciphers ciphers) {
    super(key);
    EncryptionTransform algorithm = key.transform().encryption();
    this.ciphers = ciphers;
    this.cipherKey = cipherKey;
    sealing = new Direction(ciphers, algorithm, cipherKey, Cipher.ENCRYPT_MODE);
    opening = new Direction(ciphers, algorithm, cipherKey, Cipher.DECRYPT_MODE);
    computed = new byte[icvLength];
    received = new byte[icvLength];
  }

  /** Octets of scratch for a packet. */
  static long room(CryptoOp op) {
    long text = textAt(aadLength(op));
    return text + op.textLength + BLOCK;
  }

  @Override
  CryptoOp.Status seal(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    if (op.nonceLength != NONCE || sealing.repeats(op)) {
      return CryptoOp.Status.FAILED;
    }
    int length = op.textLength;
    int text = writeFront(op, slab, scratch.in);
    slab.get(op.textOffset, scratch.in, text, length);
    int tag = authenticate(scratch, text + length);
    // Where the text stands the counter is 1; the tag in front of it takes counter 0.
    System.arraycopy(scratch.out, tag, scratch.in, text - BLOCK, BLOCK);
    if (crypt(sealing.with(op), scratch, text, length) != BLOCK + length) {
      return CryptoOp.Status.FAILED;
    }
    slab.put(op.textOffset, scratch.out, BLOCK, length);
    slab.put(op.icvOffset, scratch.out, 0, icvLength);
    return CryptoOp.Status.OK;
  }

  @Override
  CryptoOp.Status open(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    if (op.nonceLength != NONCE) {
      return CryptoOp.Status.FAILED;
    }
    int length = op.textLength;
    int text = textAt(aadLength(op));
    slab.get(op.icvOffset, scratch.in, text - BLOCK, icvLength);
    slab.get(op.textOffset, scratch.in, text, length);
    if (crypt(opening.with(op), scratch, text, length) != BLOCK + length) {
      return CryptoOp.Status.FAILED;
    }
    System.arraycopy(scratch.out, 0, received, 0, icvLength);
    System.arraycopy(scratch.out, BLOCK, scratch.in, text, length);
    writeFront(op, slab, scratch.in);
    int tag = authenticate(scratch, text + length);
    System.arraycopy(scratch.out, tag, computed, 0, icvLength);
    if (!MessageDigest.isEqual(computed, received)) {
      Arrays.fill(scratch.in, text, text + length, (byte) 0);
      return CryptoOp.Status.ICV_MISMATCH;
    }
    slab.put(op.textOffset, scratch.in, text, length);
    return CryptoOp.Status.OK;
  }

  /** Tag and text in counter mode from {@code in} to the beginning of {@code out}. */
  private static int crypt(Cipher counter, Scratch scratch, int text, int length)
      throws GeneralSecurityException {
    return counter.doFinal(scratch.in, text - BLOCK, BLOCK + length, scratch.out, 0);
  }

  /** CBC over what lies in {@code in}; returns where in {@code out} its last block lies. */
  private int authenticate(Scratch scratch, int end) throws GeneralSecurityException {
    int whole = blocks(end);
    Arrays.fill(scratch.in, end, whole, (byte) 0);
    Cipher ready = chain;
    chain = null;
    if (ready == null) {
      ready = ciphers.chain(key.transform().encryption().keyBits(), cipherKey);
    }
    if (ready.doFinal(scratch.in, 0, whole, scratch.out, 0) != whole) {
      throw new GeneralSecurityException("the cipher gave back another length");
    }
    chain = ready;
    return whole - BLOCK;
  }

  /** First block and additional data (RFC 3610 2.2); returns where the text begins. */
  private int writeFront(CryptoOp op, ByteBuffer slab, byte[] in) {
    int aad = aadLength(op);
    int flags = (aad > 0 ? 0x40 : 0) | (((icvLength - 2) / 2) << 3) | (LENGTH_FIELD - 1);
    in[0] = (byte) flags;
    System.arraycopy(op.nonce, 0, in, 1, NONCE);
    putInt(in, BLOCK - LENGTH_FIELD, op.textLength);
    if (aad == 0) {
      return BLOCK;
    }
    int at = BLOCK;
    if (aad < LONG_AAD) {
      in[at++] = (byte) (aad >>> 8);
      in[at++] = (byte) aad;
    } else {
      in[at++] = (byte) 0xff;
      in[at++] = (byte) 0xfe;
      putInt(in, at, aad);
      at += 4;
    }
    at += copyHeader(op, slab, in, at);
    int text = blocks(at);
    Arrays.fill(in, at, text, (byte) 0);
    return text;
  }

  /** SPI, upper half, lower half (RFC 4309 5). */
  private static int copyHeader(CryptoOp op, ByteBuffer slab, byte[] in, int at) {
    if (!op.highSequencePresent) {
      slab.get(op.aadOffset, in, at, op.aadLength);
      return op.aadLength;
    }
    slab.get(op.aadOffset, in, at, SPI_LENGTH);
    putInt(in, at + SPI_LENGTH, op.highSequence);
    slab.get(op.aadOffset + SPI_LENGTH, in, at + SPI_LENGTH + 4, op.aadLength - SPI_LENGTH);
    return op.aadLength + 4;
  }

  private static int aadLength(CryptoOp op) {
    return op.aadLength + (op.highSequencePresent ? 4 : 0);
  }

  private static int textAt(int aad) {
    int field = aad == 0 ? 0 : aad < LONG_AAD ? 2 : 6;
    return BLOCK + blocks(field + aad);
  }

  private static int blocks(int octets) {
    return (octets + BLOCK - 1) & -BLOCK;
  }
}
