package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.jspecify.annotations.Nullable;

/**
 * Opens AES-GCM packets without the exception that JCA throws for each forged one, which costs
 * several times what a good packet costs. GCM encrypts in counter mode (NIST SP 800-38D 7.1), so
 * JCA's counter mode gives the text (where it has none, GCM itself), and JCA's GCM seals it again:
 * the packet is right when that gives the same ICV. What is computed with a nonce of the sender's
 * choice never leaves the worker. A good packet costs a little more in this way than in the usual
 * one. Thread-confined.
 */
final class GcmOpener {
  private static final int BLOCK = 16;

  private final SecretKey key;
  private final @Nullable Cipher counter;
  private final CounterBlock block = new CounterBlock();

  /** Stands in for counter mode: GCM encrypts a ciphertext to its text, and the tag is dropped. */
  private final PacketCipher.Direction revealing;

  private final PacketCipher.Direction sealing;
  private final int icvLength;
  private final byte[] expected;
  private final byte[] received;

  /**
   * @param encryption AES-GCM
   * @throws GeneralSecurityException when JCA does not answer right
   */
  GcmOpener(Ciphers ciphers, EncryptionTransform encryption, SecretKey key)
      throws GeneralSecurityException {
    this.key = key;
    EncryptionTransform counterMode =
        new EncryptionTransform(EncryptionAlgorithm.AES_CTR, encryption.keyBits());
    counter = ciphers.does(counterMode) ? ciphers.cipher(counterMode) : null;
    revealing = new PacketCipher.Direction(ciphers, encryption, key, Cipher.ENCRYPT_MODE);
    sealing = new PacketCipher.Direction(ciphers, encryption, key, Cipher.ENCRYPT_MODE);
    icvLength = encryption.algorithm().icvLength();
    expected = new byte[icvLength];
    received = new byte[icvLength];
    proveItself();
  }

  /** Opens what the cipher itself has sealed, and nothing else. */
  private void proveItself() throws GeneralSecurityException {
    CryptoOp op = new CryptoOp();
    op.nonceLength = Ciphers.NONCE;
    int length = 2 * BLOCK + 3;
    byte[] packet = new byte[length + BLOCK];
    Cipher cipher = sealing.with(op);
    cipher.updateAAD(packet, 0, 8);
    byte[] sealed = cipher.doFinal(packet, 8, length - 8);
    byte[] data = new byte[8 + sealed.length];
    System.arraycopy(sealed, 0, data, 8, sealed.length);
    byte[] out = new byte[data.length + BLOCK];
    boolean opens = open(op, data, 8, 8, length - 8, out);
    boolean right = opens && Arrays.equals(out, 0, length - 8, packet, 8, length);
    Arrays.fill(data, 8, data.length, (byte) 1);
    if (!right || open(op, data, 8, 8, length - 8, out)) {
      throw new GeneralSecurityException("counter mode and GCM do not agree");
    }
  }

  /**
   * Opens a packet.
   *
   * @param data additional data at its beginning, the ciphertext at {@code text}, the ICV behind
   *     it; overwritten from there
   * @param out receives the text, which must be wiped when this gives false; as long as text and
   *     ICV
   */
  boolean open(CryptoOp op, byte[] data, int aad, int text, int length, byte[] out)
      throws GeneralSecurityException {
    reveal(op, data, text, length, out);
    System.arraycopy(data, text + length, received, 0, icvLength);
    Cipher cipher = sealing.again(op);
    cipher.updateAAD(data, 0, aad);
    if (cipher.doFinal(out, 0, length, data, text) != length + icvLength) {
      throw new GeneralSecurityException("the cipher gave back another length");
    }
    System.arraycopy(data, text + length, expected, 0, icvLength);
    return MessageDigest.isEqual(expected, received);
  }

  private void reveal(CryptoOp op, byte[] data, int text, int length, byte[] out)
      throws GeneralSecurityException {
    Cipher cipher = counter;
    int expectedLength = length;
    if (cipher == null) {
      cipher = revealing.again(op);
      expectedLength += icvLength;
    } else {
      block.set(op.nonce);
      cipher.init(Cipher.DECRYPT_MODE, key, block);
    }
    if (cipher.doFinal(data, text, length, out, 0) != expectedLength) {
      throw new GeneralSecurityException("the cipher gave back another length");
    }
  }

  /** The counter of the first block of text: 1 is that of the tag. */
  private static final class CounterBlock extends IvParameterSpec {
    private final byte[] value;

    CounterBlock() {
      this(new byte[BLOCK]);
    }

    private CounterBlock(byte[] value) {
      super(value);
      this.value = value;
      value[BLOCK - 1] = 2;
    }

    void set(byte[] nonce) {
      System.arraycopy(nonce, 0, value, 0, Ciphers.NONCE);
    }

    @Override
    public byte[] getIV() {
      return value;
    }
  }
}
