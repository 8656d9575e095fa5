package org.ipsec4j.crypto.jca;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;

/**
 * A key for JCA that can be wiped, which {@link javax.crypto.spec.SecretKeySpec} cannot. Providers
 * get clones; those that they keep inside a cipher are beyond our reach.
 */
final class RawKey implements SecretKey {
  private static final long serialVersionUID = 1L;

  private final String algorithm;
  private final transient byte[] value;
  private volatile boolean destroyed;

  private RawKey(String algorithm, byte[] value) {
    this.algorithm = algorithm;
    this.value = value;
  }

  /** The octets of {@code secret} from {@code offset}; copied. */
  static RawKey of(String algorithm, Secret secret, int offset, int length) {
    byte[] all = secret.reveal(SecretAccess.raw());
    byte[] part = Arrays.copyOfRange(all, offset, offset + length);
    Arrays.fill(all, (byte) 0);
    return new RawKey(algorithm, part);
  }

  /** A key whose octets belong to it from now on. */
  static RawKey adopt(String algorithm, byte[] value) {
    return new RawKey(algorithm, value);
  }

  /**
   * A key for HMAC, whose octets belong to it from now on. The empty key, which providers refuse,
   * is the same HMAC key as one zero octet: keys are filled up with zeros to the block (RFC 2104
   * 2).
   */
  static RawKey forHmac(String algorithm, byte[] value) {
    return new RawKey(algorithm, value.length == 0 ? new byte[1] : value);
  }

  /** A key of zeros, to ask providers whether they do an algorithm. */
  static RawKey zeros(String algorithm, int length) {
    return new RawKey(algorithm, new byte[length]);
  }

  /** Octets of key. */
  int octets() {
    return value.length;
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  @Override
  public byte[] getEncoded() {
    byte[] copy = value.clone();
    // Asked after the copy, so that a destruction in between is seen.
    if (destroyed) {
      Arrays.fill(copy, (byte) 0);
      throw new IllegalStateException("the key was destroyed");
    }
    return copy;
  }

  @Override
  public void destroy() {
    destroyed = true;
    Arrays.fill(value, (byte) 0);
  }

  @Override
  public boolean isDestroyed() {
    return destroyed;
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("key");
  }

  @Override
  public String toString() {
    return algorithm + " key of " + value.length + " octets";
  }
}
