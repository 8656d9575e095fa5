package org.ipsec4j.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Cuts an input into settings and packets: each packet is preceded by its length in two octets, the
 * last takes what is there.
 */
final class Input {
  private final byte[] octets;
  private int at;

  Input(byte[] octets) {
    this.octets = octets;
  }

  boolean hasMore() {
    return at < octets.length;
  }

  /** The next octet, 0 behind the end. */
  int octet() {
    return at < octets.length ? octets[at++] & 0xff : 0;
  }

  /** The next packet of at most {@code most} octets. */
  byte[] packet(int most) {
    int length = Math.min((octet() << 8) | octet(), most);
    int from = at;
    at = Math.min(octets.length, at + length);
    return Arrays.copyOfRange(octets, from, at);
  }

  /** What {@link #packet} reads back. */
  static byte[] of(byte[] settings, byte[]... packets) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(settings);
    for (byte[] packet : packets) {
      all.write(packet.length >> 8);
      all.write(packet.length);
      all.writeBytes(packet);
    }
    return all.toByteArray();
  }
}
