package org.ipsec4j.crypto.jca;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.jspecify.annotations.Nullable;

/**
 * One worker's ciphers of one key. Offsets and lengths have been checked; nothing is written to the
 * slab before the whole packet has succeeded.
 */
abstract sealed class PacketCipher
    permits AeadPacketCipher, CcmPacketCipher, GmacPacketCipher, MacPacketCipher {
  /** The packet's key. */
  final JcaPacketKey key;

  /** Octets of ICV. */
  final int icvLength;

  PacketCipher(JcaPacketKey key) {
    this.key = key;
    this.icvLength = key.transform().icvLength();
  }

  abstract CryptoOp.Status seal(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException;

  abstract CryptoOp.Status open(CryptoOp op, ByteBuffer slab, Scratch scratch)
      throws GeneralSecurityException;

  /** Writes a number in network order. */
  static void putInt(byte[] target, int offset, int value) {
    target[offset] = (byte) (value >>> 24);
    target[offset + 1] = (byte) (value >>> 16);
    target[offset + 2] = (byte) (value >>> 8);
    target[offset + 3] = (byte) value;
  }

  /**
   * A JCA cipher in one direction. Sealing and opening have one each: a cipher that saw a nonce
   * when it opened would refuse to seal with it.
   */
  static final class Direction {
    private final Ciphers ciphers;
    private final EncryptionTransform encryption;
    private final SecretKey key;
    private final int mode;
    private final ReusedNonce nonce;
    private @Nullable Cipher cipher;

    Direction(Ciphers ciphers, EncryptionTransform encryption, SecretKey key, int mode) {
      this.ciphers = ciphers;
      this.encryption = encryption;
      this.key = key;
      this.mode = mode;
      this.nonce = new ReusedNonce(encryption.algorithm());
    }

    /** Whether the packet has the nonce of the last one; a counter mode must not seal it. */
    boolean repeats(CryptoOp op) {
      return nonce.repeats(op.nonce);
    }

    /**
     * The cipher, ready for the packet, also when the packet before had the same nonce. For
     * computing what was sealed by the peer: ciphers that encrypt refuse such a nonce.
     */
    Cipher again(CryptoOp op) throws GeneralSecurityException {
      Cipher ready = cipher;
      if (ready != null && nonce.repeats(op.nonce)) {
        ready.init(mode, key, nonce.setOther(op.nonce));
        nonce.taken();
      }
      return with(op);
    }

    /** The cipher, ready for the packet. */
    Cipher with(CryptoOp op) throws GeneralSecurityException {
      if (op.nonceLength != nonce.length()) {
        throw new InvalidKeyException("nonce of the wrong length");
      }
      Cipher ready = cipher;
      if (ready == null) {
        ready = ciphers.cipher(encryption);
        cipher = ready;
      }
      AlgorithmParameterSpec parameters = nonce.set(op.nonce);
      ready.init(mode, key, parameters);
      nonce.taken();
      return ready;
    }
  }
}
