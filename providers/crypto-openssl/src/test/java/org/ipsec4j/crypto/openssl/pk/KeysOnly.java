package org.ipsec4j.crypto.openssl.pk;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.ffm.NativeLibrary;
import org.junit.jupiter.api.Assumptions;

/** This package as a provider that does nothing else, so that the contracts can be asked of it. */
record KeysOnly(PublicKeyCrypto crypto) implements CryptoProvider {
  private static final class Shared {
    static final KeysOnly PROVIDER = make();

    private static KeysOnly make() {
      try {
        return new KeysOnly(PublicKeyCrypto.of(LibCrypto.get()));
      } catch (NativeLibrary.MissingException e) {
        return Assumptions.abort(e.getMessage());
      }
    }
  }

  /** The one of this machine; ends the test as skipped where there is none. */
  static KeysOnly get() {
    try {
      LibCrypto.get();
    } catch (NativeLibrary.MissingException e) {
      return Assumptions.abort(e.getMessage());
    }
    return Shared.PROVIDER;
  }

  @Override
  public String name() {
    return "openssl keys";
  }

  @Override
  public SelfTest selfTest() {
    return crypto.selfTest();
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return false;
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return false;
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return false;
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return crypto.supports(method);
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return crypto.supports(algorithm);
  }

  @Override
  public boolean supportsSigning(SignatureAlgorithm algorithm) {
    return crypto.supports(algorithm);
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PacketWorker packetWorker() {
    throw new UnsupportedOperationException();
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) {
    throw new UnsupportedOperationException();
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    return crypto.keyExchange(method, random);
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    return crypto.verify(algorithm, publicKey, message, signature);
  }

  @Override
  public Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    return crypto.signer(privateKey, algorithm);
  }

  @Override
  public Bytes sha1(Bytes data) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RandomSource random() {
    return new java.security.SecureRandom()::nextBytes;
  }
}
