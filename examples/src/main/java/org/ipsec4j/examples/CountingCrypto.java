package org.ipsec4j.examples;

import java.util.concurrent.atomic.LongAdder;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.RandomSource;

/**
 * A crypto provider of one's own: it counts packets and key exchanges and lets another provider do
 * the work. A provider that does the work itself has the same shape.
 *
 * <p>Its keys and workers belong together: the packet path hands a key to the worker of the
 * provider whose name the key bears, so keys are wrapped and bear ours.
 */
final class CountingCrypto extends ForwardingCryptoProvider {
  private final LongAdder sealed = new LongAdder();
  private final LongAdder opened = new LongAdder();
  private final LongAdder keyExchanges = new LongAdder();

  CountingCrypto(CryptoProvider worker) {
    super(worker);
  }

  /** Packets sealed. */
  long sealed() {
    return sealed.sum();
  }

  /** Packets opened with a right ICV. */
  long opened() {
    return opened.sum();
  }

  /** Key exchanges begun. */
  long keyExchanges() {
    return keyExchanges.sum();
  }

  @Override
  public String name() {
    return "counting";
  }

  @Override
  public int priority() {
    return delegate().priority() + 1;
  }

  private record CountedKey(PacketKey key) implements PacketKey {
    @Override
    public PacketTransform transform() {
      return key.transform();
    }

    @Override
    public String provider() {
      return "counting";
    }

    @Override
    public byte[] salt() {
      return key.salt();
    }

    @Override
    public void destroy() {
      key.destroy();
    }
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    return new CountedKey(delegate().packetKey(transform, encryption, integrity));
  }

  @Override
  public PacketWorker packetWorker() {
    return new CountingWorker(delegate().packetWorker());
  }

  /** Unwraps keys for the time of a burst; allocates nothing per packet. */
  private final class CountingWorker implements PacketWorker {
    private final PacketWorker inner;

    CountingWorker(PacketWorker inner) {
      this.inner = inner;
    }

    @Override
    public boolean submit(CryptoBurst burst) {
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        if (op.key instanceof CountedKey counted) {
          op.key = counted.key();
        }
      }
      boolean done = inner.submit(burst);
      while (!done) {
        done = inner.poll() != null;
      }
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        if (op.status == CryptoOp.Status.OK) {
          (op.seal ? sealed : opened).increment();
        }
      }
      return true;
    }

    @Override
    public int preferredBurst() {
      return inner.preferredBurst();
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    keyExchanges.increment();
    return super.keyExchange(method, random);
  }
}
