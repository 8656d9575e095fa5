package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.Bytes;

/**
 * Whether an ECDSA signature is DER: {@code SEQUENCE { r INTEGER, s INTEGER }} in the one shortest
 * way. Providers take other encodings too, which would give one signature many forms.
 */
final class EcdsaEncoding {
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;

  private EcdsaEncoding() {}

  static boolean isDer(Bytes signature) {
    int content = contentOf(signature, 0, SEQUENCE);
    if (content < 0 || content + lengthOf(signature, 0) != signature.length()) {
      return false;
    }
    int second = afterInteger(signature, content);
    return second > 0 && afterInteger(signature, second) == signature.length();
  }

  /** Where the content of the element at {@code at} begins; -1 when it is malformed. */
  private static int contentOf(Bytes der, int at, int tag) {
    if (at + 2 > der.length() || der.at(at) != tag) {
      return -1;
    }
    int first = der.at(at + 1);
    // P-521 needs one octet of length behind 0x81; a value below 0x80 there is not the shortest.
    boolean longForm = first == 0x81 && at + 3 <= der.length() && der.at(at + 2) >= 0x80;
    if (first >= 0x80 && !longForm) {
      return -1;
    }
    int content = at + (longForm ? 3 : 2);
    return lengthOf(der, at) <= der.length() - content ? content : -1;
  }

  private static int lengthOf(Bytes der, int at) {
    int first = der.at(at + 1);
    return first < 0x80 ? first : der.at(at + 2);
  }

  /** Where the element behind a positive INTEGER begins; -1 when there is no such one. */
  private static int afterInteger(Bytes der, int at) {
    int content = contentOf(der, at, INTEGER);
    int length = content < 0 ? 0 : lengthOf(der, at);
    if (length == 0 || der.at(content) >= 0x80) {
      return -1;
    }
    boolean padded = length > 1 && der.at(content) == 0 && der.at(content + 1) < 0x80;
    return padded ? -1 : content + length;
  }
}
