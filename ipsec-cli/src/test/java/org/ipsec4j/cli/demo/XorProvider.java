package org.ipsec4j.cli.demo;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;

/** A fraud: it negotiates honestly and "encrypts" packets by XOR with one octet. */
final class XorProvider extends ForwardingCryptoProvider {
  private final byte pad;

  XorProvider(byte pad) {
    super(new JcaCryptoProvider());
    this.pad = pad;
  }

  private record Key(PacketTransform transform) implements PacketKey {
    @Override
    public String provider() {
      return "xor";
    }

    @Override
    public byte[] salt() {
      return new byte[4];
    }

    @Override
    public void destroy() {}
  }

  private final class Worker implements PacketWorker {
    @Override
    public boolean submit(CryptoBurst burst) {
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        ByteBuffer slab = Objects.requireNonNull(op.slab);
        for (int at = op.textOffset; at < op.textOffset + op.textLength; at++) {
          slab.put(at, (byte) (slab.get(at) ^ pad));
        }
        if (op.seal) {
          slab.put(op.icvOffset, new byte[16]);
        }
        op.status = CryptoOp.Status.OK;
      }
      return true;
    }

    @Override
    public void close() {}
  }

  @Override
  public String name() {
    return "xor";
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
