package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.crypto.openssl.OpenSslCryptoProvider;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.ffm.NativeLibrary.MissingException;

/** The provider with another symmetric half: a small table of contexts, or HMAC by EVP_MAC. */
final class BulkProvider extends ForwardingCryptoProvider {
  private final Bulk bulk;

  private BulkProvider(CryptoProvider delegate, Bulk bulk) {
    super(delegate);
    this.bulk = bulk;
  }

  /** Claims nothing where there is no library; tests are then skipped. */
  static CryptoProvider of(boolean stateful, int contexts) {
    CryptoProvider delegate = new OpenSslCryptoProvider();
    try {
      return new BulkProvider(delegate, new Bulk("openssl", LibCrypto.get(), stateful, contexts));
    } catch (MissingException e) {
      return delegate;
    }
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return bulk.supports(transform);
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return bulk.supports(encryption, integrity);
  }

  @Override
  public boolean supports(PrfAlgorithm algorithm) {
    return bulk.supports(algorithm);
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    return bulk.packetKey(transform, encryption, integrity);
  }

  @Override
  public PacketWorker packetWorker() {
    return bulk.packetWorker();
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    return bulk.ikeCipher(encryption, integrity, encryptionKey, integrityKey);
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    return bulk.prf(algorithm);
  }
}
