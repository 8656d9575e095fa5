package org.ipsec4j.benchmarks;

import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;

/**
 * Calls every packet right and changes nothing, for every transform with its true lengths of IV,
 * block and ICV. It allocates nothing, so that what is measured is the packet path alone.
 */
final class UnsealedCrypto extends ForwardingCryptoProvider {
  private static final String NAME = "unsealed";

  UnsealedCrypto() {
    super(new JcaCryptoProvider());
  }

  private record Key(PacketTransform transform) implements PacketKey {
    @Override
    public String provider() {
      return NAME;
    }

    @Override
    public byte[] salt() {
      return new byte[transform.encryption().algorithm().saltLength()];
    }

    @Override
    public void destroy() {}
  }

  private static final class Worker implements PacketWorker {
    @Override
    public boolean submit(CryptoBurst burst) {
      for (int i = 0; i < burst.size(); i++) {
        burst.op(i).status = CryptoOp.Status.OK;
      }
      return true;
    }

    @Override
    public void close() {}
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return true;
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity) {
    return new Key(transform);
  }

  @Override
  public PacketWorker packetWorker() {
    return new Worker();
  }
}
