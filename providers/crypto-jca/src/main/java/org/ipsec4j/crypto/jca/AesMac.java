package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;

/**
 * AES-XCBC-MAC (RFC 3566) and AES-CMAC (RFC 4493): the last block of AES-CBC with an all-zero IV,
 * where the last block of the data is padded and masked first. They differ in where the masks come
 * from. CBC is JCA's, because that is many times faster than block after block, and because {@code
 * doFinal} puts the cipher back to its IV without a new {@code init}.
 */
final class AesMac extends KeyedMac {
  /** Octets of key, block and MAC. */
  static final int BLOCK = 16;

  private static final int KEY_BITS = 8 * BLOCK;

  /** The polynomial of GF(2^128) in RFC 4493 2.3. */
  private static final int REDUCTION = 0x87;

  private final Cipher chain;
  private final byte[] wholeMask;
  private final byte[] paddedMask;

  private AesMac(Cipher chain, byte[] wholeMask, byte[] paddedMask) {
    this.chain = chain;
    this.wholeMask = wholeMask;
    this.paddedMask = paddedMask;
  }

  /** XCBC: cipher key and masks are encrypted constants (RFC 3566 4). */
  static AesMac xcbc(Ciphers ciphers, SecretKey key) throws GeneralSecurityException {
    Cipher given = ciphers.chain(KEY_BITS, key);
    RawKey derived = RawKey.adopt("AES", encrypted(given, 1));
    try {
      return new AesMac(ciphers.chain(KEY_BITS, derived), encrypted(given, 2), encrypted(given, 3));
    } finally {
      derived.destroy();
    }
  }

  /** CMAC: the masks are the encrypted zero block, doubled once and twice (RFC 4493 2.3). */
  static AesMac cmac(Ciphers ciphers, SecretKey key) throws GeneralSecurityException {
    Cipher chain = ciphers.chain(KEY_BITS, key);
    byte[] once = doubled(encrypted(chain, 0));
    return new AesMac(chain, once, doubled(once));
  }

  /**
   * The key of the PRFs for a key of any length: padded with zeros, or put through the function
   * itself under the zero key (RFC 4434 2); RFC 4615 3 does the latter for short keys too.
   *
   * @param given wiped when it is not the result
   */
  static byte[] prfKey(Ciphers ciphers, byte[] given, boolean cmac)
      throws GeneralSecurityException {
    if (given.length == BLOCK) {
      return given;
    }
    try {
      if (given.length < BLOCK && !cmac) {
        return Arrays.copyOf(given, BLOCK);
      }
      RawKey zero = RawKey.zeros("AES", BLOCK);
      return (cmac ? cmac(ciphers, zero) : xcbc(ciphers, zero)).of(given, given.length);
    } finally {
      Arrays.fill(given, (byte) 0);
    }
  }

  @Override
  int length() {
    return BLOCK;
  }

  @Override
  void compute(byte[] data, int length, byte[] sink, byte[] result)
      throws GeneralSecurityException {
    int used = length % BLOCK;
    boolean whole = used == 0 && length > 0;
    int end = whole ? length : length + BLOCK - used;
    if (!whole) {
      data[length] = (byte) 0x80;
      Arrays.fill(data, length + 1, end, (byte) 0);
    }
    byte[] mask = whole ? wholeMask : paddedMask;
    xor(data, end - BLOCK, mask);
    int made = chain.doFinal(data, 0, end, sink, 0);
    // The data are the caller's, the last block too.
    xor(data, end - BLOCK, mask);
    if (made != end) {
      throw new ShortBufferException("the cipher gave back another length");
    }
    System.arraycopy(sink, end - BLOCK, result, 0, BLOCK);
  }

  private static void xor(byte[] data, int offset, byte[] mask) {
    for (int i = 0; i < BLOCK; i++) {
      data[offset + i] ^= mask[i];
    }
  }

  /** A block full of one octet, encrypted. */
  private static byte[] encrypted(Cipher chain, int octet) throws GeneralSecurityException {
    byte[] block = new byte[BLOCK];
    Arrays.fill(block, (byte) octet);
    byte[] made = chain.doFinal(block);
    if (made.length != BLOCK) {
      throw new InvalidKeyException("the cipher gave back another length");
    }
    return made;
  }

  private static byte[] doubled(byte[] value) {
    byte[] result = new byte[BLOCK];
    int carry = 0;
    for (int i = BLOCK - 1; i >= 0; i--) {
      int octet = value[i] & 0xff;
      result[i] = (byte) ((octet << 1) | carry);
      carry = octet >>> 7;
    }
    result[BLOCK - 1] ^= (byte) (-carry & REDUCTION);
    return result;
  }
}
