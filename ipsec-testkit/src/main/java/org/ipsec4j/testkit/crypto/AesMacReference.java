package org.ipsec4j.testkit.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** AES-XCBC and AES-CMAC written out block by block from RFC 3566 and RFC 4493. For tests alone. */
public final class AesMacReference {
  private static final int BLOCK = 16;

  private AesMacReference() {}

  /** AES-XCBC-PRF-128 (RFC 4434): the whole MAC, under a key of any length. */
  public static byte[] xcbcPrf(byte[] key, byte[] data) {
    byte[] fixed = key.length > BLOCK ? xcbc(new byte[BLOCK], key) : Arrays.copyOf(key, BLOCK);
    return xcbc(fixed, data);
  }

  /** AES-CMAC-PRF-128 (RFC 4615): the whole MAC, under a key of any length. */
  public static byte[] cmacPrf(byte[] key, byte[] data) {
    return cmac(key.length == BLOCK ? key : cmac(new byte[BLOCK], key), data);
  }

  private static byte[] xcbc(byte[] key, byte[] data) {
    byte[] cipherKey = encrypt(key, filled(1));
    return chain(cipherKey, encrypt(key, filled(2)), encrypt(key, filled(3)), data);
  }

  private static byte[] cmac(byte[] key, byte[] data) {
    byte[] once = twice(encrypt(key, filled(0)));
    return chain(key, once, twice(once), data);
  }

  private static byte[] chain(byte[] key, byte[] wholeMask, byte[] paddedMask, byte[] data) {
    byte[] state = new byte[BLOCK];
    int at = 0;
    while (data.length - at > BLOCK) {
      state = encrypt(key, xor(state, Arrays.copyOfRange(data, at, at + BLOCK)));
      at += BLOCK;
    }
    byte[] last = Arrays.copyOfRange(data, at, data.length);
    byte[] mask = wholeMask;
    if (last.length < BLOCK) {
      int end = last.length;
      last = Arrays.copyOf(last, BLOCK);
      last[end] = (byte) 0x80;
      mask = paddedMask;
    }
    return encrypt(key, xor(state, xor(last, mask)));
  }

  private static byte[] filled(int octet) {
    byte[] block = new byte[BLOCK];
    Arrays.fill(block, (byte) octet);
    return block;
  }

  private static byte[] xor(byte[] a, byte[] b) {
    byte[] result = a.clone();
    for (int i = 0; i < BLOCK; i++) {
      result[i] ^= b[i];
    }
    return result;
  }

  private static byte[] twice(byte[] value) {
    BigInteger number = new BigInteger(1, value).shiftLeft(1);
    if (number.testBit(8 * BLOCK)) {
      number = number.clearBit(8 * BLOCK).xor(BigInteger.valueOf(0x87));
    }
    byte[] octets = number.toByteArray();
    byte[] result = new byte[BLOCK];
    int length = Math.min(octets.length, BLOCK);
    System.arraycopy(octets, octets.length - length, result, BLOCK - length, length);
    return result;
  }

  private static byte[] encrypt(byte[] key, byte[] block) {
    try {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
      return cipher.doFinal(block);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES", e);
    }
  }
}
