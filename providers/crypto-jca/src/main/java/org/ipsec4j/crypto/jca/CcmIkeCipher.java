package org.ipsec4j.crypto.jca;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.SecretKey;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;

/**
 * IKE messages under AES-CCM (RFC 5282): a packet whose header is everything before the IV.
 * Messages are rare, so each takes a scratch of its own and leaves nothing behind.
 */
final class CcmIkeCipher implements IkeCipher {
  private static final int SALT = 3;

  private final EncryptionAlgorithm algorithm;
  private final JcaPacketKey key;
  private final CcmPacketCipher cipher;
  private final CryptoOp op = new CryptoOp();

  /** The length of the key has been checked. */
  CcmIkeCipher(Ciphers ciphers, EncryptionTransform encryption, Secret encryptionKey)
      throws GeneralSecurityException {
    algorithm = encryption.algorithm();
    PacketTransform transform =
        PacketTransform.esp(algorithm, encryption.keyBits(), IntegrityAlgorithm.NONE, false);
    key = new JcaPacketKey(transform, "ike", ciphers, encryptionKey, Secret.adopt(new byte[0]));
    SecretKey cipherKey = key.encryption();
    if (cipherKey == null) {
      throw new GeneralSecurityException("no key");
    }
    cipher = new CcmPacketCipher(key, cipherKey, ciphers);
  }

  @Override
  public int ivLength() {
    return algorithm.ivLength();
  }

  @Override
  public int icvLength() {
    return algorithm.icvLength();
  }

  @Override
  public int blockLength() {
    return 1;
  }

  @Override
  public void seal(byte[] message, int ivOffset) throws CryptoException {
    CryptoOp.Status status;
    try {
      status = run(message, ivOffset, true);
    } catch (GeneralSecurityException | RuntimeException e) {
      // What the provider says is left out: it may speak of keys.
      throw new CryptoException(
          Culprit.PROVIDER, "sealing failed with " + e.getClass().getSimpleName());
    }
    if (status != CryptoOp.Status.OK) {
      throw new CryptoException(Culprit.PROVIDER, "sealing failed");
    }
  }

  @Override
  public boolean open(byte[] message, int ivOffset) {
    try {
      return run(message, ivOffset, false) == CryptoOp.Status.OK;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  private CryptoOp.Status run(byte[] message, int ivOffset, boolean seal)
      throws GeneralSecurityException {
    if (key.isDestroyed() || ivOffset < 0 || ivOffset > message.length) {
      return CryptoOp.Status.FAILED;
    }
    op.aadLength = ivOffset;
    op.textOffset = ivOffset + ivLength();
    op.icvOffset = message.length - icvLength();
    op.textLength = op.icvOffset - op.textOffset;
    long room = op.textLength < 0 ? Scratch.MAX : CcmPacketCipher.room(op);
    if (op.textLength <= 0 || room > Scratch.MAX) {
      return CryptoOp.Status.FAILED;
    }
    System.arraycopy(key.salt(), 0, op.nonce, 0, SALT);
    System.arraycopy(message, ivOffset, op.nonce, SALT, ivLength());
    op.nonceLength = SALT + ivLength();
    Scratch scratch = new Scratch();
    scratch.fit((int) room);
    try {
      ByteBuffer slab = ByteBuffer.wrap(message);
      return seal ? cipher.seal(op, slab, scratch) : cipher.open(op, slab, scratch);
    } finally {
      scratch.wipe();
    }
  }

  @Override
  public void destroy() {
    key.destroy();
  }
}
