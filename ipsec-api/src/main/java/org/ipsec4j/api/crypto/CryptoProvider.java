package org.ipsec4j.api.crypto;

import java.util.List;
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

  /**
   * What stands behind it, such as {@code OpenSSL 3.0.19}: for monitors, and the reason why a
   * measurement made with another version does not count. Empty when there is nothing to say.
   */
  default String version() {
    return "";
  }

  /**
   * This provider bound to a detail that an operator wrote behind a colon: {@code jca:SunPKCS11} is
   * the provider {@code jca} that uses the JCA provider {@code SunPKCS11}. Its name is the whole
   * text.
   *
   * @param detail as written; never empty
   * @throws CryptoException when the provider has no such detail; the message says what there is
   */
  default CryptoProvider configured(String detail) throws CryptoException {
    throw new CryptoException(
        CryptoException.Culprit.PROVIDER, name() + " takes no detail such as `" + detail + "`");
  }

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

  /** Whether it makes such signatures, by {@link #signer}. */
  default boolean supportsSigning(SignatureAlgorithm algorithm) {
    return false;
  }

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

  /**
   * Sets a private key up for signing. Slow.
   *
   * @param privateKey DER PrivateKeyInfo (PKCS #8, RFC 5958); copied
   * @param algorithm which will be signed with; {@link #supportsSigning} said yes
   * @throws CryptoException when the key is malformed or of another kind
   */
  default Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    throw new CryptoException(
        CryptoException.Culprit.PROVIDER, name() + " does not sign with " + algorithm);
  }

  /**
   * How many slow steps (key exchanges, signatures) it likes to get at once by {@link #runWork}; 1
   * when batches bring nothing.
   */
  default int preferredWork() {
    return 1;
  }

  /**
   * Runs slow steps that call this provider; comes back when all have run. A provider for a device
   * that answers late may run them beside one another.
   *
   * @param work at most {@link #preferredWork}; none throws
   */
  default void runWork(List<? extends Runnable> work) {
    work.forEach(Runnable::run);
  }

  /** SHA-1 as NAT_DETECTION (RFC 7296 2.23) and CERTREQ (3.7) demand; not for security. */
  Bytes sha1(Bytes data);

  /** A strong generator. */
  RandomSource random();
}
