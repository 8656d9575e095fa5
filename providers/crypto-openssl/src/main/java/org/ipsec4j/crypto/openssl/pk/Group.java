package org.ipsec4j.crypto.openssl.pk;

import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.RandomSource;

/**
 * A Diffie-Hellman group. Private values are octets in Java between the steps, so that an exchange
 * that is never completed leaves nothing behind in native memory. Immutable, thread-safe.
 */
abstract sealed class Group permits ModpGroup, EcpGroup, MontgomeryGroup {
  private static final int ATTEMPTS = 1000;

  final KeyExchangeMethod method;
  final LibPk lib;

  Group(KeyExchangeMethod method, LibPk lib) {
    this.method = method;
    this.lib = lib;
  }

  /**
   * The group of a method.
   *
   * @throws CryptoException when the library does not have it, or it is no group
   */
  static Group of(KeyExchangeMethod method, LibPk lib) throws CryptoException {
    return switch (method) {
      case MODP_768, MODP_1024, MODP_1536, MODP_2048, MODP_3072, MODP_4096, MODP_6144, MODP_8192 ->
          new ModpGroup(method, lib);
      case ECP_256, ECP_384, ECP_521, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512 ->
          new EcpGroup(method, lib);
      case X25519, X448 -> new MontgomeryGroup(method, lib);
      case ML_KEM_512, ML_KEM_768, ML_KEM_1024 ->
          throw new CryptoException(Culprit.PROVIDER, method + " is no group");
    };
  }

  /** One attempt at a private value in {@code target}; whether it is in range. */
  abstract boolean shape(byte[] target);

  /** Octets of a private value. */
  abstract int privateLength();

  /** Key Exchange Data of a private value. */
  abstract Bytes publicValue(byte[] privateValue) throws CryptoException;

  /**
   * The shared secret.
   *
   * @param own of {@link #publicValue}
   * @param peer of the right length, not checked otherwise
   * @throws CryptoException with PEER_VALUE when it fails the tests of RFC 6989
   */
  abstract byte[] agree(byte[] privateValue, Bytes own, Bytes peer) throws CryptoException;

  /**
   * The responder's step: public value and shared secret of one private value.
   *
   * @param peer of the right length, not checked otherwise
   */
  KeyExchange.Answer answer(byte[] privateValue, Bytes peer) throws CryptoException {
    Bytes own = publicValue(privateValue);
    return new KeyExchange.Answer(own, Secret.adopt(agree(privateValue, own, peer)));
  }

  /** A fresh private value; the caller wipes it. */
  final byte[] fresh(RandomSource random) throws CryptoException {
    byte[] value = new byte[privateLength()];
    for (int i = 0; i < ATTEMPTS; i++) {
      random.nextBytes(value);
      if (shape(value)) {
        return value;
      }
    }
    Arrays.fill(value, (byte) 0);
    throw new CryptoException(
        Culprit.PROVIDER, method + ": the random source gives no private value");
  }

  static boolean isZero(byte[] octets) {
    int bits = 0;
    for (byte octet : octets) {
      bits |= octet;
    }
    return bits == 0;
  }

  CryptoException refused(String why) {
    return new CryptoException(Culprit.PEER_VALUE, method + ": " + why);
  }
}
