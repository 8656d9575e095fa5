package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import javax.crypto.KEM;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchangeMethod;

/**
 * ML-KEM (FIPS 203) with one JCA provider that does it: the JDK from 24 on, Bouncy Castle.
 * Immutable, thread-safe.
 */
final class Kem {
  /** Octets of the shared secret of all of them. */
  static final int SECRET_LENGTH = 32;

  private static final int MODULUS = 3329;
  private static final int SEED_LENGTH = 32;

  private final KeyExchangeMethod method;
  private final Provider provider;
  private final String algorithm;
  private final Bytes prefix;

  private Kem(KeyExchangeMethod method, Provider provider) {
    this.method = method;
    this.provider = provider;
    this.algorithm = method.name().replace('_', '-');
    this.prefix = prefix(method);
  }

  /** Of SubjectPublicKeyInfo, what stands in front of the encapsulation key. */
  private static Bytes prefix(KeyExchangeMethod method) {
    // 2.16.840.1.101.3.4.4.1 to 3, as the methods have the numbers 35 to 37.
    int arc = method.id() - 34;
    int bits = method.publicLength() + 1;
    HexFormat hex = HexFormat.of();
    return Bytes.ofHex(
        "3082"
            + hex.toHexDigits((short) (bits + 4 + 13))
            + "300b06096086480165030404"
            + hex.toHexDigits((byte) arc)
            + "0382"
            + hex.toHexDigits((short) bits)
            + "00");
  }

  /**
   * ML-KEM of that size with that provider.
   *
   * @throws GeneralSecurityException when the provider does not do it
   */
  static Kem of(KeyExchangeMethod method, Provider provider) throws GeneralSecurityException {
    Kem kem = new Kem(method, provider);
    KEM.getInstance(kem.algorithm, provider);
    KeyFactory.getInstance(kem.algorithm, provider);
    KeyPairGenerator.getInstance(kem.algorithm, provider);
    return kem;
  }

  KeyExchangeMethod method() {
    return method;
  }

  KeyPair generate(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, provider);
    generator.initialize(new java.security.spec.NamedParameterSpec(algorithm), random);
    return generator.generateKeyPair();
  }

  /** The encapsulation key as KEi carries it. */
  Bytes encode(PublicKey key) throws GeneralSecurityException {
    Bytes der = Bytes.copyOf(key.getEncoded());
    if (der.length() != prefix.length() + method.publicLength()
        || !der.slice(0, prefix.length()).equals(prefix)) {
      throw new InvalidKeyException("the provider encodes keys unlike RFC 9935");
    }
    return der.slice(prefix.length(), method.publicLength());
  }

  /**
   * The initiator's encapsulation key.
   *
   * @throws CryptoException with PEER_VALUE when it fails the test of FIPS 203 7.2
   */
  PublicKey decode(Bytes value) throws CryptoException, GeneralSecurityException {
    checkLength(value, method.publicLength());
    if (!isReduced(value)) {
      throw refused("a coefficient of the encapsulation key is not below " + MODULUS);
    }
    return KeyFactory.getInstance(algorithm, provider)
        .generatePublic(new X509EncodedKeySpec(Bytes.concat(prefix, value).toArray()));
  }

  /** Coefficients have 12 bits each, the lowest first; behind them stands a seed of 32 octets. */
  private static boolean isReduced(Bytes key) {
    for (int i = 0; i + 2 < key.length() - SEED_LENGTH + 1; i += 3) {
      int middle = key.at(i + 1);
      int first = key.at(i) | ((middle & 0x0f) << 8);
      int second = (middle >> 4) | (key.at(i + 2) << 4);
      if (first >= MODULUS || second >= MODULUS) {
        return false;
      }
    }
    return true;
  }

  void checkLength(Bytes value, int expected) throws CryptoException {
    if (value.length() != expected) {
      throw refused("the value has " + value.length() + " octets instead of " + expected);
    }
  }

  KEM.Encapsulated encapsulate(PublicKey peer, SecureRandom random)
      throws GeneralSecurityException {
    return KEM.getInstance(algorithm, provider).newEncapsulator(peer, random).encapsulate();
  }

  /** The secret; a changed ciphertext leads to another one, not to a refusal (FIPS 203 6.3). */
  byte[] decapsulate(PrivateKey own, byte[] ciphertext) throws GeneralSecurityException {
    return secret(
        KEM.getInstance(algorithm, provider).newDecapsulator(own).decapsulate(ciphertext));
  }

  static byte[] secret(java.security.Key key) throws GeneralSecurityException {
    byte[] octets = key.getEncoded();
    if (octets == null || octets.length != SECRET_LENGTH) {
      throw new InvalidKeyException("the provider keeps the secret to itself");
    }
    return octets;
  }

  CryptoException refused(String why) {
    return new CryptoException(Culprit.PEER_VALUE, method + ": " + why);
  }
}
