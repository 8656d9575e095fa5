package org.ipsec4j.node.crypto;

import java.util.List;
import java.util.function.Predicate;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
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

/**
 * Several providers as one: whoever says yes first does it, and when its set-up fails the next one
 * is asked. The choice for packets happens when keys are set up, never per packet.
 */
public final class ProviderChain implements CryptoProvider {
  private final List<CryptoProvider> providers;
  private final CryptoRanking ranking;

  /** One step of set-up with one provider. */
  private interface SetUp<T> {
    T with(CryptoProvider provider) throws CryptoException;
  }

  /**
   * @param providers at least one, the best first
   */
  public ProviderChain(List<CryptoProvider> providers) {
    this(providers, CryptoRanking.NONE);
  }

  /**
   * @param providers at least one, the best first
   * @param ranking which is best for the packets of a transform, as far as that was measured
   */
  public ProviderChain(List<CryptoProvider> providers, CryptoRanking ranking) {
    if (providers.isEmpty()) {
      throw new IllegalArgumentException("a chain needs a provider");
    }
    this.providers = List.copyOf(providers);
    this.ranking = ranking;
  }

  /** Whether a key that names {@code maker} is of the provider {@code name}, or of a detail. */
  static boolean made(String maker, String name) {
    return maker.equals(name)
        || (maker.length() > name.length()
            && maker.charAt(name.length()) == ':'
            && maker.startsWith(name));
  }

  /** What was measured. */
  public CryptoRanking ranking() {
    return ranking;
  }

  /** The providers that protect packets so, the best first. */
  public List<CryptoProvider> ranked(PacketTransform transform) {
    List<CryptoProvider> able =
        providers.stream().filter(provider -> provider.supports(transform)).toList();
    return ranking.sort(transform, able);
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

  /**
   * Sets something up with the first provider that says yes. One that fails by itself, and not for
   * what it was given, leaves it to the next.
   */
  private <T> T first(Predicate<CryptoProvider> question, Object wanted, SetUp<T> setUp)
      throws CryptoException {
    CryptoException failure = null;
    for (CryptoProvider provider : providers) {
      if (question.test(provider)) {
        try {
          return setUp.with(provider);
        } catch (CryptoException e) {
          if (e.culprit() != CryptoException.Culprit.PROVIDER) {
            throw e;
          }
          failure = failure == null ? e : failure;
        }
      }
    }
    throw failure != null
        ? failure
        : new CryptoException(
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
    return first(
        provider -> provider.supportsSigning(algorithm),
        algorithm,
        provider -> provider.signer(privateKey, algorithm));
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    CryptoException failure = null;
    for (CryptoProvider provider : ranked(transform)) {
      try {
        return provider.packetKey(transform, encryption, integrity);
      } catch (CryptoException e) {
        failure = failure == null ? e : failure;
      }
    }
    throw failure != null
        ? failure
        : new CryptoException(
            CryptoException.Culprit.PROVIDER, "no crypto provider offers " + transform);
  }

  /** A worker that hands each run of packets to the provider of their keys. */
  @Override
  public PacketWorker packetWorker() {
    return providers.size() == 1 ? providers.getFirst().packetWorker() : new ChainWorker(providers);
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    return first(
        provider -> provider.supports(encryption, integrity),
        encryption,
        provider -> provider.ikeCipher(encryption, integrity, encryptionKey, integrityKey));
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    return first(
        provider -> provider.supports(algorithm), algorithm, provider -> provider.prf(algorithm));
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    return first(
        provider -> provider.supports(method),
        method,
        provider -> provider.keyExchange(method, random));
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    return first(
        provider -> provider.supports(algorithm),
        algorithm,
        provider -> provider.verify(algorithm, publicKey, message, signature));
  }

  /** The first provider for IKE: one that is for packets alone has neither hash nor generator. */
  private CryptoProvider forIke() {
    for (CryptoProvider provider : providers) {
      for (PrfAlgorithm algorithm : PrfAlgorithm.values()) {
        if (provider.supports(algorithm)) {
          return provider;
        }
      }
    }
    return providers.getFirst();
  }

  @Override
  public Bytes sha1(Bytes data) {
    return forIke().sha1(data);
  }

  @Override
  public RandomSource random() {
    return forIke().random();
  }

  /** Who likes the largest batches of slow steps gets them all. */
  private CryptoProvider batcher() {
    CryptoProvider most = providers.getFirst();
    for (CryptoProvider provider : providers) {
      if (provider.preferredWork() > most.preferredWork()) {
        most = provider;
      }
    }
    return most;
  }

  @Override
  public int preferredWork() {
    return batcher().preferredWork();
  }

  @Override
  public void runWork(List<? extends Runnable> work) {
    batcher().runWork(work);
  }
}
