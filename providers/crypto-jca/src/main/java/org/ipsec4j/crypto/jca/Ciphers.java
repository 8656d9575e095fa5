package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.jspecify.annotations.Nullable;

/** Makes JCA ciphers and MACs and asks whether they can be made. Thread-safe. */
final class Ciphers {
  /** Octets of nonce: salt and IV (RFC 4106 4, RFC 7634 2, RFC 3686 4). */
  static final int NONCE = 12;

  /** A nonce may be the key of a PRF, and an empty key becomes one octet. */
  private static final int SHORTEST_PRF_KEY = 1;

  private final JcaServices services;

  Ciphers(JcaServices services) {
    this.services = services;
  }

  /** Whether some provider does the cipher with exactly its lengths of key and tag. */
  boolean does(EncryptionTransform encryption) {
    EncryptionAlgorithm algorithm = encryption.algorithm();
    EncryptionAlgorithm base = Names.base(algorithm);
    String name = Names.cipher(base);
    int bits = encryption.keyBits();
    return name != null
        && services
            .providerOf(Names.service(encryption), provider -> tried(base, bits, name, provider))
            .isPresent()
        && (!Names.isCcm(algorithm) || does(chain(bits)));
  }

  private static EncryptionTransform chain(int bits) {
    return new EncryptionTransform(EncryptionAlgorithm.AES_CBC, bits);
  }

  /** Whether some provider does what the integrity algorithm is made of. */
  boolean does(IntegrityAlgorithm algorithm) {
    return switch (algorithm) {
      case NONE -> false;
      case AES_XCBC_96, AES_CMAC_96 -> does(chain(128));
      case AES_128_GMAC, AES_192_GMAC, AES_256_GMAC ->
          does(
              new EncryptionTransform(
                  EncryptionAlgorithm.NULL_AES_GMAC,
                  8 * (algorithm.keyLength() - algorithm.saltLength())));
      case HMAC_MD5_96, HMAC_SHA1_96, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256 ->
          doesHmac(algorithm.name(), Names.hmac(algorithm), algorithm.keyLength());
    };
  }

  /** Whether some provider does what the function is made of. */
  boolean does(PrfAlgorithm algorithm) {
    return algorithm.hasFixedKey()
        ? does(chain(128))
        : doesHmac(algorithm.name(), Names.hmac(algorithm), SHORTEST_PRF_KEY);
  }

  /** Some tokens refuse keys that are shorter than the hash; only what is tried is known. */
  private boolean doesHmac(String what, @Nullable String name, int keyLength) {
    return name != null
        && services
            .providerOf(
                what,
                provider -> {
                  Mac mac = Mac.getInstance(name, provider);
                  mac.init(RawKey.zeros(name, keyLength));
                  return mac;
                })
            .isPresent();
  }

  /** A fresh cipher; {@link #does} chose its provider. */
  Cipher cipher(EncryptionTransform encryption) throws GeneralSecurityException {
    String name = Names.cipher(Names.base(encryption.algorithm()));
    if (name == null || !does(encryption)) {
      throw new NoSuchAlgorithmException("no JCA provider does " + encryption);
    }
    return services.make(Names.service(encryption), provider -> Cipher.getInstance(name, provider));
  }

  /** AES-CBC under an all-zero IV, to which it returns with each {@code doFinal}. */
  Cipher chain(int bits, SecretKey key) throws GeneralSecurityException {
    Cipher chain = cipher(chain(bits));
    chain.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[AesMac.BLOCK]));
    return chain;
  }

  /** A fresh keyed MAC; not for GMAC, which needs a nonce. */
  KeyedMac mac(IntegrityAlgorithm algorithm, SecretKey key) throws GeneralSecurityException {
    return switch (algorithm) {
      case AES_XCBC_96 -> AesMac.xcbc(this, key);
      case AES_CMAC_96 -> AesMac.cmac(this, key);
      default -> hmac(does(algorithm), algorithm.name(), Names.hmac(algorithm), key);
    };
  }

  /**
   * The keyed MAC of a pseudo-random function.
   *
   * @param key of any length; wiped
   */
  KeyedMac mac(PrfAlgorithm algorithm, byte[] key) throws GeneralSecurityException {
    boolean cmac = algorithm == PrfAlgorithm.AES128_CMAC;
    RawKey raw =
        algorithm.hasFixedKey()
            ? RawKey.adopt("AES", AesMac.prfKey(this, key, cmac))
            : RawKey.forHmac(String.valueOf(Names.hmac(algorithm)), key);
    try {
      if (algorithm.hasFixedKey()) {
        return cmac ? AesMac.cmac(this, raw) : AesMac.xcbc(this, raw);
      }
      return hmac(does(algorithm), algorithm.name(), Names.hmac(algorithm), raw);
    } finally {
      raw.destroy();
    }
  }

  private KeyedMac hmac(boolean done, String what, @Nullable String name, SecretKey key)
      throws GeneralSecurityException {
    if (name == null || !done) {
      throw new NoSuchAlgorithmException("no JCA provider does " + what);
    }
    Mac mac = services.make(what, provider -> Mac.getInstance(name, provider));
    mac.init(key);
    return new KeyedMac.Hmac(mac);
  }

  /**
   * The JCA providers that protect packets so, the one of the cipher first; {@link #does} has said
   * yes.
   */
  List<Provider> providersOf(PacketTransform transform) {
    Set<Provider> found = new LinkedHashSet<>();
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    if (cipher != EncryptionAlgorithm.NULL) {
      services.chosen(Names.service(transform.encryption())).ifPresent(found::add);
      if (Names.isCcm(cipher)) {
        services
            .chosen(Names.service(chain(transform.encryption().keyBits())))
            .ifPresent(found::add);
      }
    }
    if (!cipher.isAead()) {
      services.chosen(Names.service(transform.integrity())).ifPresent(found::add);
    }
    return List.copyOf(found);
  }

  /** Whether a token does the cipher; {@link #does} has said yes. */
  boolean isInToken(EncryptionTransform encryption) {
    return services.chosen(Names.service(encryption)).filter(Pkcs11Token::isToken).isPresent();
  }

  /**
   * The key where the cipher wants it: in the token, when all that will work with it is one token,
   * and then the given one is wiped.
   */
  SecretKey placed(EncryptionTransform encryption, RawKey key) throws GeneralSecurityException {
    Optional<Provider> token =
        services.chosen(Names.service(encryption)).filter(Pkcs11Token::isToken);
    if (token.isEmpty()
        || (Names.isCcm(encryption.algorithm())
            && !token.equals(services.chosen(Names.service(chain(encryption.keyBits())))))) {
      return key;
    }
    SecretKey placed =
        SecretKeyFactory.getInstance(key.getAlgorithm(), token.get()).translateKey(key);
    key.destroy();
    return placed;
  }

  /** How JCA is told nonce or IV. */
  static AlgorithmParameterSpec parameters(EncryptionAlgorithm algorithm, byte[] nonce) {
    byte[] block = ReusedNonce.block(algorithm, nonce);
    return Names.isGcm(algorithm)
        ? new GCMParameterSpec(algorithm.icvLength() * 8, block)
        : new IvParameterSpec(block);
  }

  private static Cipher tried(
      EncryptionAlgorithm algorithm, int bits, String name, Provider provider)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(name, provider);
    // Providers say only at init whether they do these lengths of key and tag.
    cipher.init(
        Cipher.ENCRYPT_MODE,
        RawKey.zeros(Names.cipherKey(algorithm), bits / 8),
        parameters(algorithm, new byte[ReusedNonce.length(algorithm)]));
    return cipher;
  }
}
