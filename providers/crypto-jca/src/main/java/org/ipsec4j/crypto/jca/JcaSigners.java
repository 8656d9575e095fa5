package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;
import org.jspecify.annotations.Nullable;

/**
 * Signs with keys of ours that are octets. Keys that live in a token are signed with where the
 * credentials found them, not here. Thread-safe.
 */
final class JcaSigners {
  private final JcaServices services;

  JcaSigners(JcaServices services) {
    this.services = services;
  }

  boolean does(SignatureAlgorithm algorithm) {
    return new SignatureVerifier(services).does(algorithm)
        && services.chosen(algorithm.name()).filter(Pkcs11Token::isToken).isEmpty();
  }

  Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    if (!does(algorithm)) {
      throw new CryptoException(Culprit.PROVIDER, "no JCA provider signs with " + algorithm);
    }
    Provider provider =
        services
            .chosen(algorithm.name())
            .orElseThrow(
                () -> new CryptoException(Culprit.PROVIDER, "no provider for " + algorithm));
    byte[] der = privateKey.reveal(SecretAccess.raw());
    try {
      PrivateKey key =
          KeyFactory.getInstance(SignatureVerifier.keyFactory(algorithm), provider)
              .generatePrivate(new PKCS8EncodedKeySpec(der));
      SignatureVerifier.signature(algorithm, provider).initSign(key);
      return new Keyed(algorithm, provider, key);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new CryptoException(
          Culprit.LOCAL_KEY, "the private key is no key for " + algorithm + " of " + provider);
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private static final class Keyed implements Signer {
    private final SignatureAlgorithm algorithm;
    private final Provider provider;
    private volatile @Nullable PrivateKey key;

    Keyed(SignatureAlgorithm algorithm, Provider provider, PrivateKey key) {
      this.algorithm = algorithm;
      this.provider = provider;
      this.key = key;
    }

    @Override
    public Bytes sign(Bytes message) throws CryptoException {
      PrivateKey held = key;
      if (held == null) {
        throw new CryptoException(Culprit.LOCAL_KEY, "the signer was destroyed");
      }
      try {
        Signature signature = SignatureVerifier.signature(algorithm, provider);
        signature.initSign(held);
        signature.update(message.toArray());
        return Bytes.copyOf(signature.sign());
      } catch (GeneralSecurityException | RuntimeException e) {
        throw new CryptoException(
            Culprit.PROVIDER, algorithm + " failed with " + SkippedAlgorithm.cause(e));
      }
    }

    /** JCA's private keys cannot be wiped; what is not referenced goes with the collector. */
    @Override
    public void destroy() {
      key = null;
    }
  }
}
