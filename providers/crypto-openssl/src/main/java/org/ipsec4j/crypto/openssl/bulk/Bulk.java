package org.ipsec4j.crypto.openssl.bulk;

import java.util.Arrays;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.crypto.openssl.lib.Raw;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.ipsec4j.ffm.NativeMemory;
import org.jspecify.annotations.Nullable;

/** The symmetric half of the provider, for a library that is there. Thread-safe. */
public final class Bulk {
  private static final int SHA1_LENGTH = 20;

  private final String name;
  private final LibCrypto library;
  private final Suites suites;
  private final int contexts;

  /**
   * The symmetric half.
   *
   * @param name of the provider, for keys
   * @param library the one that {@link LibCrypto#get()} gives
   * @throws MissingException when the library lacks a function that packets go through
   */
  public static Bulk of(String name, LibCrypto library) throws MissingException {
    Evp.check(library);
    return new Bulk(name, library, true, OpenSslPacketWorker.CONTEXTS);
  }

  /**
   * For tests.
   *
   * @param stateful whether HMACs are made of kept states where the library allows it
   * @param contexts most keys of which a worker keeps contexts
   */
  Bulk(String name, LibCrypto library, boolean stateful, int contexts) {
    this.name = name;
    this.library = library;
    this.contexts = contexts;
    suites = new Suites(library, stateful);
  }

  /** Whether the library protects packets so. */
  public boolean supports(PacketTransform transform) {
    return suites.of(transform).isPresent();
  }

  /** Whether the library protects IKE messages so. */
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return suites.of(encryption, integrity).isPresent();
  }

  /** Whether the library has the function. */
  public boolean supports(PrfAlgorithm algorithm) {
    return suites.mac(algorithm) != null;
  }

  /** Sets keys up for packets. */
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    Optional<Suite> suite = suites.of(transform);
    if (suite.isEmpty()) {
      throw new CryptoException(Culprit.PROVIDER, name + " does not do " + transform);
    }
    KeyParts parts =
        new KeyParts(transform.encryption(), transform.integrity(), encryption, integrity);
    try {
      return new OpenSslPacketKey(
          transform, name, suite.get(), parts.cipherKey, parts.macKey, parts.salt);
    } catch (IllegalStateException e) {
      throw failed(transform.toString());
    } finally {
      parts.wipe();
    }
  }

  /** A worker for the calling thread. */
  public PacketWorker packetWorker() {
    return new OpenSslPacketWorker(contexts);
  }

  /** Sets keys up for IKE messages. */
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    Optional<Suite> suite = suites.of(encryption, integrity);
    if (suite.isEmpty()) {
      throw new CryptoException(
          Culprit.PROVIDER, name + " does not do " + encryption + " with " + integrity);
    }
    KeyParts parts = new KeyParts(encryption, integrity, encryptionKey, integrityKey);
    try {
      return new OpenSslIkeCipher(
          encryption, suite.get(), parts.cipherKey, parts.macKey, parts.salt);
    } catch (IllegalStateException e) {
      throw failed(encryption + " with " + integrity);
    } finally {
      parts.wipe();
    }
  }

  private CryptoException failed(String what) {
    return new CryptoException(
        Culprit.PROVIDER, "no key for " + what + " can be set up: " + library.errors());
  }

  /** The function. */
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    MacRecipe recipe = suites.mac(algorithm);
    if (recipe == null) {
      throw new CryptoException(Culprit.PROVIDER, name + " does not do " + algorithm);
    }
    return new OpenSslPrf(algorithm, recipe);
  }

  /** SHA-1; null when the machine's configuration forbids it. */
  public @Nullable Bytes sha1(Bytes data) {
    long digest = library.digest("SHA1");
    if (digest == 0) {
      return null;
    }
    byte[] octets = data.toArray();
    byte[] out = new byte[SHA1_LENGTH];
    int front = 64;
    long room = (long) front + octets.length;
    long memory = NativeMemory.allocate(room);
    try {
      Raw.copyIn(octets, 0, memory + front, octets.length);
      if (!Evp.digest(memory + front, octets.length, memory, digest)) {
        library.clearErrors();
        return null;
      }
      Raw.copyOut(memory, out, 0, SHA1_LENGTH);
      return Bytes.copyOf(out);
    } finally {
      NativeMemory.free(memory, room);
    }
  }

  /** The library's generator. */
  public RandomSource random() {
    return OpenSslRandom.SHARED;
  }

  /** Keying material cut into its parts. */
  private static final class KeyParts {
    final byte[] cipherKey;
    final byte[] macKey;
    final byte[] salt;

    KeyParts(
        EncryptionTransform encryption,
        IntegrityAlgorithm integrity,
        Secret encryptionKey,
        Secret integrityKey)
        throws CryptoException {
      checkLength(encryption.toString(), encryption.keyingMaterialLength(), encryptionKey);
      checkLength(integrity.toString(), integrity.keyLength(), integrityKey);
      boolean gmac = integrity.isGmac();
      byte[] cipherMaterial = (gmac ? integrityKey : encryptionKey).reveal(SecretAccess.raw());
      int saltLength = gmac ? integrity.saltLength() : encryption.algorithm().saltLength();
      int keyLength = cipherMaterial.length - saltLength;
      cipherKey = Arrays.copyOf(cipherMaterial, keyLength);
      salt = Arrays.copyOfRange(cipherMaterial, keyLength, cipherMaterial.length);
      Arrays.fill(cipherMaterial, (byte) 0);
      macKey = gmac ? new byte[0] : integrityKey.reveal(SecretAccess.raw());
    }

    private static void checkLength(String what, int length, Secret key) throws CryptoException {
      if (key.length() != length) {
        throw new CryptoException(
            Culprit.LOCAL_KEY,
            what + " takes " + length + " octets of key and salt, not " + key.length());
      }
    }

    /** The salt stays: it belongs to the key. */
    void wipe() {
      Arrays.fill(cipherKey, (byte) 0);
      Arrays.fill(macKey, (byte) 0);
    }
  }
}
