package org.ipsec4j.examples;

import java.util.concurrent.atomic.LongAdder;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.crypto.SignatureAlgorithm;

/**
 * A crypto provider of one's own: it counts packets and key exchanges and lets another provider do
 * the work. A provider that does the work itself has the same shape.
 *
 * <p>Its keys and workers belong together: the packet path hands a key to the worker of the
 * provider whose name the key bears, so keys are wrapped and bear ours.
 */
final class CountingCrypto implements CryptoProvider {
  private final CryptoProvider worker;
  private final LongAdder sealed = new LongAdder();
  private final LongAdder opened = new LongAdder();
  private final LongAdder keyExchanges = new LongAdder();

  CountingCrypto(CryptoProvider worker) {
    this.worker = worker;
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
    return worker.priority() + 1;
  }

  /** The other provider's vectors: what it computes is what we hand out. */
  @Override
  public SelfTest selfTest() {
    return worker.selfTest();
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
    return new CountedKey(worker.packetKey(transform, encryption, integrity));
  }

  @Override
  public PacketWorker packetWorker() {
    return new CountingWorker(worker.packetWorker());
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
    return worker.keyExchange(method, random);
  }

  // What follows is passed on as it is.

  @Override
  public boolean supports(PacketTransform transform) {
    return worker.supports(transform);
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return worker.supports(encryption, integrity);
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return worker.supports(prf);
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return worker.supports(method);
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return worker.supports(algorithm);
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    return worker.ikeCipher(encryption, integrity, encryptionKey, integrityKey);
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    return worker.prf(algorithm);
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    return worker.verify(algorithm, publicKey, message, signature);
  }

  @Override
  public Bytes sha1(Bytes data) {
    return worker.sha1(data);
  }

  @Override
  public RandomSource random() {
    return worker.random();
  }
}
