package org.ipsec4j.api;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Opaque key material that can be wiped.
 *
 * <p>Prints only its length, compares in constant time, and gives its bytes only against {@link
 * SecretAccess}. Thread-safe: {@link #destroy()} may race with readers, who then see {@link
 * IllegalStateException}.
 */
public final class Secret {
  private static final byte[] GONE = {};

  private final int length;
  private byte[] value;
  private boolean destroyed;

  private Secret(byte[] value) {
    this.value = value;
    this.length = value.length;
  }

  /** Copies {@code source}, which stays the caller's to wipe. */
  public static Secret copyOf(byte[] source) {
    return new Secret(source.clone());
  }

  /** Takes {@code source} over: the caller must not touch the array again. */
  public static Secret adopt(byte[] source) {
    return new Secret(source);
  }

  /** A public value in the place of a key, such as {@code Ni | Nr} (RFC 7296 2.14). */
  public static Secret ofPublic(Bytes value) {
    return new Secret(value.toArray());
  }

  /** Joins a secret with public bytes behind it, such as {@code g^ir | Ni | Nr}. */
  public Secret followedBy(Bytes... tail) {
    Bytes rest = Bytes.concat(tail);
    synchronized (this) {
      checkAlive();
      byte[] joined = Arrays.copyOf(value, value.length + rest.length());
      rest.copyTo(joined, value.length);
      return new Secret(joined);
    }
  }

  /**
   * A part of this secret as one of its own; this one stays.
   *
   * @throws IndexOutOfBoundsException when the range does not lie in the secret
   */
  public synchronized Secret slice(int offset, int length) {
    checkAlive();
    java.util.Objects.checkFromIndexSize(offset, length, value.length);
    return new Secret(Arrays.copyOfRange(value, offset, offset + length));
  }

  /** Number of bytes; known after destruction too. */
  public int length() {
    return length;
  }

  /** A copy of the bytes; the caller wipes it. */
  public synchronized byte[] reveal(SecretAccess access) {
    java.util.Objects.requireNonNull(access);
    checkAlive();
    return value.clone();
  }

  /** Overwrites the bytes; every later use but {@link #length()} fails. Idempotent. */
  public synchronized void destroy() {
    Arrays.fill(value, (byte) 0);
    // what was wiped need not be held by those who hold the secret on
    value = GONE;
    destroyed = true;
  }

  /** Whether {@link #destroy()} was called. */
  public synchronized boolean isDestroyed() {
    return destroyed;
  }

  private void checkAlive() {
    if (destroyed) {
      throw new IllegalStateException("the secret was destroyed");
    }
  }

  /** Equality of the bytes in constant time; destroyed secrets equal only themselves. */
  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Secret secret) || length != secret.length) {
      return false;
    }
    // octets first: what is destroyed meanwhile equals nothing
    boolean same = MessageDigest.isEqual(value, secret.value);
    return same && !isDestroyed() && !secret.isDestroyed();
  }

  /** The length, so that a hash tells nothing. */
  @Override
  public int hashCode() {
    return length;
  }

  @Override
  public String toString() {
    return "Secret[" + length + " bytes]";
  }
}
