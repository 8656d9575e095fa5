package org.ipsec4j.crypto.jca;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.KeyAgreement;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchangeMethod;

/**
 * A Diffie-Hellman group with one JCA provider that does it: how its public values look on the wire
 * and which of them are refused (RFC 6989). Immutable.
 */
abstract sealed class Group permits ModpGroup, EcpGroup, XdhGroup {
  final KeyExchangeMethod method;
  private final Provider provider;
  private final String keyAlgorithm;
  private final String agreementAlgorithm;

  Group(
      KeyExchangeMethod method, Provider provider, String keyAlgorithm, String agreementAlgorithm) {
    this.method = method;
    this.provider = provider;
    this.keyAlgorithm = keyAlgorithm;
    this.agreementAlgorithm = agreementAlgorithm;
  }

  /**
   * The group of that method with that provider.
   *
   * @throws GeneralSecurityException when the provider does not do it
   */
  static Group of(KeyExchangeMethod method, Provider provider) throws GeneralSecurityException {
    Group group =
        switch (method) {
          case MODP_1536, MODP_2048, MODP_3072, MODP_4096, MODP_6144, MODP_8192 ->
              new ModpGroup(method, provider);
          case ECP_256, ECP_384, ECP_521, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512 ->
              new EcpGroup(method, provider);
          case X25519, X448 -> new XdhGroup(method, provider);
          case MODP_768, MODP_1024 ->
              throw new GeneralSecurityException(method + " is broken and not done");
          case ML_KEM_512, ML_KEM_768, ML_KEM_1024 ->
              throw new GeneralSecurityException(method + " is no group");
        };
    group.generator(new SecureRandom());
    group.keyFactory();
    group.agreement();
    return group;
  }

  /** Whether {@link #of} can make it with a provider that does it. */
  static boolean knows(KeyExchangeMethod method) {
    return method != KeyExchangeMethod.MODP_768
        && method != KeyExchangeMethod.MODP_1024
        && !method.isKem();
  }

  /** What the key generator is told. */
  abstract AlgorithmParameterSpec parameters();

  /** Key Exchange Data of a key of ours. */
  abstract Bytes encode(PublicKey key) throws GeneralSecurityException;

  /**
   * The peer's key, checked; the length is right already.
   *
   * @throws CryptoException with PEER_VALUE when it is not an element that may be used
   */
  abstract PublicKey decode(Bytes value) throws CryptoException, GeneralSecurityException;

  /** Octets of the shared secret. */
  abstract int secretLength();

  /** A private key from its number, for known answers. */
  abstract PrivateKey privateKey(Bytes value) throws GeneralSecurityException;

  KeyPair generate(SecureRandom random) throws GeneralSecurityException {
    return generator(random).generateKeyPair();
  }

  /** The shared secret, always {@link #secretLength()} octets. */
  byte[] agree(PrivateKey own, PublicKey peer) throws GeneralSecurityException {
    KeyAgreement agreement = agreement();
    agreement.init(own);
    agreement.doPhase(peer, true);
    return fixedLength(agreement.generateSecret(), secretLength());
  }

  final KeyFactory keyFactory() throws GeneralSecurityException {
    return KeyFactory.getInstance(keyAlgorithm, provider);
  }

  final Provider provider() {
    return provider;
  }

  KeyPairGenerator generator(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(keyAlgorithm, provider);
    generator.initialize(parameters(), random);
    return generator;
  }

  private KeyAgreement agreement() throws GeneralSecurityException {
    return KeyAgreement.getInstance(agreementAlgorithm, provider);
  }

  /** A number in network order with leading zeros (RFC 7296 3.4). */
  static byte[] fixedLength(BigInteger number, int length) throws GeneralSecurityException {
    return fixedLength(number.toByteArray(), length);
  }

  /** Leading zeros put in front or taken away. */
  static byte[] fixedLength(byte[] number, int length) throws GeneralSecurityException {
    if (number.length == length) {
      return number;
    }
    int excess = number.length - length;
    for (int i = 0; i < excess; i++) {
      if (number[i] != 0) {
        throw new GeneralSecurityException("a number is longer than its group");
      }
    }
    byte[] fixed = new byte[length];
    System.arraycopy(
        number, Math.max(excess, 0), fixed, Math.max(-excess, 0), Math.min(number.length, length));
    java.util.Arrays.fill(number, (byte) 0);
    return fixed;
  }

  /** A refusal of the peer's value. */
  CryptoException refused(String why) {
    return new CryptoException(Culprit.PEER_VALUE, method + ": " + why);
  }
}
