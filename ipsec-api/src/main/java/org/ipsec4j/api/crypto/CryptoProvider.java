package org.ipsec4j.api.crypto;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;

/**
 * A source of cryptography. It answers questions before it makes things; factories for what {@code
 * supports} denied throw {@link CryptoException}. Found by ServiceLoader in the node, once; engines
 * get it handed in. Thread-safe.
 *
 * <p>A provider earns its place: {@link #selfTest()} runs when it is loaded, and one that fails is
 * refused with an event.
 */
public interface CryptoProvider {
  /** Short name such as {@code jca} or {@code openssl}. */
  String name();

  /** Higher is asked first. JCA is 0, native providers are above. */
  default int priority() {
    return 0;
  }

  /** Runs the known-answer vectors of everything that the provider claims. */
  SelfTest selfTest();

  /** Whether it protects ESP or AH packets so. */
  boolean supports(PacketTransform transform);

  /** Whether it protects IKE messages so; {@code NONE} beside a combined mode. */
  boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity);

  /** Whether it has the function. */
  boolean supports(PrfAlgorithm prf);

  /** Whether it has the method. */
  boolean supports(KeyExchangeMethod method);

  /** Whether it verifies such signatures. */
  boolean supports(SignatureAlgorithm algorithm);

  /**
   * Sets keys up for packets.
   *
   * @param encryption key and salt, {@link EncryptionTransform#keyingMaterialLength()} octets;
   *     copied
   * @param integrity key, {@link IntegrityAlgorithm#keyLength()} octets; copied
   */
  PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException;

  /** A worker for the calling thread. */
  PacketWorker packetWorker();

  /** Sets keys up for IKE messages in one direction; the secrets are copied. */
  IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException;

  /** The function. */
  Prf prf(PrfAlgorithm algorithm) throws CryptoException;

  /**
   * The method.
   *
   * @param random source of private values; simulations hand a seeded one in. A provider whose
   *     library insists on its own generator may ignore it and says so in its documentation.
   */
  KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random) throws CryptoException;

  /**
   * Verifies a signature.
   *
   * @param publicKey DER SubjectPublicKeyInfo
   * @return whether the signature is right
   * @throws CryptoException when the key does not fit or is malformed
   */
  boolean verify(SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException;

  /** SHA-1 as NAT_DETECTION (RFC 7296 2.23) and CERTREQ (3.7) demand; not for security. */
  Bytes sha1(Bytes data);

  /** A strong generator. */
  RandomSource random();
}
