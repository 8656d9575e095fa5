package org.ipsec4j.api.crypto;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;

/**
 * Passes everything on to another provider: a base for providers that change or watch a part of the
 * work. Keys and workers belong together, as the packet path hands a key to the worker of the
 * provider whose name the key bears: override {@link #packetKey} and {@link #packetWorker} both or
 * neither.
 */
public abstract class ForwardingCryptoProvider implements CryptoProvider {
  private final CryptoProvider delegate;

  /**
   * @param delegate does the work
   */
  protected ForwardingCryptoProvider(CryptoProvider delegate) {
    this.delegate = delegate;
  }

  /** Who does the work. */
  protected final CryptoProvider delegate() {
    return delegate;
  }

  @Override
  public String name() {
    return delegate.name();
  }

  @Override
  public String version() {
    return delegate.version();
  }

  @Override
  public int priority() {
    return delegate.priority();
  }

  @Override
  public SelfTest selfTest() {
    return delegate.selfTest();
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return delegate.supports(transform);
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return delegate.supports(encryption, integrity);
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return delegate.supports(prf);
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return delegate.supports(method);
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return delegate.supports(algorithm);
  }

  @Override
  public boolean supportsSigning(SignatureAlgorithm algorithm) {
    return delegate.supportsSigning(algorithm);
  }

  @Override
  public Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    return delegate.signer(privateKey, algorithm);
  }

  @Override
  public int preferredWork() {
    return delegate.preferredWork();
  }

  @Override
  public void runWork(List<? extends Runnable> work) {
    delegate.runWork(work);
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    return delegate.packetKey(transform, encryption, integrity);
  }

  @Override
  public PacketWorker packetWorker() {
    return delegate.packetWorker();
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    return delegate.ikeCipher(encryption, integrity, encryptionKey, integrityKey);
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    return delegate.prf(algorithm);
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    return delegate.keyExchange(method, random);
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    return delegate.verify(algorithm, publicKey, message, signature);
  }

  @Override
  public Bytes sha1(Bytes data) {
    return delegate.sha1(data);
  }

  @Override
  public RandomSource random() {
    return delegate.random();
  }
}
