package org.ipsec4j.auth.pki;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The little of DER that wrapping old key formats takes. Reads with checked lengths. */
final class Der {
  static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;

  private final byte[] data;
  private final int end;
  private int at;

  Der(byte[] data) {
    this(data, 0, data.length);
  }

  private Der(byte[] data, int from, int to) {
    this.data = data;
    this.at = from;
    this.end = to;
  }

  /** Whether nothing is left. */
  boolean isAtEnd() {
    return at >= end;
  }

  /** Tag of the next element; -1 at the end. */
  int nextTag() {
    return at < end ? data[at] & 0xff : -1;
  }

  /** Steps into the next element of that tag; null when there is none. */
  @Nullable Der enter(int tag) {
    int start = at;
    int length = nextTag() == tag ? header() : -1;
    if (length < 0) {
      at = start;
      return null;
    }
    Der inner = new Der(data, at, at + length);
    at += length;
    return inner;
  }

  /** Content of the next element of that tag; null when there is none. */
  byte @Nullable [] content(int tag) {
    Der inner = enter(tag);
    return inner == null ? null : Arrays.copyOfRange(data, inner.at, inner.end);
  }

  /** Octets of the whole next element with its header; null when it is malformed. */
  byte @Nullable [] whole() {
    int start = at;
    int length = header();
    if (length < 0) {
      at = start;
      return null;
    }
    at += length;
    return Arrays.copyOfRange(data, start, at);
  }

  /** Steps over tag and length; gives the length, or -1 when it does not fit. */
  private int header() {
    if (end - at < 2) {
      return -1;
    }
    at++;
    int first = data[at++] & 0xff;
    int length = first;
    if (first >= 0x80) {
      int octets = first - 0x80;
      if (octets < 1 || octets > 3 || end - at < octets) {
        return -1;
      }
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = (length << 8) | (data[at++] & 0xff);
      }
    }
    return length <= end - at ? length : -1;
  }

  /** An element of these parts. */
  static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    int lengthOctets = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
    byte[] element = new byte[2 + lengthOctets + length];
    element[0] = (byte) tag;
    element[1] = (byte) (lengthOctets == 0 ? length : 0x80 + lengthOctets);
    int at = 2;
    for (int i = lengthOctets - 1; i >= 0; i--) {
      element[at++] = (byte) (length >>> (8 * i));
    }
    for (byte[] part : parts) {
      System.arraycopy(part, 0, element, at, part.length);
      at += part.length;
    }
    return element;
  }
}
