package org.ipsec4j.auth.pki;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;

/**
 * A key that signs with a crypto provider. The provider gets the key when it is first signed with,
 * and must then make a signature that the certificate verifies; what it does not do, or does wrong,
 * JCA does as before. Thread-safe.
 */
final class ProviderSignedKey implements SigningKey {
  private final CertifiedKey own;
  private final CryptoProvider crypto;
  private final Map<SignatureAlgorithm, Optional<Signer>> signers = new ConcurrentHashMap<>();

  ProviderSignedKey(CertifiedKey own, CryptoProvider crypto) {
    this.own = own;
    this.crypto = crypto;
  }

  @Override
  public List<SignatureAlgorithm> algorithms() {
    return own.algorithms();
  }

  @Override
  public List<Bytes> certificateChain() {
    return own.certificateChain();
  }

  @Override
  public Bytes sign(SignatureAlgorithm algorithm, Bytes message) throws CryptoException {
    Optional<Signer> signer =
        algorithms().contains(algorithm)
            ? signers.computeIfAbsent(algorithm, this::proven)
            : Optional.empty();
    if (signer.isPresent()) {
      try {
        return signer.get().sign(message);
      } catch (CryptoException e) {
        // A device may fail at any time; the key is here too.
      }
    }
    return own.sign(algorithm, message);
  }

  /** The provider's signer, when what it signs is right. */
  private Optional<Signer> proven(SignatureAlgorithm algorithm) {
    Secret encoded = own.encoded();
    if (encoded == null) {
      return Optional.empty();
    }
    try {
      if (!crypto.supportsSigning(algorithm)) {
        return Optional.empty();
      }
      Signer signer = crypto.signer(encoded, algorithm);
      if (own.verifies(algorithm, signer)) {
        return Optional.of(signer);
      }
      signer.destroy();
      return Optional.empty();
    } catch (CryptoException e) {
      return Optional.empty();
    } finally {
      encoded.destroy();
    }
  }

  @Override
  public SigningKey using(CryptoProvider other) {
    return own.using(other);
  }

  @Override
  public String toString() {
    return own.toString();
  }
}
