package org.ipsec4j.crypto.jca;

import java.util.Arrays;

/**
 * A worker's heap memory, through which every packet passes: JCA providers are several times slower
 * with direct buffers, and one of them wipes what lies in front of a forged packet in the same
 * buffer. Two arrays, because working in place makes JCA copy once more.
 */
final class Scratch {
  /** More than any packet with all its headers; what is longer fails. */
  static final int MAX = 1 << 18;

  private static final int SMALL = 2048 + 128;

  private final byte[] smallIn = new byte[SMALL];
  private final byte[] smallOut = new byte[SMALL];
  private byte[] largeIn = new byte[0];
  private byte[] largeOut = new byte[0];

  /** Where a packet is copied to; belongs to the caller until the next {@link #fit}. */
  byte[] in = smallIn;

  /** Where JCA writes to. */
  byte[] out = smallOut;

  /** Makes room for {@code octets}, at most {@link #MAX}. Some providers copy the whole array. */
  void fit(int octets) {
    if (octets <= SMALL) {
      in = smallIn;
      out = smallOut;
      return;
    }
    if (octets > largeIn.length) {
      wipe();
      int size = Math.min(MAX, Integer.highestOneBit(octets - 1) << 1);
      largeIn = new byte[size];
      largeOut = new byte[size];
    }
    in = largeIn;
    out = largeOut;
  }

  /** Forgets all packets. */
  void wipe() {
    Arrays.fill(smallIn, (byte) 0);
    Arrays.fill(smallOut, (byte) 0);
    Arrays.fill(largeIn, (byte) 0);
    Arrays.fill(largeOut, (byte) 0);
  }
}
