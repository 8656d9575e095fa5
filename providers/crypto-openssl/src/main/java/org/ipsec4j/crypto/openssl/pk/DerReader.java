package org.ipsec4j.crypto.openssl.pk;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Reads DER, one element after the other. Lengths that are not the shortest, that do not fit or are
 * indefinite make an element malformed, which is null here. Not thread-safe.
 */
final class DerReader {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int NULL = 0x05;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;

  private final Bytes data;
  private int at;

  DerReader(Bytes data) {
    this.data = data;
  }

  boolean isAtEnd() {
    return at == data.length();
  }

  /** Tag of the next element; -1 at the end. */
  int nextTag() {
    return isAtEnd() ? -1 : data.at(at);
  }

  /** Content of the next element, which has this tag; null when it does not or is malformed. */
  @Nullable Bytes content(int tag) {
    Bytes whole = nextTag() == tag ? whole() : null;
    if (whole == null) {
      return null;
    }
    int header = headerLength(whole.at(1));
    return whole.slice(header, whole.length() - header);
  }

  /** The next element with its header; null when it is malformed. */
  @Nullable Bytes whole() {
    int left = data.length() - at;
    int header = left < 2 ? 0 : headerLength(data.at(at + 1));
    if (header == 0 || left < header) {
      return null;
    }
    int length = 0;
    for (int i = header == 2 ? 1 : 2; i < header; i++) {
      length = (length << 8) | data.at(at + i);
    }
    boolean shortest = header == 2 || length >= (header == 3 ? 0x80 : 0x100);
    if (!shortest || length > left - header) {
      return null;
    }
    Bytes element = data.slice(at, header + length);
    at += header + length;
    return element;
  }

  /** 2, 3 or 4 by the first octet of the length; 0 for what is no length or far too long. */
  private static int headerLength(int first) {
    return first < 0x80 ? 2 : first == 0x81 ? 3 : first == 0x82 ? 4 : 0;
  }

  /** Octets of a positive INTEGER without sign; null when it is none or is not the shortest. */
  @Nullable Bytes positive() {
    Bytes content = content(INTEGER);
    if (content == null || content.length() == 0 || content.at(0) >= 0x80) {
      return null;
    }
    if (content.at(0) != 0) {
      return content;
    }
    boolean needed = content.length() > 1 && content.at(1) >= 0x80;
    return needed ? content.slice(1, content.length() - 1) : null;
  }

  /**
   * Whether a signature is {@code SEQUENCE { r INTEGER, s INTEGER }} and nothing besides: other
   * encodings would give one signature many forms.
   */
  static boolean isEcdsaSignature(Bytes signature) {
    DerReader outer = new DerReader(signature);
    Bytes sequence = outer.content(SEQUENCE);
    if (sequence == null || !outer.isAtEnd()) {
      return false;
    }
    DerReader inner = new DerReader(sequence);
    Bytes r = inner.positive();
    Bytes s = inner.positive();
    return r != null && s != null && inner.isAtEnd();
  }
}
