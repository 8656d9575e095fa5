package org.ipsec4j.crypto.openssl.bulk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.crypto.openssl.lib.Raw;
import org.ipsec4j.ffm.NativeMemory;

/**
 * IKE messages (RFC 7296 3.14, RFC 5282) as packets: everything in front of the IV is header. The
 * message is worked on in native memory that lives as long as the call.
 */
final class OpenSslIkeCipher implements IkeCipher {
  private final EncryptionTransform encryption;
  private final Suite suite;
  private final KeyMemory key;
  private final byte[] salt;
  private final Session session;
  private final CryptoOp op = new CryptoBurst(1).next();

  OpenSslIkeCipher(
      EncryptionTransform encryption, Suite suite, byte[] cipherKey, byte[] macKey, byte[] salt) {
    this.encryption = encryption;
    this.suite = suite;
    this.salt = salt;
    key = new KeyMemory(suite, cipherKey, macKey);
    session = suite.session();
    session.take(key);
  }

  @Override
  public int ivLength() {
    return encryption.algorithm().ivLength();
  }

  @Override
  public int icvLength() {
    return suite.icvLength();
  }

  @Override
  public int blockLength() {
    return encryption.algorithm().blockLength();
  }

  @Override
  public void seal(byte[] message, int ivOffset) throws CryptoException {
    if (!fits(message, ivOffset)) {
      throw new CryptoException(Culprit.PROVIDER, "the text does not fill whole blocks");
    }
    if (work(message, ivOffset, true) != Status.OK) {
      throw new CryptoException(Culprit.PROVIDER, "sealing failed");
    }
  }

  @Override
  public boolean open(byte[] message, int ivOffset) {
    return fits(message, ivOffset) && work(message, ivOffset, false) == Status.OK;
  }

  @Override
  public synchronized void destroy() {
    key.release();
    Arrays.fill(salt, (byte) 0);
  }

  /** Whether there is a text of whole blocks between IV and ICV. */
  private boolean fits(byte[] message, int ivOffset) {
    if (ivOffset < 0 || ivOffset > message.length) {
      return false;
    }
    int length = message.length - ivOffset - ivLength() - icvLength();
    return length > 0 && length % blockLength() == 0;
  }

  private synchronized Status work(byte[] message, int ivOffset, boolean seal) {
    if (key.isDead()) {
      return Status.FAILED;
    }
    int room = Scratch.SIZE + message.length;
    long memory = NativeMemory.allocate(room);
    try {
      ByteBuffer slab = NativeMemory.at(memory + Scratch.SIZE, message.length).asByteBuffer();
      slab.put(0, message);
      describe(message, ivOffset);
      Status status = Status.FAILED;
      if (suite.accepts(op, slab)) {
        Scratch scratch = new Scratch(memory);
        long base = memory + Scratch.SIZE;
        status = seal ? session.seal(op, base, scratch) : session.open(op, base, scratch);
        if (status == Status.OK) {
          Raw.copyOut(base, message, 0, message.length);
        } else if (status == Status.FAILED) {
          LibCrypto.present().clearErrors();
        }
      }
      return status;
    } finally {
      NativeMemory.free(memory, room);
    }
  }

  private void describe(byte[] message, int ivOffset) {
    op.aadOffset = 0;
    op.aadLength = ivOffset;
    op.textOffset = ivOffset + ivLength();
    op.icvOffset = message.length - icvLength();
    op.textLength = op.icvOffset - op.textOffset;
    System.arraycopy(salt, 0, op.nonce, 0, salt.length);
    System.arraycopy(message, ivOffset, op.nonce, salt.length, ivLength());
    op.nonceLength = salt.length + ivLength();
  }
}
