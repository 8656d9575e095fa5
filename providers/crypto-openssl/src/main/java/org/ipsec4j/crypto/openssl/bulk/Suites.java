package org.ipsec4j.crypto.openssl.bulk;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.crypto.openssl.lib.HashFunction;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.jspecify.annotations.Nullable;

/**
 * Which of our algorithms this libcrypto has, and what it calls them. Asked once per transform.
 * Thread-safe.
 *
 * <p>DES, Blowfish and CAST-128 are not looked for: OpenSSL 3 keeps them in its legacy provider,
 * and an operator who still needs them has another provider for them.
 */
final class Suites {
  private static final int NONCE = 12;
  private static final int CCM_NONCE = 11;
  private static final int BLOCK = 16;
  private static final int DES_BLOCK = 8;

  private final LibCrypto library;
  private final boolean stateful;
  private final Map<PacketTransform, Optional<Suite>> suites = new ConcurrentHashMap<>();

  /**
   * @param stateful whether to keep the states of HMACs where the library allows it
   */
  Suites(LibCrypto library, boolean stateful) {
    this.library = library;
    this.stateful = stateful;
  }

  /** What a transform of packets is made of; empty when the library lacks something. */
  Optional<Suite> of(PacketTransform transform) {
    Optional<Suite> known = suites.get(transform);
    return known != null
        ? known
        : suites.computeIfAbsent(transform, key -> Optional.ofNullable(make(key)));
  }

  /** The same for IKE messages (RFC 7296 3.14, RFC 5282). */
  Optional<Suite> of(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    EncryptionAlgorithm algorithm = encryption.algorithm();
    boolean sensible =
        algorithm.ivLength() > 0
            && algorithm != EncryptionAlgorithm.NULL_AES_GMAC
            && algorithm.isAead() == (integrity == IntegrityAlgorithm.NONE);
    return sensible
        ? of(new PacketTransform(SecurityProtocol.ESP, encryption, integrity, false))
        : Optional.empty();
  }

  private @Nullable Suite make(PacketTransform transform) {
    IntegrityAlgorithm integrity = transform.integrity();
    if (integrity.isGmac()) {
      int bits = (integrity.keyLength() - integrity.saltLength()) * 8;
      return transform.protocol() == SecurityProtocol.AH
          ? combined(Suite.Shape.GMAC, "AES-" + bits + "-GCM", NONCE, integrity.icvLength(), true)
          : null;
    }
    EncryptionTransform encryption = transform.encryption();
    int icv = transform.icvLength();
    String aes = "AES-" + encryption.keyBits();
    return switch (encryption.algorithm()) {
      case AES_GCM_8, AES_GCM_12, AES_GCM_16, AES_GCM_16_IIV ->
          combined(Suite.Shape.COMBINED, aes + "-GCM", NONCE, icv, false);
      case CHACHA20_POLY1305, CHACHA20_POLY1305_IIV ->
          combined(Suite.Shape.COMBINED, "ChaCha20-Poly1305", NONCE, icv, false);
      case AES_CCM_8, AES_CCM_12, AES_CCM_16, AES_CCM_8_IIV ->
          combined(Suite.Shape.CCM, aes + "-CCM", CCM_NONCE, icv, false);
      case NULL_AES_GMAC -> combined(Suite.Shape.GMAC, aes + "-GCM", NONCE, icv, false);
      case NULL -> separate(transform, 0, 0, 1);
      case AES_CBC -> separate(transform, library.cipher(aes + "-CBC"), BLOCK, BLOCK);
      case AES_CTR -> separate(transform, library.cipher(aes + "-CTR"), NONCE, 1);
      case CAMELLIA_CBC ->
          separate(
              transform, library.cipher("CAMELLIA-" + encryption.keyBits() + "-CBC"), BLOCK, BLOCK);
      case TRIPLE_DES_CBC ->
          separate(transform, library.cipher("DES-EDE3-CBC"), DES_BLOCK, DES_BLOCK);
      case DES_CBC, CAST_CBC, BLOWFISH_CBC -> null;
    };
  }

  private @Nullable Suite combined(
      Suite.Shape shape, String name, int nonceLength, int icvLength, boolean header) {
    long cipher = library.cipher(name);
    return cipher == 0
        ? null
        : new Suite(shape, cipher, false, nonceLength, 1, icvLength, header, null);
  }

  private @Nullable Suite separate(
      PacketTransform transform, long cipher, int nonceLength, int blockLength) {
    MacRecipe mac = mac(transform.integrity());
    EncryptionAlgorithm algorithm = transform.encryption().algorithm();
    if (mac == null || (cipher == 0 && algorithm != EncryptionAlgorithm.NULL)) {
      return null;
    }
    return new Suite(
        Suite.Shape.SEPARATE,
        cipher,
        algorithm == EncryptionAlgorithm.AES_CTR,
        nonceLength,
        blockLength,
        transform.icvLength(),
        transform.protocol() == SecurityProtocol.AH,
        mac);
  }

  private @Nullable MacRecipe mac(IntegrityAlgorithm algorithm) {
    return switch (algorithm) {
      case HMAC_MD5_96 -> hmac(HashFunction.MD5);
      case HMAC_SHA1_96 -> hmac(HashFunction.SHA1);
      case HMAC_SHA2_256_128 -> hmac(HashFunction.SHA256);
      case HMAC_SHA2_384_192 -> hmac(HashFunction.SHA384);
      case HMAC_SHA2_512_256 -> hmac(HashFunction.SHA512);
      case AES_XCBC_96 -> chain(false);
      case AES_CMAC_96 -> chain(true);
      case NONE, AES_128_GMAC, AES_192_GMAC, AES_256_GMAC -> null;
    };
  }

  /** The MAC of a pseudo-random function; null when the library lacks it. */
  @Nullable MacRecipe mac(PrfAlgorithm algorithm) {
    return switch (algorithm) {
      case HMAC_MD5 -> hmac(HashFunction.MD5);
      case HMAC_SHA1 -> hmac(HashFunction.SHA1);
      case HMAC_SHA2_256 -> hmac(HashFunction.SHA256);
      case HMAC_SHA2_384 -> hmac(HashFunction.SHA384);
      case HMAC_SHA2_512 -> hmac(HashFunction.SHA512);
      case AES128_XCBC -> chain(false);
      case AES128_CMAC -> chain(true);
    };
  }

  private @Nullable MacRecipe hmac(HashFunction hash) {
    long digest = library.digest(hash.name());
    if (digest == 0) {
      return null;
    }
    if (stateful && hash.isThere()) {
      return new MacRecipe.StatefulHmac(hash, digest);
    }
    long mac = library.mac("HMAC");
    return mac == 0 ? null : new MacRecipe.FetchedHmac(hash, digest, mac);
  }

  private @Nullable MacRecipe chain(boolean cmac) {
    long cbc = library.cipher("AES-128-CBC");
    return cbc == 0 ? null : new MacRecipe.Chain(cmac, cbc);
  }
}
