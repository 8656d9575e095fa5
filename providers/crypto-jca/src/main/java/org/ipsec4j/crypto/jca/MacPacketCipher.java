package org.ipsec4j.crypto.jca;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/**
 * A MAC over header, IV and ciphertext (RFC 4303 2.8), with a CBC or counter mode in front of it or
 * without encryption (RFC 2410, and RFC 4302 for AH).
 */
final class MacPacketCipher extends PacketCipher {
  private final KeyedMac mac;
  private final @Nullable Direction encrypting;
  private final @Nullable Direction decrypting;
  private final int blockLength;

  /** A counter mode, which must not see a nonce twice. */
  private final boolean counts;

  private final byte[] full;
  private final byte[] computed;
  private final byte[] received;

  MacPacketCipher(JcaPacketKey key, SecretKey macKey, Ciphers ciphers)
      throws GeneralSecurityException {
    super(key);
    EncryptionAlgorithm algorithm = key.transform().encryption().algorithm();
    mac = ciphers.mac(key.transform().integrity(), macKey);
    full = new byte[Math.max(mac.length(), icvLength)];
    computed = new byte[icvLength];
    received = new byte[icvLength];
    blockLength = algorithm.blockLength();
    SecretKey cipherKey = key.encryption();
    if (cipherKey == null) {
      encrypting = null;
      decrypting = null;
    } else {
      encrypting =
          new Direction(ciphers, key.transform().encryption(), cipherKey, Cipher.ENCRYPT_MODE);
      decrypting =
          new Direction(ciphers, key.transform().encryption(), cipherKey, Cipher.DECRYPT_MODE);
    }
    counts = algorithm == EncryptionAlgorithm.AES_CTR;
  }

  @Override
  CryptoOp.Status seal(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    if (op.textLength % blockLength != 0) {
      return CryptoOp.Status.FAILED;
    }
    int length = coveredLength(op, key);
    int text = op.textOffset - op.aadOffset;
    slab.get(op.aadOffset, scratch.in, 0, length);
    byte[] covered = scratch.in;
    byte[] sink = scratch.out;
    if (encrypting != null) {
      if (counts && encrypting.repeats(op)) {
        return CryptoOp.Status.FAILED;
      }
      Cipher cipher = encrypting.with(op);
      if (cipher.doFinal(scratch.in, text, op.textLength, scratch.out, text) != op.textLength) {
        return CryptoOp.Status.FAILED;
      }
      System.arraycopy(scratch.in, 0, scratch.out, 0, text);
      covered = scratch.out;
      sink = scratch.in;
    }
    authenticate(op, covered, length, sink);
    if (encrypting != null) {
      slab.put(op.textOffset, scratch.out, text, op.textLength);
    }
    slab.put(op.icvOffset, computed, 0, icvLength);
    return CryptoOp.Status.OK;
  }

  @Override
  CryptoOp.Status open(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException {
    if (op.textLength % blockLength != 0) {
      return CryptoOp.Status.FAILED;
    }
    int length = coveredLength(op, key);
    int text = op.textOffset - op.aadOffset;
    slab.get(op.aadOffset, scratch.in, 0, length);
    slab.get(op.icvOffset, received, 0, icvLength);
    authenticate(op, scratch.in, length, scratch.out);
    if (!MessageDigest.isEqual(computed, received)) {
      return CryptoOp.Status.ICV_MISMATCH;
    }
    if (decrypting != null) {
      Cipher cipher = decrypting.with(op);
      if (cipher.doFinal(scratch.in, text, op.textLength, scratch.out, 0) != op.textLength) {
        return CryptoOp.Status.FAILED;
      }
      slab.put(op.textOffset, scratch.out, 0, op.textLength);
    }
    return CryptoOp.Status.OK;
  }

  /** Octets from the header to the end of the text; of AH the packet, which is all header. */
  static int coveredLength(CryptoOp op, JcaPacketKey key) {
    boolean headerAlone = op.textLength == 0 && key.transform().protocol() == SecurityProtocol.AH;
    return headerAlone ? op.aadLength : op.textOffset + op.textLength - op.aadOffset;
  }

  private void authenticate(CryptoOp op, byte[] covered, int length, byte[] sink)
      throws GeneralSecurityException {
    int icv = op.icvOffset - op.aadOffset;
    if (icv >= 0 && icv < length) {
      // AH: the ICV lies inside of what it covers and counts as zero (RFC 4302 3.3.3.1).
      Arrays.fill(covered, icv, Math.min(length, icv + icvLength), (byte) 0);
    }
    int end = length;
    if (op.highSequencePresent) {
      // Behind the text, and not sent (RFC 4303 2.2.1, RFC 4302 2.5.1).
      putInt(covered, end, op.highSequence);
      end += 4;
    }
    mac.compute(covered, end, sink, full);
    System.arraycopy(full, 0, computed, 0, icvLength);
  }
}
