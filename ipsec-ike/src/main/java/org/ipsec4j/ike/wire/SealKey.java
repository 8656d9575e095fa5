package org.ipsec4j.ike.wire;

import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.RandomSource;

/**
 * Our sending key of an IKE SA together with the IVs that were never used with it.
 *
 * @param cipher the key
 * @param ivs the IVs of this key alone
 */
public record SealKey(IkeCipher cipher, IvSource ivs) {
  /** A fresh key: its IVs begin anew, so it must not have sealed before. */
  public static SealKey of(EncryptionTransform encryption, IkeCipher cipher, RandomSource random) {
    return new SealKey(cipher, IvSource.of(encryption.algorithm(), random));
  }

  /** Wipes the key. */
  public void destroy() {
    cipher.destroy();
  }
}
