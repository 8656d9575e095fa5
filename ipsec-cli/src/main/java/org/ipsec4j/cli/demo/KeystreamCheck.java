package org.ipsec4j.cli.demo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;

/**
 * Notices encryption that repeats itself. What lies between an inner packet and its ciphertext, the
 * two XORed, must look random: with a real cipher no block of 16 octets of it comes twice. A cipher
 * that XORs with a constant, or that uses a nonce twice, is caught although no plaintext shows.
 */
final class KeystreamCheck {
  private static final int BLOCK = 16;

  /** Blocks looked at in each packet: enough for any constant of up to 64 octets. */
  private static final int BLOCKS = 8;

  private static final int MOST_BLOCKS = 2_000_000;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private record Block(long first, long second) {}

  private final Set<Block> seen = new HashSet<>();
  private long repeats;

  /**
   * Compares a packet with its ciphertext.
   *
   * @param inner the inner packet
   * @param outer the ESP packet
   * @param textOffset where the ciphertext begins in it
   */
  void pair(byte[] inner, byte[] outer, int textOffset) {
    if (seen.size() > MOST_BLOCKS) {
      seen.clear();
    }
    for (int block = 0; block < BLOCKS; block++) {
      int at = block * BLOCK;
      if (at + BLOCK > inner.length || textOffset + at + BLOCK > outer.length) {
        return;
      }
      long first = (long) LONG.get(inner, at) ^ (long) LONG.get(outer, textOffset + at);
      long second = (long) LONG.get(inner, at + 8) ^ (long) LONG.get(outer, textOffset + at + 8);
      if (!seen.add(new Block(first, second))) {
        repeats++;
      }
    }
  }

  /** Blocks that came again. */
  long repeats() {
    return repeats;
  }
}
