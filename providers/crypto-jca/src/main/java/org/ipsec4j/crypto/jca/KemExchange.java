package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import javax.crypto.KEM;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.RandomSource;
import org.jspecify.annotations.Nullable;

/** Key exchange by a {@link Kem}: the initiator sends a key, the responder a ciphertext. */
final class KemExchange implements KeyExchange {
  private final Kem kem;
  private final RandomSource random;

  KemExchange(Kem kem, RandomSource random) {
    this.kem = kem;
    this.random = random;
  }

  /** ML-KEM by the first provider that does it; null when none does. */
  static @Nullable Kem find(KeyExchangeMethod method, JcaServices services) {
    if (!method.isKem()) {
      return null;
    }
    try {
      return services.make(method.name(), provider -> Kem.of(method, provider));
    } catch (GeneralSecurityException | RuntimeException e) {
      return null;
    }
  }

  @Override
  public KeyExchangeMethod method() {
    return kem.method();
  }

  @Override
  public Initiation initiate() throws CryptoException {
    try {
      KeyPair pair = kem.generate(new SourceRandom(random));
      return new Started(kem.encode(pair.getPublic()), pair.getPrivate());
    } catch (GeneralSecurityException | RuntimeException e) {
      throw failed(Culprit.PROVIDER, "no key could be made", e);
    }
  }

  @Override
  public Answer respond(Bytes peerValue) throws CryptoException {
    PublicKey peer;
    try {
      peer = kem.decode(peerValue);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw failed(Culprit.PEER_VALUE, "the encapsulation key is refused", e);
    }
    try {
      KEM.Encapsulated made = kem.encapsulate(peer, new SourceRandom(random));
      return new Answer(Bytes.copyOf(made.encapsulation()), Secret.adopt(Kem.secret(made.key())));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw failed(Culprit.PROVIDER, "the secret could not be encapsulated", e);
    }
  }

  private CryptoException failed(Culprit culprit, String what, Exception e) {
    return new CryptoException(
        culprit, method() + ": " + what + " (" + e.getClass().getSimpleName() + ")");
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
      kem.checkLength(peerValue, method().answerLength());
      try {
        return Secret.adopt(kem.decapsulate(key, peerValue.toArray()));
      } catch (GeneralSecurityException | RuntimeException e) {
        throw failed(Culprit.PROVIDER, "the ciphertext could not be decapsulated", e);
      }
    }

    @Override
    public synchronized void destroy() {
      // JCA's private keys cannot be wiped; what is not referenced goes with the next collection.
      own = null;
    }
  }
}
