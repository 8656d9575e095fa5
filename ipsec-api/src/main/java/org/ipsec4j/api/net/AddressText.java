package org.ipsec4j.api.net;

/** Text forms of addresses: RFC 4291 2.2 in, RFC 5952 out. */
final class AddressText {
  private AddressText() {}

  static IpAddress parse(String text) {
    IpAddress address = text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text);
    return address;
  }

  private static IpAddress parseV4(String text) {
    return IpAddress.v4(v4Bits(text, text));
  }

  private static int v4Bits(String part, String whole) {
    String[] fields = part.split("\\.", -1);
    if (fields.length != 4) {
      throw refused(whole);
    }
    int bits = 0;
    for (String field : fields) {
      bits = bits << 8 | number(field, 10, 3, 255, whole);
    }
    return bits;
  }

  private static int number(String digits, int radix, int maxDigits, int max, String whole) {
    boolean leadingZero = radix == 10 && digits.length() > 1 && digits.charAt(0) == '0';
    if (digits.isEmpty() || digits.length() > maxDigits || leadingZero) {
      throw refused(whole);
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      int digit = c < 128 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        throw refused(whole);
      }
      value = value * radix + digit;
    }
    if (value > max) {
      throw refused(whole);
    }
    return value;
  }

  private static IpAddress parseV6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      throw refused(text);
    }
    int[] words = new int[8];
    if (gap < 0) {
      if (groups(text, true, words, text) != 8) {
        throw refused(text);
      }
    } else {
      int[] tail = new int[8];
      int front = groups(text.substring(0, gap), false, words, text);
      int back = groups(text.substring(gap + 2), true, tail, text);
      if (front + back > 7) {
        throw refused(text);
      }
      System.arraycopy(tail, 0, words, 8 - back, back);
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < 4; i++) {
      high = high << 16 | words[i];
      low = low << 16 | words[4 + i];
    }
    return IpAddress.v6(high, low);
  }

  /** Reads groups; only at the end of the whole text may the last ones be an IPv4 address. */
  private static int groups(String part, boolean atEnd, int[] words, String whole) {
    if (part.isEmpty()) {
      return 0;
    }
    String[] fields = part.split(":", -1);
    int count = 0;
    for (int i = 0; i < fields.length; i++) {
      boolean last = atEnd && i == fields.length - 1;
      if (last && fields[i].indexOf('.') >= 0) {
        if (count > 6) {
          throw refused(whole);
        }
        int bits = v4Bits(fields[i], whole);
        words[count++] = bits >>> 16;
        words[count++] = bits & 0xffff;
      } else {
        if (count == 8) {
          throw refused(whole);
        }
        words[count++] = number(fields[i], 16, 4, 0xffff, whole);
      }
    }
    return count;
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException("`" + text + "` is not an IPv4 or IPv6 address");
  }

  static String format(IpAddress address) {
    if (address.isV4()) {
      long v = address.low();
      return (v >>> 24) + "." + (v >>> 16 & 255) + "." + (v >>> 8 & 255) + "." + (v & 255);
    }
    int[] words = new int[8];
    for (int i = 0; i < 4; i++) {
      words[i] = (int) (address.high() >>> (48 - 16 * i)) & 0xffff;
      words[4 + i] = (int) (address.low() >>> (48 - 16 * i)) & 0xffff;
    }
    return formatV6(words);
  }

  private static String formatV6(int[] words) {
    int bestStart = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int run = i;
      while (run < 8 && words[run] == 0) {
        run++;
      }
      if (run - i > bestLength) {
        bestStart = i;
        bestLength = run - i;
      }
      i = Math.max(i, run - 1);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        text.append("::");
        i += bestLength - 1;
      } else {
        if (i > 0 && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(words[i]));
      }
    }
    return text.toString();
  }
}
