package org.ipsec4j.crypto.jca;

import java.security.DrbgParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
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
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * Cryptography by JCA providers.
 *
 * <p>Made by {@link #JcaCryptoProvider()} it takes the JVM's providers in the JVM's order and
 * Bouncy Castle for what they lack (AES-GCM with a short ICV, Camellia, CAST-128, Brainpool
 * curves); Bouncy Castle is not registered in the JVM, is not loaded before something needs it, and
 * must then give the known answers of that algorithm before it is claimed. Made by {@link #using}
 * it takes exactly the providers that are named: a PKCS#11 token, a FIPS module, an accelerator.
 *
 * <p>Key exchange: private values come from the given random source alone, as far as the JCA
 * provider uses the generator that it is given; those of the JDK and Bouncy Castle do, so a seeded
 * source repeats a run on the same version of Java.
 *
 * <p>JCA's ciphers keep copies of their keys that cannot be wiped; they are let go when the key or
 * the worker is destroyed. Thread-safe.
 */
public final class JcaCryptoProvider implements CryptoProvider {
  private final String name;
  private final JcaServices services;
  private final Ciphers ciphers;
  private final SignatureVerifier verifier;
  private final SecureRandom generator;
  private final Map<KeyExchangeMethod, Optional<Group>> groups = new ConcurrentHashMap<>();
  private final boolean mayStandIn;
  private final Map<String, Boolean> provenStandIns = new ConcurrentHashMap<>();

  /** The JVM's providers, then Bouncy Castle. Named {@code jca}. */
  public JcaCryptoProvider() {
    this("jca", List.of(), true);
  }

  private JcaCryptoProvider(String name, List<Provider> named, boolean mayStandIn) {
    this.name = name;
    this.mayStandIn = mayStandIn;
    services = new JcaServices(named);
    ciphers = new Ciphers(services);
    verifier = new SignatureVerifier(services);
    generator = strongGenerator(named);
  }

  /**
   * Only these JCA providers, asked in this order; they need not be registered in the JVM.
   *
   * @param inOrder at least one
   * @throws IllegalArgumentException when none is given
   */
  public static JcaCryptoProvider using(Provider... inOrder) {
    if (inOrder.length == 0) {
      throw new IllegalArgumentException("name at least one JCA provider");
    }
    List<Provider> named = List.of(inOrder);
    return new JcaCryptoProvider(
        "jca:" + String.join("+", named.stream().map(Provider::getName).toList()), named, false);
  }

  /**
   * Only the JCA providers that are registered in the JVM under these names, asked in this order.
   *
   * @param inOrder at least one name, such as {@code SunJCE}
   * @throws IllegalArgumentException when one is not registered; the message lists those that are
   */
  public static JcaCryptoProvider using(String... inOrder) {
    List<Provider> named = new ArrayList<>();
    for (String wanted : inOrder) {
      Provider provider = Security.getProvider(wanted);
      if (provider == null) {
        List<String> there =
            List.of(Security.getProviders()).stream().map(Provider::getName).toList();
        throw new IllegalArgumentException(
            "no JCA provider is called " + wanted + "; there are " + String.join(", ", there));
      }
      named.add(provider);
    }
    return using(named.toArray(new Provider[0]));
  }

  private static SecureRandom strongGenerator(List<Provider> named) {
    for (Provider provider : named) {
      for (Provider.Service service : provider.getServices()) {
        if (service.getType().equals("SecureRandom")) {
          try {
            return SecureRandom.getInstance(service.getAlgorithm(), provider);
          } catch (NoSuchAlgorithmException e) {
            // Listed but not offered: the next one.
          }
        }
      }
    }
    try {
      return SecureRandom.getInstance(
          "DRBG", DrbgParameters.instantiation(256, DrbgParameters.Capability.RESEED_ONLY, null));
    } catch (GeneralSecurityException e) {
      return new SecureRandom();
    }
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * {@inheritDoc}
   *
   * <p>What only Bouncy Castle does is tested when it is first asked for: loading it would take
   * longer than all these vectors.
   */
  @Override
  public SelfTest selfTest() {
    SelfTest outcome = new KnownAnswers(this).run(this::isOwn);
    // SHA-1 for NAT detection is always there and makes no provider.
    return outcome.vectorsRun() > 1
        ? outcome
        : new SelfTest(outcome.vectorsRun(), List.of(name + " offers no known algorithm"));
  }

  /** Whether the vector is for an algorithm that the first choice of providers has. */
  private boolean isOwn(KnownAnswers.Vector vector) {
    String algorithm = vector.name(1);
    return switch (vector.name(0)) {
      case "packet" -> protects(vector.transform());
      case "ike" -> protects(vector.encryption(1), vector.integrity(3));
      case "prf", "prfplus" -> ciphers.does(PrfAlgorithm.valueOf(algorithm));
      case "exchange" -> group(KeyExchangeMethod.valueOf(algorithm)).isPresent();
      case "verify" -> verifier.does(SignatureAlgorithm.valueOf(algorithm));
      default -> true;
    };
  }

  /**
   * Bouncy Castle, when it knows the algorithm, is there, claims it and gives the right answers.
   */
  private @Nullable JcaCryptoProvider standIn(
      List<String> algorithms, boolean known, Predicate<JcaCryptoProvider> claims) {
    if (!mayStandIn || !known) {
      return null;
    }
    JcaCryptoProvider candidate = BouncyCastle.PROVIDER;
    if (candidate == null || !claims.test(candidate)) {
      return null;
    }
    return algorithms.stream().allMatch(algorithm -> proven(candidate, algorithm))
        ? candidate
        : null;
  }

  private boolean proven(JcaCryptoProvider candidate, String algorithm) {
    return provenStandIns.computeIfAbsent(
        algorithm,
        name -> new KnownAnswers(candidate).run(vector -> vector.names().contains(name)).passed());
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return protects(transform) || standIn(transform) != null;
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return protects(encryption, integrity) || standIn(encryption, integrity) != null;
  }

  private @Nullable JcaCryptoProvider standIn(PacketTransform transform) {
    return standIn(
        List.of(transform.encryption().algorithm().name(), transform.integrity().name()),
        sensible(transform),
        other -> other.supports(transform));
  }

  private @Nullable JcaCryptoProvider standIn(
      EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return standIn(
        List.of(encryption.algorithm().name(), integrity.name()),
        sensible(encryption.algorithm(), integrity),
        other -> other.supports(encryption, integrity));
  }

  /** Whether packets may be protected so at all; AES-GMAC beside NULL is for AH alone. */
  private static boolean sensible(PacketTransform transform) {
    return transform.protocol() == SecurityProtocol.AH || !transform.integrity().isGmac();
  }

  /** Whether IKE messages may be protected so at all. */
  private static boolean sensible(EncryptionAlgorithm algorithm, IntegrityAlgorithm integrity) {
    return Names.mayProtectIke(algorithm)
        && !integrity.isGmac()
        && algorithm.isAead() == (integrity == IntegrityAlgorithm.NONE);
  }

  private boolean protects(PacketTransform transform) {
    EncryptionAlgorithm algorithm = transform.encryption().algorithm();
    return sensible(transform)
        && (algorithm == EncryptionAlgorithm.NULL || ciphers.does(algorithm))
        && (algorithm.isAead() || ciphers.does(transform.integrity()));
  }

  private boolean protects(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    EncryptionAlgorithm algorithm = encryption.algorithm();
    return sensible(algorithm, integrity)
        && ciphers.does(algorithm)
        && (algorithm.isAead() || ciphers.does(integrity));
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return ciphers.does(prf);
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return group(method).isPresent() || standIn(method) != null;
  }

  private @Nullable JcaCryptoProvider standIn(KeyExchangeMethod method) {
    return standIn(List.of(method.name()), Group.knows(method), other -> other.supports(method));
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return verifier.does(algorithm);
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    if (!protects(transform)) {
      JcaCryptoProvider other = standIn(transform);
      if (other == null) {
        throw new CryptoException(Culprit.PROVIDER, name + " does not do " + transform);
      }
      return other.packetKey(transform, encryption, integrity);
    }
    checkLengths(transform.encryption(), transform.integrity(), encryption, integrity);
    return new JcaPacketKey(transform, name, ciphers, encryption, integrity);
  }

  @Override
  public PacketWorker packetWorker() {
    return new JcaPacketWorker();
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    if (!protects(encryption, integrity)) {
      JcaCryptoProvider other = standIn(encryption, integrity);
      if (other == null) {
        throw new CryptoException(
            Culprit.PROVIDER, name + " does not do " + encryption + " with " + integrity);
      }
      return other.ikeCipher(encryption, integrity, encryptionKey, integrityKey);
    }
    checkLengths(encryption, integrity, encryptionKey, integrityKey);
    try {
      return Names.isCcm(encryption.algorithm())
          ? new CcmIkeCipher(ciphers, encryption, encryptionKey)
          : new JcaIkeCipher(ciphers, encryption, integrity, encryptionKey, integrityKey);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new CryptoException(
          Culprit.PROVIDER, encryption + " failed with " + e.getClass().getSimpleName());
    }
  }

  private static void checkLengths(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    if (encryptionKey.length() != encryption.keyingMaterialLength()) {
      throw new CryptoException(
          Culprit.LOCAL_KEY,
          encryption
              + " takes "
              + encryption.keyingMaterialLength()
              + " octets of key and salt, not "
              + encryptionKey.length());
    }
    if (integrityKey.length() != integrity.keyLength()) {
      throw new CryptoException(
          Culprit.LOCAL_KEY,
          integrity
              + " takes a key of "
              + integrity.keyLength()
              + " octets, not "
              + integrityKey.length());
    }
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    if (!supports(algorithm)) {
      throw new CryptoException(Culprit.PROVIDER, name + " does not do " + algorithm);
    }
    return new JcaPrf(ciphers, algorithm);
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    Optional<Group> own = group(method);
    if (own.isPresent()) {
      return new JcaKeyExchange(own.get(), random);
    }
    JcaCryptoProvider other = standIn(method);
    if (other == null) {
      throw new CryptoException(Culprit.PROVIDER, name + " does not do " + method);
    }
    return other.keyExchange(method, random);
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    return verifier.verify(algorithm, publicKey, message, signature);
  }

  @Override
  public Bytes sha1(Bytes data) {
    try {
      // Not for security, so a named token without SHA-1 does no harm.
      boolean offered =
          services
              .providerOf("SHA-1", provider -> MessageDigest.getInstance("SHA-1", provider))
              .isPresent();
      MessageDigest digest =
          offered
              ? services.make("SHA-1", provider -> MessageDigest.getInstance("SHA-1", provider))
              : MessageDigest.getInstance("SHA-1");
      return Bytes.copyOf(digest.digest(data.toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  @Override
  public RandomSource random() {
    return generator::nextBytes;
  }

  /** The group of a method, for known answers too. */
  Optional<Group> group(KeyExchangeMethod method) {
    Optional<Group> known = groups.get(method);
    if (known == null) {
      known =
          services
              .providerOf(method.name(), provider -> Group.of(method, provider))
              .flatMap(provider -> made(method, provider));
      groups.put(method, known);
    }
    return known;
  }

  private static Optional<Group> made(KeyExchangeMethod method, Provider provider) {
    try {
      return Optional.of(Group.of(method, provider));
    } catch (GeneralSecurityException | RuntimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** Loaded on first use: it costs more time than everything else here together. */
  private static final class BouncyCastle {
    static final @Nullable JcaCryptoProvider PROVIDER = load();

    private static @Nullable JcaCryptoProvider load() {
      try {
        return new JcaCryptoProvider("jca:BC", List.of(new BouncyCastleProvider()), false);
      } catch (LinkageError e) {
        // Left out by whoever assembled the class path: then the JVM's algorithms are all.
        return null;
      }
    }
  }
}
