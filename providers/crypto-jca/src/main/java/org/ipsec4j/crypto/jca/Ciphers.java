package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.jspecify.annotations.Nullable;

/** Makes JCA ciphers and MACs and asks whether they can be made. Thread-safe. */
final class Ciphers {
  /** Octets of nonce: salt and IV (RFC 4106 4, RFC 7634 2, RFC 3686 4). */
  static final int NONCE = 12;

  private final JcaServices services;

  Ciphers(JcaServices services) {
    this.services = services;
  }

  /** Whether some provider does the cipher with exactly its length of tag. */
  boolean does(EncryptionAlgorithm algorithm) {
    EncryptionAlgorithm base = Names.base(algorithm);
    String name = Names.cipher(base);
    return name != null
        && services.providerOf(base.name(), provider -> tried(base, name, provider)).isPresent()
        && (!Names.isCcm(algorithm) || does(EncryptionAlgorithm.AES_CBC));
  }

  /** Whether some provider does what the integrity algorithm is made of. */
  boolean does(IntegrityAlgorithm algorithm) {
    return switch (algorithm) {
      case NONE -> false;
      case AES_XCBC_96, AES_CMAC_96 -> does(EncryptionAlgorithm.AES_CBC);
      case AES_128_GMAC, AES_192_GMAC, AES_256_GMAC -> does(EncryptionAlgorithm.NULL_AES_GMAC);
      case HMAC_MD5_96, HMAC_SHA1_96, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256 ->
          doesHmac(Names.hmac(algorithm));
    };
  }

  /** Whether some provider does what the function is made of. */
  boolean does(PrfAlgorithm algorithm) {
    return algorithm.hasFixedKey()
        ? does(EncryptionAlgorithm.AES_CBC)
        : doesHmac(Names.hmac(algorithm));
  }

  private boolean doesHmac(@Nullable String name) {
    return name != null
        && services
            .providerOf(
                name,
                provider -> {
                  Mac mac = Mac.getInstance(name, provider);
                  mac.init(RawKey.zeros(name, 20));
                  return mac;
                })
            .isPresent();
  }

  /** A fresh cipher; {@link #does} chose its provider. */
  Cipher cipher(EncryptionAlgorithm algorithm) throws GeneralSecurityException {
    EncryptionAlgorithm base = Names.base(algorithm);
    String name = Names.cipher(base);
    if (name == null || !does(algorithm)) {
      throw new NoSuchAlgorithmException("no JCA provider does " + algorithm);
    }
    return services.make(base.name(), provider -> Cipher.getInstance(name, provider));
  }

  /** AES-CBC under an all-zero IV, to which it returns with each {@code doFinal}. */
  Cipher chain(RawKey key) throws GeneralSecurityException {
    Cipher chain = cipher(EncryptionAlgorithm.AES_CBC);
    chain.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[AesMac.BLOCK]));
    return chain;
  }

  /** A fresh keyed MAC; not for GMAC, which needs a nonce. */
  KeyedMac mac(IntegrityAlgorithm algorithm, RawKey key) throws GeneralSecurityException {
    return switch (algorithm) {
      case AES_XCBC_96 -> AesMac.xcbc(this, key);
      case AES_CMAC_96 -> AesMac.cmac(this, key);
      default -> hmac(Names.hmac(algorithm), key);
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
      return hmac(Names.hmac(algorithm), raw);
    } finally {
      raw.destroy();
    }
  }

  private KeyedMac hmac(@Nullable String name, RawKey key) throws GeneralSecurityException {
    if (name == null || !doesHmac(name)) {
      throw new NoSuchAlgorithmException("no JCA provider does " + name);
    }
    Mac mac = services.make(name, provider -> Mac.getInstance(name, provider));
    mac.init(key);
    return new KeyedMac.Hmac(mac);
  }

  /** How JCA is told nonce or IV. */
  static AlgorithmParameterSpec parameters(EncryptionAlgorithm algorithm, byte[] nonce) {
    byte[] block = ReusedNonce.block(algorithm, nonce);
    return Names.isGcm(algorithm)
        ? new GCMParameterSpec(algorithm.icvLength() * 8, block)
        : new IvParameterSpec(block);
  }

  private static Cipher tried(
      EncryptionAlgorithm algorithm, String name, java.security.Provider provider)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(name, provider);
    // Providers say only at init whether they do this length of tag.
    for (int bits : algorithm.keyBits()) {
      cipher.init(
          Cipher.ENCRYPT_MODE,
          RawKey.zeros(Names.cipherKey(algorithm), bits / 8),
          parameters(algorithm, new byte[ReusedNonce.length(algorithm)]));
    }
    return cipher;
  }
}
