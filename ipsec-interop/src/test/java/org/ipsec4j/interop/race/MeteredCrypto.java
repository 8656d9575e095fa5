package org.ipsec4j.interop.race;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.LongAdder;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;

/** Adds up the CPU time that threads spend inside cryptography; the meter itself costs, too. */
final class MeteredCrypto extends ForwardingCryptoProvider {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final LongAdder NANOS = new LongAdder();

  MeteredCrypto(CryptoProvider delegate) {
    super(delegate);
  }

  /** CPU time of all threads inside so far. */
  static long nanos() {
    return NANOS.sum();
  }

  /** A step that is measured. */
  private interface Step<T> {
    T run() throws CryptoException;
  }

  private static <T> T metered(Step<T> step) throws CryptoException {
    long before = THREADS.getCurrentThreadCpuTime();
    try {
      return step.run();
    } finally {
      NANOS.add(THREADS.getCurrentThreadCpuTime() - before);
    }
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    return metered(() -> super.packetKey(transform, encryption, integrity));
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    IkeCipher cipher =
        metered(() -> super.ikeCipher(encryption, integrity, encryptionKey, integrityKey));
    return new Cipher(cipher);
  }

  private record Cipher(IkeCipher cipher) implements IkeCipher {
    @Override
    public int ivLength() {
      return cipher.ivLength();
    }

    @Override
    public int icvLength() {
      return cipher.icvLength();
    }

    @Override
    public int blockLength() {
      return cipher.blockLength();
    }

    @Override
    public void seal(byte[] message, int ivOffset) throws CryptoException {
      metered(
          () -> {
            cipher.seal(message, ivOffset);
            return message;
          });
    }

    @Override
    public boolean open(byte[] message, int ivOffset) {
      try {
        return metered(() -> cipher.open(message, ivOffset));
      } catch (CryptoException e) {
        throw new IllegalStateException("opening reports by its result", e);
      }
    }

    @Override
    public void destroy() {
      cipher.destroy();
    }
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    return new MeteredPrf(super.prf(algorithm));
  }

  private record MeteredPrf(Prf prf) implements Prf {
    @Override
    public PrfAlgorithm algorithm() {
      return prf.algorithm();
    }

    @Override
    public Secret compute(Secret key, Secret data) throws CryptoException {
      return metered(() -> prf.compute(key, data));
    }

    @Override
    public Secret expand(Secret key, Secret seed, int length) throws CryptoException {
      return metered(() -> prf.expand(key, seed, length));
    }
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    return new MeteredExchange(super.keyExchange(method, random));
  }

  private record MeteredExchange(KeyExchange exchange) implements KeyExchange {
    @Override
    public KeyExchangeMethod method() {
      return exchange.method();
    }

    @Override
    public Initiation initiate() throws CryptoException {
      return metered(exchange::initiate);
    }

    @Override
    public Answer respond(Bytes peerValue) throws CryptoException {
      return metered(() -> exchange.respond(peerValue));
    }
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    return metered(() -> super.verify(algorithm, publicKey, message, signature));
  }

  @Override
  public Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    return new MeteredSigner(super.signer(privateKey, algorithm));
  }

  private record MeteredSigner(Signer signer) implements Signer {
    @Override
    public Bytes sign(Bytes message) throws CryptoException {
      return metered(() -> signer.sign(message));
    }

    @Override
    public void destroy() {
      signer.destroy();
    }
  }
}
