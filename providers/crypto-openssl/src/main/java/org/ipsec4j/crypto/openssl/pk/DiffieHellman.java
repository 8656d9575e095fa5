package org.ipsec4j.crypto.openssl.pk;

import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.RandomSource;
import org.jspecify.annotations.Nullable;

/** Diffie-Hellman in a {@link Group}. Thread-safe. */
final class DiffieHellman implements KeyExchange {
  private final Group group;
  private final RandomSource random;

  DiffieHellman(Group group, RandomSource random) {
    this.group = group;
    this.random = random;
  }

  @Override
  public KeyExchangeMethod method() {
    return group.method;
  }

  @Override
  public Initiation initiate() throws CryptoException {
    byte[] own = group.fresh(random);
    try {
      return new Started(group, group.publicValue(own), own.clone());
    } finally {
      Arrays.fill(own, (byte) 0);
    }
  }

  @Override
  public Answer respond(Bytes peerValue) throws CryptoException {
    checkLength(group, peerValue);
    byte[] own = group.fresh(random);
    try {
      return group.answer(own, peerValue);
    } finally {
      Arrays.fill(own, (byte) 0);
    }
  }

  /** The secret of a private value that is known, for known answers. */
  static Secret agree(Group group, byte[] privateValue, Bytes peerValue) throws CryptoException {
    checkLength(group, peerValue);
    return Secret.adopt(group.agree(privateValue, group.publicValue(privateValue), peerValue));
  }

  private static void checkLength(Group group, Bytes peerValue) throws CryptoException {
    int expected = group.method.publicLength();
    if (peerValue.length() != expected) {
      throw group.refused(
          "the public value has " + peerValue.length() + " octets instead of " + expected);
    }
  }

  private static final class Started implements Initiation {
    private final Group group;
    private final Bytes publicValue;
    private byte @Nullable [] own;

    Started(Group group, Bytes publicValue, byte[] own) {
      this.group = group;
      this.publicValue = publicValue;
      this.own = own;
    }

    @Override
    public Bytes publicValue() {
      return publicValue;
    }

    @Override
    public Secret complete(Bytes peerValue) throws CryptoException {
      byte[] copy = privateValue();
      try {
        checkLength(group, peerValue);
        return Secret.adopt(group.agree(copy, publicValue, peerValue));
      } finally {
        Arrays.fill(copy, (byte) 0);
      }
    }

    private synchronized byte[] privateValue() throws CryptoException {
      if (own == null) {
        throw new CryptoException(Culprit.LOCAL_KEY, "the private value was destroyed");
      }
      return own.clone();
    }

    @Override
    public synchronized void destroy() {
      if (own != null) {
        Arrays.fill(own, (byte) 0);
        own = null;
      }
    }
  }
}
