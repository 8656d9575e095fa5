package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.RandomSource;
import org.jspecify.annotations.Nullable;

/** Diffie-Hellman in a {@link Group}. */
final class JcaKeyExchange implements KeyExchange {
  private final Group group;
  private final RandomSource random;

  JcaKeyExchange(Group group, RandomSource random) {
    this.group = group;
    this.random = random;
  }

  @Override
  public KeyExchangeMethod method() {
    return group.method;
  }

  @Override
  public Initiation initiate() throws CryptoException {
    KeyPair pair = generate();
    return new Started(encode(pair), pair.getPrivate());
  }

  @Override
  public Answer respond(Bytes peerValue) throws CryptoException {
    PublicKey peer = decode(peerValue);
    KeyPair pair = generate();
    return new Answer(encode(pair), agree(pair.getPrivate(), peer));
  }

  /** The secret of a private value that is known, for known-answer vectors. */
  static Secret agree(Group group, Bytes privateValue, Bytes peerValue) throws CryptoException {
    JcaKeyExchange exchange = new JcaKeyExchange(group, target -> {});
    PublicKey peer = exchange.decode(peerValue);
    try {
      return exchange.agree(group.privateKey(privateValue), peer);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw exchange.failed(Culprit.LOCAL_KEY, "the private value does not fit", e);
    }
  }

  private KeyPair generate() throws CryptoException {
    try {
      return group.generate(new SourceRandom(random));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw failed(Culprit.PROVIDER, "no private value could be made", e);
    }
  }

  private Bytes encode(KeyPair pair) throws CryptoException {
    try {
      return group.encode(pair.getPublic());
    } catch (GeneralSecurityException | RuntimeException e) {
      throw failed(Culprit.PROVIDER, "the public value has no encoding", e);
    }
  }

  private PublicKey decode(Bytes value) throws CryptoException {
    int expected = group.method.publicLength();
    if (value.length() != expected) {
      throw group.refused(
          "the public value has " + value.length() + " octets instead of " + expected);
    }
    try {
      return group.decode(value);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw failed(Culprit.PEER_VALUE, "the public value is refused", e);
    }
  }

  private Secret agree(PrivateKey own, PublicKey peer) throws CryptoException {
    try {
      return Secret.adopt(group.agree(own, peer));
    } catch (InvalidKeyException e) {
      // Providers refuse points of small order only here.
      throw failed(Culprit.PEER_VALUE, "the public value is refused", e);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw failed(Culprit.PROVIDER, "the secret could not be computed", e);
    }
  }

  private CryptoException failed(Culprit culprit, String what, Exception e) {
    return new CryptoException(
        culprit, method() + ": " + what + " (" + SkippedAlgorithm.cause(e) + ")");
  }

  private final class Started implements Initiation {
    private final Bytes publicValue;
    private @Nullable PrivateKey own;

    Started(Bytes publicValue, PrivateKey own) {
      this.publicValue = publicValue;
      this.own = own;
    }

    @Override
    public Bytes publicValue() {
      return publicValue;
    }

    @Override
    public Secret complete(Bytes peerValue) throws CryptoException {
      PrivateKey key;
      synchronized (this) {
        key = own;
      }
      if (key == null) {
        throw new CryptoException(Culprit.LOCAL_KEY, "the private value was destroyed");
      }
      return agree(key, decode(peerValue));
    }

    @Override
    public synchronized void destroy() {
      // JCA's private keys cannot be wiped; what is not referenced goes with the next collection.
      own = null;
    }
  }
}
