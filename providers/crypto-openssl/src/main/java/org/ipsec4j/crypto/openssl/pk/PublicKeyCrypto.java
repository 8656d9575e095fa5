package org.ipsec4j.crypto.openssl.pk;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.ffm.NativeLibrary;

/**
 * Key exchange and signatures of one libcrypto. What the library or the configuration of the
 * machine does not do is not claimed. Thread-safe.
 *
 * <p>Private values come from the given random source alone, so a seeded one repeats a run; nonces
 * of signatures come from the library. Nothing of an exchange stays in native memory between its
 * steps; a {@link Signer} holds its key there until it is destroyed or forgotten.
 */
public final class PublicKeyCrypto {
  private final LibPk lib;
  private final boolean approvedOnly;
  private final Signatures signatures;
  private final Map<KeyExchangeMethod, Optional<Group>> groups = new ConcurrentHashMap<>();
  private final Map<KeyExchangeMethod, Boolean> kems = new ConcurrentHashMap<>();
  private final Map<SignatureAlgorithm, Boolean> done = new ConcurrentHashMap<>();

  PublicKeyCrypto(LibPk lib, boolean approvedOnly) {
    this.lib = lib;
    this.approvedOnly = approvedOnly;
    this.signatures = new Signatures(lib, approvedOnly);
  }

  /**
   * Binds the functions.
   *
   * @throws NativeLibrary.MissingException when the library lacks one that all need
   */
  public static PublicKeyCrypto of(LibCrypto library) throws NativeLibrary.MissingException {
    return new PublicKeyCrypto(new LibPk(library::address), library.isFips());
  }

  /** Runs the known answers of everything that is claimed. */
  public SelfTest selfTest() {
    return new KnownAnswers(this).run();
  }

  /** Whether the library has the method. */
  public boolean supports(KeyExchangeMethod method) {
    return method.isKem() ? hasKem(method) : group(method).isPresent();
  }

  /** Whether the library signs and verifies so; tried once, the first time that it is asked. */
  public boolean supports(SignatureAlgorithm algorithm) {
    return done.computeIfAbsent(
        algorithm, each -> signatures.hashes(each) && KnownAnswers.isDone(signatures, each));
  }

  /** See {@link org.ipsec4j.api.crypto.CryptoProvider#keyExchange}. */
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    if (method.isKem() && hasKem(method)) {
      return new KemExchange(method, lib, random);
    }
    return new DiffieHellman(required(method), random);
  }

  /** See {@link org.ipsec4j.api.crypto.CryptoProvider#verify}. */
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    check(algorithm);
    return signatures.verify(algorithm, publicKey, message, signature);
  }

  /** See {@link org.ipsec4j.api.crypto.CryptoProvider#signer}. */
  public Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    check(algorithm);
    return signatures.signer(privateKey, algorithm);
  }

  private void check(SignatureAlgorithm algorithm) throws CryptoException {
    if (!supports(algorithm)) {
      throw new CryptoException(Culprit.PROVIDER, "openssl does not do " + algorithm);
    }
  }

  private Group required(KeyExchangeMethod method) throws CryptoException {
    return group(method)
        .orElseThrow(() -> new CryptoException(Culprit.PROVIDER, "openssl does not do " + method));
  }

  private boolean hasKem(KeyExchangeMethod method) {
    return kems.computeIfAbsent(method, each -> KemExchange.isDone(each, lib));
  }

  private Optional<Group> group(KeyExchangeMethod method) {
    return groups.computeIfAbsent(method, this::made);
  }

  private Optional<Group> made(KeyExchangeMethod method) {
    boolean aroundProviders =
        method != KeyExchangeMethod.X25519 && method != KeyExchangeMethod.X448;
    if (approvedOnly && aroundProviders) {
      return Optional.empty();
    }
    try {
      return Optional.of(Group.of(method, lib));
    } catch (CryptoException e) {
      return Optional.empty();
    }
  }

  Signatures signatures() {
    return signatures;
  }

  /** The secret of a private value that is known, for published vectors. */
  Secret agree(KeyExchangeMethod method, Bytes privateValue, Bytes peer) throws CryptoException {
    return DiffieHellman.agree(required(method), privateValue.toArray(), peer);
  }
}
