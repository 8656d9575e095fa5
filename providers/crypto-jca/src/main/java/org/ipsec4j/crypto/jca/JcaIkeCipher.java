package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * IKE messages under a combined mode of JCA (RFC 5282, RFC 7634 3), or under CBC (RFC 7296 3.14) or
 * CTR (RFC 5930) with a MAC.
 */
final class JcaIkeCipher implements IkeCipher {
  private final EncryptionAlgorithm algorithm;
  private final int icvLength;
  private final RawKey octets;
  private final SecretKey key;
  private final byte[] salt;
  private final @Nullable RawKey macKey;
  private final @Nullable KeyedMac mac;
  private final Cipher sealing;
  private final Cipher opening;
  private volatile boolean destroyed;

  JcaIkeCipher(
      Ciphers ciphers,
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws GeneralSecurityException {
    algorithm = encryption.algorithm();
    int keyLength = encryption.keyBits() / 8;
    octets = RawKey.of(Names.cipherKey(algorithm), encryptionKey, 0, keyLength);
    key = ciphers.placed(encryption, octets);
    Secret saltPart = encryptionKey.slice(keyLength, algorithm.saltLength());
    salt = saltPart.reveal(SecretAccess.raw());
    saltPart.destroy();
    macKey =
        integrity == IntegrityAlgorithm.NONE
            ? null
            : RawKey.of(Names.integrityKey(integrity), integrityKey, 0, integrityKey.length());
    mac = macKey == null ? null : ciphers.mac(integrity, macKey);
    icvLength = algorithm.isAead() ? algorithm.icvLength() : integrity.icvLength();
    sealing = ciphers.cipher(encryption);
    opening = ciphers.cipher(encryption);
  }

  @Override
  public int ivLength() {
    return algorithm.ivLength();
  }

  @Override
  public int icvLength() {
    return icvLength;
  }

  @Override
  public int blockLength() {
    return algorithm.blockLength();
  }

  @Override
  public void seal(byte[] message, int ivOffset) throws CryptoException {
    int length = textLength(message, ivOffset);
    if (destroyed) {
      throw new CryptoException(Culprit.LOCAL_KEY, "the key was destroyed");
    }
    if (length <= 0) {
      throw new CryptoException(Culprit.PROVIDER, "the text does not fill whole blocks");
    }
    int text = ivOffset + ivLength();
    try {
      Cipher cipher = prepared(sealing, Cipher.ENCRYPT_MODE, message, ivOffset);
      byte[] sealed = cipher.doFinal(message, text, length);
      if (sealed.length != length + (mac == null ? icvLength : 0)) {
        throw new CryptoException(Culprit.PROVIDER, "the cipher gave back another length");
      }
      System.arraycopy(sealed, 0, message, text, sealed.length);
      if (mac != null) {
        System.arraycopy(mac.of(message, text + length), 0, message, text + length, icvLength);
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      // What the provider says is left out: it may speak of keys.
      throw new CryptoException(
          Culprit.PROVIDER, "sealing failed with " + e.getClass().getSimpleName());
    }
  }

  @Override
  public boolean open(byte[] message, int ivOffset) {
    int length = textLength(message, ivOffset);
    if (destroyed || length <= 0) {
      return false;
    }
    int text = ivOffset + ivLength();
    try {
      if (mac != null && !authentic(mac, message, text + length)) {
        return false;
      }
      Cipher cipher = prepared(opening, Cipher.DECRYPT_MODE, message, ivOffset);
      byte[] opened = cipher.doFinal(message, text, length + (mac == null ? icvLength : 0));
      if (opened.length != length) {
        return false;
      }
      System.arraycopy(opened, 0, message, text, length);
      Arrays.fill(opened, (byte) 0);
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  @Override
  public void destroy() {
    destroyed = true;
    octets.destroy();
    Arrays.fill(salt, (byte) 0);
    if (macKey != null) {
      macKey.destroy();
    }
  }

  /** Octets between IV and ICV; negative when the message cannot be so. */
  private int textLength(byte[] message, int ivOffset) {
    if (ivOffset < 0 || ivOffset > message.length) {
      return -1;
    }
    int length = message.length - ivOffset - ivLength() - icvLength;
    return length % blockLength() == 0 ? length : -1;
  }

  private boolean authentic(KeyedMac keyed, byte[] message, int covered)
      throws GeneralSecurityException {
    byte[] computed = Arrays.copyOf(keyed.of(message, covered), icvLength);
    return MessageDigest.isEqual(
        computed, Arrays.copyOfRange(message, covered, covered + icvLength));
  }

  /** The cipher with its nonce; a combined mode gets all before the IV (RFC 5282 5.1). */
  private Cipher prepared(Cipher cipher, int mode, byte[] message, int ivOffset)
      throws GeneralSecurityException {
    byte[] nonce = Arrays.copyOf(salt, salt.length + ivLength());
    System.arraycopy(message, ivOffset, nonce, salt.length, ivLength());
    cipher.init(mode, key, Ciphers.parameters(algorithm, nonce));
    if (mac == null) {
      cipher.updateAAD(message, 0, ivOffset);
    }
    return cipher;
  }
}
