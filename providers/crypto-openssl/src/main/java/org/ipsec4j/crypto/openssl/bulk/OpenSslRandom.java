package org.ipsec4j.crypto.openssl.bulk;

import java.util.concurrent.locks.ReentrantLock;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.crypto.openssl.lib.Raw;
import org.ipsec4j.ffm.NativeMemory;

/**
 * The library's generator (RAND_bytes), asked for a supply at a time: an IV of 8 octets would cost
 * as much as all of it. What was given out is wiped at once. Thread-safe; one for all providers,
 * for as long as the process lives.
 */
final class OpenSslRandom implements RandomSource {
  static final OpenSslRandom SHARED = new OpenSslRandom();

  private static final int SUPPLY = 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final long supply = NativeMemory.allocate(SUPPLY);
  private int used = SUPPLY;

  private OpenSslRandom() {}

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the generator fails, which it does without entropy only
   */
  @Override
  public void nextBytes(byte[] target) {
    lock.lock();
    try {
      int done = 0;
      while (done < target.length) {
        if (used == SUPPLY) {
          refill();
        }
        int part = Math.min(SUPPLY - used, target.length - done);
        Raw.copyOut(supply + used, target, done, part);
        Raw.wipe(supply + used, part);
        used += part;
        done += part;
      }
    } finally {
      lock.unlock();
    }
  }

  private void refill() {
    if (!Evp.random(supply, SUPPLY)) {
      throw new IllegalStateException(
          "the generator of libcrypto fails: " + LibCrypto.present().errors());
    }
    used = 0;
  }
}
