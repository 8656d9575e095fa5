package org.ipsec4j.ike.engine;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.net.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Cookies without state for the peer (RFC 7296 2.6): {@code version | prf(secret, Ni | IPi | port |
 * SPIi)}. The secret changes every minute; the one before is still taken.
 */
final class Cookies {
  private static final long ROTATE = Duration.ofMinutes(1).toNanos();
  private static final int SECRET = 32;

  private final RandomSource random;
  private final Prf prf;
  private Secret current;
  private @Nullable Secret previous;
  private int version;
  private long rotateAt;
  private boolean started;

  Cookies(CryptoProvider crypto, RandomSource random) {
    this.random = random;
    this.prf = prf(crypto);
    this.current = fresh();
  }

  private static Prf prf(CryptoProvider crypto) {
    for (PrfAlgorithm algorithm :
        new PrfAlgorithm[] {PrfAlgorithm.HMAC_SHA2_256, PrfAlgorithm.HMAC_SHA1}) {
      if (crypto.supports(algorithm)) {
        try {
          return crypto.prf(algorithm);
        } catch (CryptoException e) {
          throw new IllegalArgumentException("the crypto provider denies " + algorithm, e);
        }
      }
    }
    throw new IllegalArgumentException("the crypto provider has no HMAC for cookies");
  }

  private Secret fresh() {
    byte[] octets = new byte[SECRET];
    random.nextBytes(octets);
    return Secret.adopt(octets);
  }

  private void rotate(long now) {
    if (!started) {
      started = true;
      rotateAt = now + ROTATE;
    }
    if (now < rotateAt) {
      return;
    }
    if (previous != null) {
      previous.destroy();
    }
    // After a long pause the one before is as old as the pause: both go.
    previous = now < rotateAt + ROTATE ? current : null;
    current = fresh();
    version = version + 1 & 0xff;
    rotateAt = now + ROTATE;
  }

  /** The cookie for a request. */
  Bytes make(long now, Endpoint from, long initiatorSpi, Bytes ni) throws CryptoException {
    rotate(now);
    return cookie(current, version, from, initiatorSpi, ni);
  }

  /** Whether a cookie is one of ours for this request; in constant time. */
  boolean accepts(long now, Bytes cookie, Endpoint from, long initiatorSpi, Bytes ni)
      throws CryptoException {
    rotate(now);
    if (cookie.length() == 0) {
      return false;
    }
    Secret secret = cookie.at(0) == version ? current : previous;
    if (secret == null) {
      return false;
    }
    Bytes right = cookie(secret, cookie.at(0), from, initiatorSpi, ni);
    return MessageDigest.isEqual(right.toArray(), cookie.toArray());
  }

  private Bytes cookie(Secret secret, int number, Endpoint from, long initiatorSpi, Bytes ni)
      throws CryptoException {
    byte[] address = from.address().octets();
    ByteBuffer rest = ByteBuffer.allocate(address.length + 2 + 8);
    rest.put(address).putShort((short) from.port()).putLong(initiatorSpi);
    Secret mac = prf.compute(secret, Secret.ofPublic(Bytes.concat(ni, Bytes.copyOf(rest.array()))));
    byte[] raw = mac.reveal(SecretAccess.raw());
    return Bytes.concat(Bytes.copyOf(new byte[] {(byte) number}), Bytes.copyOf(raw));
  }
}
