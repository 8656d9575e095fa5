package org.ipsec4j.crypto.openssl;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
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
import org.ipsec4j.crypto.openssl.bulk.Bulk;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.crypto.openssl.pk.PublicKeyCrypto;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.jspecify.annotations.Nullable;

/**
 * Cryptography by the libcrypto of the machine, OpenSSL 3.0 or later: whichever version is there,
 * with what it offers. Named {@code openssl}. Thread-safe.
 *
 * <p>Where there is none it claims nothing, and {@link #selfTest()} says why and what to install.
 * The system property {@value LibCrypto#PROPERTY} names another library than the machine's.
 */
public final class OpenSslCryptoProvider implements CryptoProvider {
  private static final String NAME = "openssl";
  private static final int PRIORITY = 20;

  private final @Nullable LibCrypto library;
  private final @Nullable Bulk bulk;
  private final @Nullable PublicKeyCrypto keys;
  private final String reason;

  /** The machine's library; never fails, see {@link #selfTest()}. */
  public OpenSslCryptoProvider() {
    LibCrypto found = null;
    Bulk packets = null;
    String missing = "";
    try {
      found = LibCrypto.get();
      packets = Bulk.of(NAME, found);
    } catch (MissingException e) {
      found = null;
      missing = String.valueOf(e.getMessage());
    }
    library = found;
    bulk = packets;
    keys = found == null ? null : keys(found);
    reason = missing;
  }

  /** A provider without a library, for tests. */
  OpenSslCryptoProvider(MissingException missing) {
    library = null;
    bulk = null;
    keys = null;
    reason = String.valueOf(missing.getMessage());
  }

  /** A library that was built without curves, say, still protects packets. */
  private static @Nullable PublicKeyCrypto keys(LibCrypto library) {
    try {
      return PublicKeyCrypto.of(library);
    } catch (MissingException e) {
      return null;
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return library == null ? "" : library.version();
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public SelfTest selfTest() {
    if (bulk == null) {
      return new SelfTest(0, List.of(reason));
    }
    SelfTest ofPackets = new KnownAnswers(this).run();
    SelfTest ofKeys = keys == null ? new SelfTest(0, List.of()) : keys.selfTest();
    List<String> failures = new ArrayList<>(ofPackets.failures());
    failures.addAll(ofKeys.failures());
    return new SelfTest(ofPackets.vectorsRun() + ofKeys.vectorsRun(), failures);
  }

  private PublicKeyCrypto presentKeys(Object wanted) throws CryptoException {
    present();
    if (keys == null) {
      throw new CryptoException(Culprit.PROVIDER, NAME + " does not do " + wanted);
    }
    return keys;
  }

  private Bulk present() throws CryptoException {
    if (bulk == null) {
      throw new CryptoException(Culprit.PROVIDER, reason);
    }
    return bulk;
  }

  private Bulk presentOrFail() {
    if (bulk == null) {
      throw new IllegalStateException(reason);
    }
    return bulk;
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return bulk != null && bulk.supports(transform);
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return bulk != null && bulk.supports(encryption, integrity);
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return bulk != null && bulk.supports(prf);
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return keys != null && keys.supports(method);
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return keys != null && keys.supports(algorithm);
  }

  @Override
  public boolean supportsSigning(SignatureAlgorithm algorithm) {
    return supports(algorithm);
  }

  @Override
  public Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    return presentKeys(algorithm).signer(privateKey, algorithm);
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    return present().packetKey(transform, encryption, integrity);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when there is no library
   */
  @Override
  public PacketWorker packetWorker() {
    return presentOrFail().packetWorker();
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    return present().ikeCipher(encryption, integrity, encryptionKey, integrityKey);
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    return present().prf(algorithm);
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    return presentKeys(method).keyExchange(method, random);
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    return presentKeys(algorithm).verify(algorithm, publicKey, message, signature);
  }

  @Override
  public Bytes sha1(Bytes data) {
    Bytes digest = bulk == null ? null : bulk.sha1(data);
    if (digest != null) {
      return digest;
    }
    try {
      // Not for security, so a library that must not do it does no harm.
      return Bytes.copyOf(MessageDigest.getInstance("SHA-1").digest(data.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when there is no library
   */
  @Override
  public RandomSource random() {
    return presentOrFail().random();
  }
}
