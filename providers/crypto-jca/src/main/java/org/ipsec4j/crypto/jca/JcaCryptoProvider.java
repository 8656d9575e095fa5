package org.ipsec4j.crypto.jca;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
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
import org.ipsec4j.api.crypto.Signer;
import org.jspecify.annotations.Nullable;

/**
 * Cryptography by JCA providers.
 *
 * <p>Made by {@link #JcaCryptoProvider()} it takes the JVM's providers in the JVM's order and
 * Bouncy Castle for what they lack (AES-GCM with a short ICV, Camellia, CAST-128, Brainpool
 * curves); Bouncy Castle is not registered in the JVM and is not loaded before something needs it.
 * Made by {@link #using}, {@link #builder} or {@link #configured} it takes exactly the providers
 * that are named: a PKCS#11 token, a FIPS module, an accelerator.
 *
 * <p>Each algorithm is done by the first provider that has it and gives its known answers; they are
 * asked when the algorithm is first asked for. Who was passed over and why is in {@link #skipped};
 * who does it is in {@link PacketKey#provider()}, such as {@code jca:SunJCE}.
 *
 * <p>Key exchange: private values come from the given random source alone, as far as the JCA
 * provider uses the generator that it is given; those of the JDK and Bouncy Castle do, so a seeded
 * source repeats a run on the same version of Java. Conscrypt, AmazonCorrettoCryptoProvider and
 * tokens have generators of their own.
 *
 * <p>JCA's ciphers keep copies of their keys that cannot be wiped; they are let go when the key or
 * the worker is destroyed. Thread-safe.
 */
public final class JcaCryptoProvider implements CryptoProvider {
  private static final String NAME = "jca";

  private final String name;
  private final List<Provider> named;

  /** The first choice alone: without what is asked only when all others lack something. */
  private final JcaServices own;

  private final JcaServices services;
  private final Ciphers ciphers;
  private final Ciphers ownCiphers;
  private final SignatureVerifier verifier;
  private final JcaSigners signers;
  private final Map<KeyExchangeMethod, Optional<Group>> groups = new ConcurrentHashMap<>();
  private final Map<PacketTransform, String> labels = new ConcurrentHashMap<>();
  private final StrongRandom generator;

  /** The JVM's providers, then Bouncy Castle. Named {@code jca}. */
  public JcaCryptoProvider() {
    this(NAME, List.of(), true);
  }

  private JcaCryptoProvider(String name, List<Provider> named, boolean bouncyCastleLast) {
    this.name = name;
    this.named = named;
    JcaServices.Search search =
        new JcaServices.Search(
            named.isEmpty() ? () -> List.of(Security.getProviders()) : () -> named,
            JcaCryptoProvider::fault);
    own = search;
    services =
        bouncyCastleLast ? new JcaServices.Chain(search, () -> BouncyCastle.SERVICES) : search;
    search.proveWithin(services);
    ciphers = new Ciphers(services);
    ownCiphers = new Ciphers(own);
    verifier = new SignatureVerifier(services);
    signers = new JcaSigners(services);
    generator = new StrongRandom(named);
  }

  /** For one proof. */
  private JcaCryptoProvider(JcaServices services) {
    name = NAME;
    named = List.of();
    this.services = services;
    own = services;
    ciphers = new Ciphers(services);
    ownCiphers = ciphers;
    verifier = new SignatureVerifier(services);
    signers = new JcaSigners(services);
    generator = new StrongRandom(named);
  }

  /** What is wrong with the provider that the services have for an algorithm; null when nothing. */
  private static @Nullable String fault(String algorithm, JcaServices services) {
    SelfTest outcome =
        new KnownAnswers(new JcaCryptoProvider(services))
            .run(vector -> vector.proves(algorithm), vector -> false);
    if (outcome.vectorsRun() == 0) {
      return "no known answer can be asked of it";
    }
    return outcome.passed() ? null : outcome.failures().getFirst();
  }

  /**
   * Only these JCA providers, asked in this order; they need not be registered in the JVM.
   *
   * @param inOrder at least one
   * @throws IllegalArgumentException when none is given
   */
  public static JcaCryptoProvider using(Provider... inOrder) {
    Builder builder = builder();
    for (Provider provider : inOrder) {
      builder.provider(provider);
    }
    return builder.build();
  }

  /**
   * Only the JCA providers of these names, asked in this order: those that are registered in the
   * JVM, {@code BC}, {@code AmazonCorrettoCryptoProvider} and {@code Conscrypt} when they are on
   * the class path, or the name of a provider's class.
   *
   * @param inOrder at least one name, such as {@code SunJCE}
   * @throws IllegalArgumentException when one is not there; the message lists those that are
   */
  public static JcaCryptoProvider using(String... inOrder) {
    Builder builder = builder();
    for (String wanted : inOrder) {
      try {
        builder.named(wanted);
      } catch (CryptoException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
    return builder.build();
  }

  /** Begins a list of JCA providers. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects JCA providers in the order in which they are asked. Not thread-safe. */
  public static final class Builder {
    private final List<Provider> providers = new ArrayList<>();
    private boolean bouncyCastleLast;

    private Builder() {}

    /** Adds a provider, which need not be registered in the JVM. */
    public Builder provider(Provider provider) {
      providers.add(provider);
      return this;
    }

    /**
     * Adds the provider of a name; see {@link JcaCryptoProvider#using(String...)}.
     *
     * @throws CryptoException when there is none; the message says what there is
     */
    public Builder named(String providerName) throws CryptoException {
      return provider(JcaProviders.named(providerName));
    }

    /**
     * Adds a PKCS #11 token.
     *
     * @param configuration file of the JDK's SunPKCS11
     * @param pin asked once, while this runs; null when the token needs no login
     * @throws CryptoException when there is no token, or it refuses the PIN
     */
    public Builder token(Path configuration, @Nullable Supplier<Secret> pin)
        throws CryptoException {
      Secret secret = pin == null ? null : pin.get();
      try {
        return provider(Pkcs11Token.of(configuration, secret));
      } finally {
        if (secret != null) {
          secret.destroy();
        }
      }
    }

    /** Has Bouncy Castle do what all others lack; it is loaded when something needs it. */
    public Builder bouncyCastleLast() {
      bouncyCastleLast = true;
      return this;
    }

    /**
     * The provider, named {@code jca:} and the names of the JCA providers with commas between.
     *
     * @throws IllegalArgumentException when none was given
     */
    public JcaCryptoProvider build() {
      return build(String.join(",", providers.stream().map(Provider::getName).toList()));
    }

    private JcaCryptoProvider build(String detail) {
      if (providers.isEmpty()) {
        throw new IllegalArgumentException("name at least one JCA provider");
      }
      return new JcaCryptoProvider(NAME + ":" + detail, List.copyOf(providers), bouncyCastleLast);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The detail is a list of names with commas between, such as {@code Conscrypt,SunJCE}; see
   * {@link #using(String...)}. {@code SunPKCS11=FILE} is the token of a configuration file of
   * SunPKCS11, {@code SunPKCS11=FILE?pin-file=FILE} the same with its PIN in the first line of
   * another file. Nothing but these is used: {@code BC} must be named to be used too.
   */
  @Override
  public CryptoProvider configured(String detail) throws CryptoException {
    Builder builder = builder();
    JcaProviders.ofDetail(detail).forEach(builder::provider);
    return builder.build(detail);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String version() {
    return named.isEmpty()
        ? "Java " + Runtime.version()
        : String.join(
            ", ",
            named.stream()
                .map(provider -> provider.getName() + " " + provider.getVersionStr())
                .toList());
  }

  /**
   * The algorithms for which a JCA provider was passed over although it lists them, as far as they
   * were asked for: it failed, gave wrong answers, or does not take our lengths. For monitors.
   */
  public List<SkippedAlgorithm> skipped() {
    return services.skipped();
  }

  /**
   * {@inheritDoc}
   *
   * <p>What only Bouncy Castle does is tested when it is first asked for: loading it would take
   * longer than all these vectors.
   */
  @Override
  public SelfTest selfTest() {
    SelfTest outcome = new KnownAnswers(this).run(this::isOwn, KnownAnswers.Vector::standsAlone);
    // SHA-1 for NAT detection is always there and makes no provider.
    if (outcome.vectorsRun() > 1) {
      return outcome;
    }
    List<String> failures = new ArrayList<>();
    failures.add(name + " offers no algorithm that gives its known answers");
    skipped().forEach(skipped -> failures.add(skipped.toString()));
    return new SelfTest(outcome.vectorsRun(), failures);
  }

  /** Whether the vector is for an algorithm that the first choice of providers has. */
  private boolean isOwn(KnownAnswers.Vector vector) {
    String algorithm = vector.name(1);
    return switch (vector.name(0)) {
      case "packet" -> protects(ownCiphers, vector.transform());
      case "ike" -> protects(ownCiphers, vector.encryption(1), vector.integrity(3));
      case "prf", "prfplus" -> ownCiphers.does(PrfAlgorithm.valueOf(algorithm));
      case "exchange" ->
          own.providerOf(algorithm, trial(KeyExchangeMethod.valueOf(algorithm))).isPresent();
      case "kem" -> KemExchange.find(KeyExchangeMethod.valueOf(algorithm), own) != null;
      case "verify" -> new SignatureVerifier(own).does(SignatureAlgorithm.valueOf(algorithm));
      default -> true;
    };
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return protects(ciphers, transform);
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return protects(ciphers, encryption, integrity);
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

  private static boolean protects(Ciphers ciphers, PacketTransform transform) {
    EncryptionAlgorithm algorithm = transform.encryption().algorithm();
    return sensible(transform)
        && (algorithm == EncryptionAlgorithm.NULL || ciphers.does(transform.encryption()))
        && (algorithm.isAead() || ciphers.does(transform.integrity()));
  }

  private static boolean protects(
      Ciphers ciphers, EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    EncryptionAlgorithm algorithm = encryption.algorithm();
    return sensible(algorithm, integrity)
        && ciphers.does(encryption)
        && (algorithm.isAead() || ciphers.does(integrity));
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return ciphers.does(prf);
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return group(method).isPresent() || KemExchange.find(method, services) != null;
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return verifier.does(algorithm);
  }

  @Override
  public boolean supportsSigning(SignatureAlgorithm algorithm) {
    return signers.does(algorithm);
  }

  @Override
  public Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    return signers.signer(privateKey, algorithm);
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    if (!supports(transform)) {
      throw notDone(transform.toString());
    }
    KeyLengths.check(transform.encryption(), transform.integrity(), encryption, integrity);
    try {
      return new JcaPacketKey(transform, label(transform), ciphers, encryption, integrity);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new CryptoException(
          Culprit.PROVIDER, transform + " failed with " + SkippedAlgorithm.cause(e));
    }
  }

  /** Names a key's provider; one string for all keys of a transform. */
  private String label(PacketTransform transform) {
    return labels.computeIfAbsent(
        transform,
        asked -> {
          if (named.size() == 1 && services == own) {
            return name;
          }
          List<Provider> providers = ciphers.providersOf(asked);
          return name + ":" + String.join("+", providers.stream().map(Provider::getName).toList());
        });
  }

  /** Why something is not done, by those who list it. */
  private CryptoException notDone(String what) {
    StringBuilder text = new StringBuilder(name + " does not do " + what);
    for (SkippedAlgorithm skipped : skipped()) {
      if (what.contains(skipped.algorithm())) {
        text.append("; ").append(skipped);
      }
    }
    return new CryptoException(Culprit.PROVIDER, text.toString());
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
    if (!supports(encryption, integrity)) {
      throw notDone(encryption + " with " + integrity);
    }
    KeyLengths.check(encryption, integrity, encryptionKey, integrityKey);
    try {
      return Names.isCcm(encryption.algorithm())
          ? new CcmIkeCipher(ciphers, encryption, encryptionKey)
          : new JcaIkeCipher(ciphers, encryption, integrity, encryptionKey, integrityKey);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new CryptoException(
          Culprit.PROVIDER, encryption + " failed with " + SkippedAlgorithm.cause(e));
    }
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    if (!supports(algorithm)) {
      throw notDone(algorithm.toString());
    }
    return new JcaPrf(ciphers, algorithm);
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    Kem kem = KemExchange.find(method, services);
    if (kem != null) {
      return new KemExchange(kem, random);
    }
    return new JcaKeyExchange(group(method).orElseThrow(() -> notDone(method.toString())), random);
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
              .providerOf(Names.SHA1, provider -> MessageDigest.getInstance("SHA-1", provider))
              .isPresent();
      MessageDigest digest =
          offered
              ? services.make(Names.SHA1, provider -> MessageDigest.getInstance("SHA-1", provider))
              : MessageDigest.getInstance("SHA-1");
      return Bytes.copyOf(digest.digest(data.toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  @Override
  public RandomSource random() {
    return generator;
  }

  /** The group of a method, for known answers too. */
  Optional<Group> group(KeyExchangeMethod method) {
    Optional<Group> known = groups.get(method);
    if (known == null) {
      known =
          Group.knows(method)
              ? services
                  .providerOf(method.name(), trial(method))
                  .flatMap(provider -> made(method, provider))
              : Optional.empty();
      groups.put(method, known);
    }
    return known;
  }

  private static JcaServices.Use<Group> trial(KeyExchangeMethod method) {
    return provider -> Group.of(method, provider);
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
    static final JcaServices SERVICES =
        new JcaServices.Search(BouncyCastle::load, JcaCryptoProvider::fault);

    private static final List<Provider> LOADED = loaded();

    private static List<Provider> load() {
      return LOADED;
    }

    private static List<Provider> loaded() {
      try {
        return List.of(JcaProviders.named(JcaProviders.BOUNCY_CASTLE));
      } catch (CryptoException | LinkageError e) {
        // Left out by whoever assembled the class path: then the JVM's algorithms are all.
        return List.of();
      }
    }
  }
}
