package org.ipsec4j.api.crypto;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;

/**
 * A base for providers that protect packets and nothing else, such as a card: what IKE needs it
 * denies, and others do it. A node needs one beside it that has a pseudo-random function; that one
 * is also asked for SHA-1 and for random octets.
 */
public abstract class PacketCryptoProvider implements CryptoProvider {
  /** For providers of packets. */
  protected PacketCryptoProvider() {}

  private CryptoException denied(Object wanted) {
    return new CryptoException(
        CryptoException.Culprit.PROVIDER, name() + " is for packets and does not offer " + wanted);
  }

  @Override
  public final boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return false;
  }

  @Override
  public final boolean supports(PrfAlgorithm prf) {
    return false;
  }

  @Override
  public final boolean supports(KeyExchangeMethod method) {
    return false;
  }

  @Override
  public final boolean supports(SignatureAlgorithm algorithm) {
    return false;
  }

  @Override
  public final IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    throw denied(encryption + " for IKE");
  }

  @Override
  public final Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    throw denied(algorithm);
  }

  @Override
  public final KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    throw denied(method);
  }

  @Override
  public final boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    throw denied(algorithm);
  }

  /**
   * Not offered.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public final Bytes sha1(Bytes data) {
    throw new UnsupportedOperationException(name() + " is for packets");
  }

  /**
   * Not offered.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public final RandomSource random() {
    throw new UnsupportedOperationException(name() + " is for packets");
  }
}
