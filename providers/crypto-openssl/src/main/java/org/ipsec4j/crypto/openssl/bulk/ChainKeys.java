package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.Raw;
import org.ipsec4j.ffm.NativeMemory;

/**
 * The three keys of AES-CMAC (RFC 4493 2.3) and AES-XCBC-MAC (RFC 3566 4): of the chain, of a last
 * block that is full, of one that was padded.
 */
final class ChainKeys {
  private static final int BLOCK = ChainMac.BLOCK;
  private static final int POLYNOMIAL = 0x87;

  private ChainKeys() {}

  /**
   * Works them out.
   *
   * @param cbc {@code EVP_CIPHER *} of AES-128-CBC
   * @param key 16 octets; the caller's to wipe
   * @param at address of three blocks
   */
  static void derive(boolean cmac, long cbc, byte[] key, long at) {
    long room = 5L * BLOCK;
    long work = NativeMemory.allocate(room);
    long context = Evp.newContext();
    try {
      Raw.copyIn(key, 0, work, BLOCK);
      if (context == 0 || !Evp.init(context, cbc, work, work + BLOCK, Evp.SEAL)) {
        throw new IllegalStateException("AES does not begin");
      }
      if (cmac) {
        encrypt(context, work, 0, at + BLOCK);
        twice(at + BLOCK, at + BLOCK);
        twice(at + BLOCK, at + 2L * BLOCK);
        Raw.copy(work, at, BLOCK);
      } else {
        for (int number = 0; number < 3; number++) {
          encrypt(context, work, number + 1, at + (long) number * BLOCK);
        }
      }
    } finally {
      Evp.free(context);
      NativeMemory.free(work, room);
    }
  }

  /** A block of one octet repeated, encrypted without a chain. */
  private static void encrypt(long context, long work, int octet, long to) {
    long zeros = work + BLOCK;
    long block = work + 2L * BLOCK;
    for (int i = 0; i < BLOCK; i++) {
      Raw.putByte(block + i, (byte) octet);
    }
    if (!Evp.init(context, 0, 0, zeros, Evp.SAME) || !Evp.blocks(context, to, block, BLOCK)) {
      throw new IllegalStateException("AES fails");
    }
  }

  /** Multiplies by x in GF(2^128), in a time that does not depend on the value. */
  private static void twice(long from, long to) {
    int carry = 0;
    for (int i = BLOCK - 1; i >= 0; i--) {
      int octet = Raw.getByte(from + i) & 0xff;
      Raw.putByte(to + i, (byte) ((octet << 1) | carry));
      carry = octet >>> 7;
    }
    Raw.putByte(to + BLOCK - 1, (byte) (Raw.getByte(to + BLOCK - 1) ^ (-carry & POLYNOMIAL)));
  }
}
