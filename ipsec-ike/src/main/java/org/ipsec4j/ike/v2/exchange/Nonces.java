package org.ipsec4j.ike.v2.exchange;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.RandomSource;

/** Nonces (RFC 7296 2.10) and their order (2.8.1). */
public final class Nonces {
  /** At least half the key size of any PRF in use. */
  private static final int LENGTH = 32;

  private Nonces() {}

  /** A nonce of ours. */
  public static Bytes fresh(RandomSource random) {
    byte[] nonce = new byte[LENGTH];
    random.nextBytes(nonce);
    return Bytes.copyOf(nonce);
  }

  /** Octet by octet; where one ends, it is the lower (2.8.1). */
  public static int compare(Bytes a, Bytes b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      int difference = Integer.compare(a.at(i), b.at(i));
      if (difference != 0) {
        return difference;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** The lower of two. */
  public static Bytes lower(Bytes a, Bytes b) {
    return compare(a, b) <= 0 ? a : b;
  }
}
