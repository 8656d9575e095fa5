package org.ipsec4j.crypto.openssl.lib;

import java.nio.charset.StandardCharsets;

/**
 * An array of one OSSL_PARAM and its end, made once and pointed to other data for each call. What
 * {@link Evp#get} asks for so costs a tenth of a short packet less than {@link Evp#control}, which
 * makes such an array each time.
 */
public final class Parameter {
  /** OSSL_PARAM_UTF8_STRING. */
  public static final int TEXT = 4;

  /** OSSL_PARAM_OCTET_STRING. */
  public static final int OCTETS = 5;

  /** Octets to allocate. */
  public static final int SIZE = 128;

  private static final int TYPE = 8;
  private static final int DATA = 16;
  private static final int LENGTH = 24;
  private static final int NAME = 80;
  private static final int LONGEST_NAME = SIZE - NAME - 1;

  private final long address;

  /**
   * @param address of {@link #SIZE} octets of zero
   * @param name at most 47 characters of ASCII
   * @param type of the data
   */
  public Parameter(long address, String name, int type) {
    if (name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("the name is too long");
    }
    this.address = address;
    Raw.copyIn(name.getBytes(StandardCharsets.US_ASCII), 0, address + NAME, name.length());
    Raw.putLong(address, address + NAME);
    Raw.putInt(address + TYPE, type);
  }

  /** Points to data. */
  public void point(long data, long length) {
    Raw.putLong(address + DATA, data);
    Raw.putLong(address + LENGTH, length);
  }

  /** Address of the array. */
  public long address() {
    return address;
  }
}
