package org.ipsec4j.esp.ipcomp;

import java.io.ByteArrayOutputStream;

/** RFC 1951 bit by bit, to judge what the JDK's zlib makes. Throws for anything that is wrong. */
final class SlowInflate {
  private static final int[] LENGTH_BASE = {
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258
  };
  private static final int[] CODE_LENGTH_ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  private final byte[] stream;
  private int bit;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private SlowInflate(byte[] stream) {
    this.stream = stream;
  }

  /** The plain octets of a stream that ends with its last octet. */
  static byte[] inflate(byte[] stream) {
    SlowInflate slow = new SlowInflate(stream);
    boolean last;
    do {
      last = slow.bits(1) == 1;
      int type = slow.bits(2);
      switch (type) {
        case 0 -> slow.stored();
        case 1 -> slow.coded(fixedLengths(), distanceLengths());
        case 2 -> slow.dynamic();
        default -> throw new IllegalArgumentException("block type 3");
      }
    } while (!last);
    if ((slow.bit + 7) / 8 != stream.length) {
      throw new IllegalArgumentException("octets behind the end");
    }
    return slow.out.toByteArray();
  }

  private int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++, bit++) {
      value |= ((stream[bit / 8] >> (bit % 8)) & 1) << i;
    }
    return value;
  }

  private void stored() {
    bit = (bit + 7) / 8 * 8;
    int length = bits(16);
    if (bits(16) != (~length & 0xffff)) {
      throw new IllegalArgumentException("stored length");
    }
    for (int i = 0; i < length; i++) {
      out.write(bits(8));
    }
  }

  private static int[] fixedLengths() {
    int[] lengths = new int[288];
    for (int i = 0; i < 288; i++) {
      lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    }
    return lengths;
  }

  private static int[] distanceLengths() {
    int[] lengths = new int[30];
    java.util.Arrays.fill(lengths, 5);
    return lengths;
  }

  private void dynamic() {
    int literals = bits(5) + 257;
    int distances = bits(5) + 1;
    int codes = bits(4) + 4;
    int[] codeLengths = new int[19];
    for (int i = 0; i < codes; i++) {
      codeLengths[CODE_LENGTH_ORDER[i]] = bits(3);
    }
    int[] lengths = new int[literals + distances];
    int at = 0;
    while (at < lengths.length) {
      int symbol = symbol(codeLengths);
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      int value = symbol == 16 ? lengths[at - 1] : 0;
      int repeat =
          switch (symbol) {
            case 16 -> 3 + bits(2);
            case 17 -> 3 + bits(3);
            default -> 11 + bits(7);
          };
      for (; repeat > 0; repeat--) {
        lengths[at++] = value;
      }
    }
    coded(
        java.util.Arrays.copyOf(lengths, literals),
        java.util.Arrays.copyOfRange(lengths, literals, lengths.length));
  }

  private void coded(int[] literalLengths, int[] distanceLengths) {
    while (true) {
      int symbol = symbol(literalLengths);
      if (symbol == 256) {
        return;
      }
      if (symbol < 256) {
        out.write(symbol);
        continue;
      }
      int index = symbol - 257;
      int length = LENGTH_BASE[index] + bits(index < 8 || index == 28 ? 0 : index / 4 - 1);
      int code = symbol(distanceLengths);
      int extra = code < 4 ? 0 : code / 2 - 1;
      int distance = (code < 4 ? code : (2 + code % 2) << extra) + 1 + bits(extra);
      byte[] before = out.toByteArray();
      for (int i = 0; i < length; i++) {
        int from = before.length - distance + i;
        out.write(from < before.length ? before[from] : out.toByteArray()[from]);
      }
    }
  }

  /** The next symbol of a canonical code (RFC 1951 3.2.2), found by counting. */
  private int symbol(int[] lengths) {
    int code = 0;
    int first = 0;
    for (int length = 1; length <= 15; length++) {
      code = (code << 1) | bits(1);
      int index = 0;
      for (int symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] == length && first + index++ == code) {
          return symbol;
        }
      }
      first = (first + index) << 1;
    }
    throw new IllegalArgumentException("no such code");
  }
}
