package org.ipsec4j.node.capture;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** ASCII text with keys in it: no String is made of it, and every array it used is wiped. */
final class SecretText implements AutoCloseable {
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(US_ASCII);

  private byte[] bytes = new byte[1024];
  private int length;

  SecretText text(String plain) {
    byte[] more = plain.getBytes(US_ASCII);
    makeRoom(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
    return this;
  }

  SecretText hex(byte[] key) {
    makeRoom(key.length * 2);
    for (byte b : key) {
      bytes[length++] = DIGITS[(b >> 4) & 15];
      bytes[length++] = DIGITS[b & 15];
    }
    return this;
  }

  /** With 0x in front; nothing at all for an empty key. */
  SecretText prefixedHex(byte[] key) {
    return key.length == 0 ? this : text("0x").hex(key);
  }

  /** A window of the text, valid until the next change. */
  ByteBuffer view() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  private void makeRoom(int more) {
    if (bytes.length - length < more) {
      byte[] old = bytes;
      bytes = Arrays.copyOf(old, Math.max(old.length * 2, length + more));
      Arrays.fill(old, (byte) 0);
    }
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
    length = 0;
  }
}
