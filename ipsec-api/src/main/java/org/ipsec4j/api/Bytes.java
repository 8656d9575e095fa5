package org.ipsec4j.api;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable byte string, in network order where it holds a number.
 *
 * <p>For public values only (identities, nonces, public keys, certificates): it compares in
 * variable time and prints its content. Key material is a {@link Secret}.
 */
public final class Bytes {
  /** The empty byte string. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** Copies {@code source}; later changes of it are not seen. */
  public static Bytes copyOf(byte[] source) {
    return source.length == 0 ? EMPTY : new Bytes(source.clone());
  }

  /**
   * Copies {@code length} bytes of {@code source} from {@code offset}.
   *
   * @throws IndexOutOfBoundsException when the range does not lie in the array
   */
  public static Bytes copyOf(byte[] source, int offset, int length) {
    java.util.Objects.checkFromIndexSize(offset, length, source.length);
    return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(source, offset, offset + length));
  }

  /**
   * Reads hexadecimal digits, blanks allowed.
   *
   * @throws IllegalArgumentException when something else than digits and blanks stands there
   */
  public static Bytes ofHex(String hex) {
    return copyOf(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
  }

  /** Joins the parts in order. */
  public static Bytes concat(Bytes... parts) {
    int length = 0;
    for (Bytes part : parts) {
      length += part.length();
    }
    byte[] joined = new byte[length];
    int at = 0;
    for (Bytes part : parts) {
      System.arraycopy(part.value, 0, joined, at, part.value.length);
      at += part.value.length;
    }
    return new Bytes(joined);
  }

  /** Number of bytes. */
  public int length() {
    return value.length;
  }

  /** The byte at {@code index} as 0..255. */
  public int at(int index) {
    return value[index] & 0xff;
  }

  /** A fresh array that belongs to the caller. */
  public byte[] toArray() {
    return value.clone();
  }

  /** Copies all bytes to {@code target} from {@code offset}. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(value, 0, target, offset, value.length);
  }

  /** The part from {@code offset} on. */
  public Bytes slice(int offset, int length) {
    return copyOf(value, offset, length);
  }

  /** Lower-case hexadecimal digits. */
  public String toHex() {
    return HexFormat.of().formatHex(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return toHex();
  }
}
