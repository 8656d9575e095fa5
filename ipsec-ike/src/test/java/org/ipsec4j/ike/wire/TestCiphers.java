package org.ipsec4j.ike.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.IkeCipher;

/** Ciphers that no provider at hand has but that captures use, straight from their RFCs. */
final class TestCiphers {
  private TestCiphers() {}

  /** CBC and a truncated HMAC (RFC 7296 3.14), such as {@code DESede} and {@code HmacSHA1}. */
  record Cbc(String cipher, Bytes key, String mac, Bytes macKey, int blockLength, int icvLength)
      implements IkeCipher {
    @Override
    public int ivLength() {
      return blockLength;
    }

    @Override
    public void seal(byte[] message, int ivOffset) throws CryptoException {
      crypt(Cipher.ENCRYPT_MODE, message, ivOffset);
      byte[] icv = icv(message);
      System.arraycopy(icv, 0, message, message.length - icvLength, icvLength);
    }

    @Override
    public boolean open(byte[] message, int ivOffset) {
      byte[] given = Arrays.copyOfRange(message, message.length - icvLength, message.length);
      if (!MessageDigest.isEqual(given, icv(message))) {
        return false;
      }
      crypt(Cipher.DECRYPT_MODE, message, ivOffset);
      return true;
    }

    private void crypt(int mode, byte[] message, int ivOffset) {
      try {
        Cipher cbc = Cipher.getInstance(cipher + "/CBC/NoPadding");
        IvParameterSpec iv = new IvParameterSpec(message, ivOffset, blockLength);
        cbc.init(mode, new SecretKeySpec(key.toArray(), cipher), iv);
        int text = ivOffset + blockLength;
        byte[] done = cbc.doFinal(message, text, message.length - icvLength - text);
        System.arraycopy(done, 0, message, text, done.length);
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    private byte[] icv(byte[] message) {
      try {
        Mac hmac = Mac.getInstance(mac);
        hmac.init(new SecretKeySpec(macKey.toArray(), mac));
        hmac.update(message, 0, message.length - icvLength);
        return Arrays.copyOf(hmac.doFinal(), icvLength);
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void destroy() {}
  }

  /** AES-CCM with a salt of 3 octets and an IV of 8 (RFC 3610, RFC 4309, RFC 5282). */
  record Ccm(Bytes keyAndSalt, int icvLength) implements IkeCipher {
    private static final int SALT = 3;
    private static final int IV = 8;
    private static final int BLOCK = 16;

    @Override
    public int ivLength() {
      return IV;
    }

    @Override
    public int blockLength() {
      return 1;
    }

    @Override
    public void seal(byte[] message, int ivOffset) throws CryptoException {
      byte[] tag = tag(message, ivOffset);
      counter(message, ivOffset);
      System.arraycopy(tag, 0, message, message.length - icvLength, icvLength);
    }

    @Override
    public boolean open(byte[] message, int ivOffset) {
      byte[] given = Arrays.copyOfRange(message, message.length - icvLength, message.length);
      counter(message, ivOffset);
      return MessageDigest.isEqual(given, tag(message, ivOffset));
    }

    /** The counter blocks A_1, A_2 ... over the text. */
    private void counter(byte[] message, int ivOffset) {
      int text = ivOffset + IV;
      int end = message.length - icvLength;
      for (int block = 0; text + block * BLOCK < end; block++) {
        byte[] stream = aes(block(3, message, ivOffset, block + 1));
        for (int i = 0; i < BLOCK && text + block * BLOCK + i < end; i++) {
          message[text + block * BLOCK + i] ^= stream[i];
        }
      }
    }

    /** The CBC-MAC over B_0, the length and the additional data, and the text; under A_0. */
    private byte[] tag(byte[] message, int ivOffset) {
      int text = ivOffset + IV;
      int length = message.length - icvLength - text;
      int flags = 0x40 | (((icvLength - 2) / 2) << 3) | 3;
      ByteBuffer data = ByteBuffer.allocate(message.length + 5 * BLOCK);
      data.put(block(flags, message, ivOffset, length));
      data.putShort((short) ivOffset).put(message, 0, ivOffset);
      data.position((data.position() + BLOCK - 1) / BLOCK * BLOCK);
      data.put(message, text, length);
      int end = (data.position() + BLOCK - 1) / BLOCK * BLOCK;
      byte[] mac = new byte[BLOCK];
      for (int at = 0; at < end; at++) {
        mac[at % BLOCK] ^= data.get(at);
        if (at % BLOCK == BLOCK - 1) {
          mac = aes(mac);
        }
      }
      byte[] mask = aes(block(3, message, ivOffset, 0));
      for (int i = 0; i < BLOCK; i++) {
        mac[i] ^= mask[i];
      }
      return Arrays.copyOf(mac, icvLength);
    }

    /** {@code flags | salt | IV | number}: the nonce has 11 octets, the number 4. */
    private byte[] block(int flags, byte[] message, int ivOffset, int number) {
      return ByteBuffer.allocate(BLOCK)
          .put((byte) flags)
          .put(keyAndSalt.toArray(), keyAndSalt.length() - SALT, SALT)
          .put(message, ivOffset, IV)
          .putInt(number)
          .array();
    }

    private byte[] aes(byte[] block) {
      try {
        Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
        ecb.init(
            Cipher.ENCRYPT_MODE,
            new SecretKeySpec(keyAndSalt.toArray(), 0, keyAndSalt.length() - SALT, "AES"));
        return ecb.doFinal(block);
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void destroy() {}
  }
}
