package org.ipsec4j.node.crypto;

import java.util.List;
import java.util.function.Predicate;
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
import org.ipsec4j.api.crypto.Signer;
import org.jspecify.annotations.Nullable;

/**
 * Several providers as one: whoever says yes first does it. The choice for packets happens when
 * keys are set up, never per packet.
 */
public final class ProviderChain implements CryptoProvider {
  private final List<CryptoProvider> providers;

  /**
   * @param providers at least one, the best first
   */
  public ProviderChain(List<CryptoProvider> providers) {
    if (providers.isEmpty()) {
      throw new IllegalArgumentException("a chain needs a provider");
    }
    this.providers = List.copyOf(providers);
  }

  /** The providers, the best first. */
  public List<CryptoProvider> providers() {
    return providers;
  }

  @Override
  public String name() {
    return String.join("+", providers.stream().map(CryptoProvider::name).toList());
  }

  /** The tests of all providers together. */
  @Override
  public SelfTest selfTest() {
    List<SelfTest> tests = providers.stream().map(CryptoProvider::selfTest).toList();
    return new SelfTest(
        tests.stream().mapToInt(SelfTest::vectorsRun).sum(),
        tests.stream().flatMap(test -> test.failures().stream()).toList());
  }

  private boolean any(Predicate<CryptoProvider> question) {
    return providers.stream().anyMatch(question);
  }

  private CryptoProvider first(Predicate<CryptoProvider> question, Object wanted)
      throws CryptoException {
    for (CryptoProvider provider : providers) {
      if (question.test(provider)) {
        return provider;
      }
    }
    throw new CryptoException(
        CryptoException.Culprit.PROVIDER, "no crypto provider offers " + wanted);
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return any(provider -> provider.supports(transform));
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return any(provider -> provider.supports(encryption, integrity));
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return any(provider -> provider.supports(prf));
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return any(provider -> provider.supports(method));
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return any(provider -> provider.supports(algorithm));
  }

  @Override
  public boolean supportsSigning(SignatureAlgorithm algorithm) {
    return any(provider -> provider.supportsSigning(algorithm));
  }

  @Override
  public Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    return first(provider -> provider.supportsSigning(algorithm), algorithm)
        .signer(privateKey, algorithm);
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    return first(provider -> provider.supports(transform), transform)
        .packetKey(transform, encryption, integrity);
  }

  /** A worker that hands each run of packets to the provider of their keys. */
  @Override
  public PacketWorker packetWorker() {
    return providers.size() == 1 ? providers.getFirst().packetWorker() : new Worker(providers);
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    return first(provider -> provider.supports(encryption, integrity), encryption)
        .ikeCipher(encryption, integrity, encryptionKey, integrityKey);
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    return first(provider -> provider.supports(algorithm), algorithm).prf(algorithm);
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    return first(provider -> provider.supports(method), method).keyExchange(method, random);
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    return first(provider -> provider.supports(algorithm), algorithm)
        .verify(algorithm, publicKey, message, signature);
  }

  @Override
  public Bytes sha1(Bytes data) {
    return providers.getFirst().sha1(data);
  }

  @Override
  public RandomSource random() {
    return providers.getFirst().random();
  }

  /** One worker of each provider; packets go to the provider that made their key. */
  private static final class Worker implements PacketWorker {
    private final String[] names;
    private final String[] prefixes;
    private final PacketWorker[] workers;
    private final CryptoBurst single = new CryptoBurst(1);

    Worker(List<CryptoProvider> providers) {
      this.names = providers.stream().map(CryptoProvider::name).toArray(String[]::new);
      this.prefixes = providers.stream().map(each -> each.name() + ":").toArray(String[]::new);
      this.workers =
          providers.stream().map(CryptoProvider::packetWorker).toArray(PacketWorker[]::new);
    }

    @Override
    public boolean submit(CryptoBurst burst) {
      int whole = owner(burst);
      if (whole >= 0) {
        return workers[whole].submit(burst);
      }
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        int index = ownerOf(op.key);
        if (index < 0) {
          op.status = CryptoOp.Status.FAILED;
        } else {
          submitAlone(workers[index], op);
        }
      }
      return true;
    }

    private void submitAlone(PacketWorker worker, CryptoOp op) {
      single.clear();
      CryptoOp copy = single.next();
      copy.key = op.key;
      copy.slab = op.slab;
      copy.seal = op.seal;
      copy.aadOffset = op.aadOffset;
      copy.aadLength = op.aadLength;
      copy.textOffset = op.textOffset;
      copy.textLength = op.textLength;
      copy.icvOffset = op.icvOffset;
      copy.highSequencePresent = op.highSequencePresent;
      copy.highSequence = op.highSequence;
      copy.nonceLength = op.nonceLength;
      System.arraycopy(op.nonce, 0, copy.nonce, 0, op.nonceLength);
      boolean done = worker.submit(single);
      while (!done) {
        done = worker.poll() != null;
      }
      op.status = copy.status;
      copy.key = null;
      copy.slab = null;
    }

    /** The provider whose keys all packets of the burst have, or -1. */
    private int owner(CryptoBurst burst) {
      int owner = burst.size() == 0 ? 0 : ownerOf(burst.op(0).key);
      for (int i = 1; i < burst.size(); i++) {
        if (ownerOf(burst.op(i).key) != owner) {
          return -1;
        }
      }
      return owner;
    }

    /** The key names its provider, alone or before a colon and a detail. */
    private int ownerOf(@Nullable PacketKey key) {
      int owner = -1;
      int longest = -1;
      for (int i = 0; key != null && i < names.length; i++) {
        String maker = key.provider();
        boolean fits = maker.equals(names[i]) || maker.startsWith(prefixes[i]);
        if (fits && names[i].length() > longest) {
          owner = i;
          longest = names[i].length();
        }
      }
      return owner;
    }

    @Override
    public @Nullable CryptoBurst poll() {
      for (PacketWorker worker : workers) {
        CryptoBurst done = worker.poll();
        if (done != null) {
          return done;
        }
      }
      return null;
    }

    @Override
    public int preferredBurst() {
      int best = 1;
      for (PacketWorker worker : workers) {
        best = Math.max(best, worker.preferredBurst());
      }
      return best;
    }

    @Override
    public void close() {
      for (PacketWorker worker : workers) {
        worker.close();
      }
    }
  }
}
