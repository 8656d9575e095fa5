package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.jspecify.annotations.Nullable;

/** Makes JCA ciphers and MACs and asks whether they can be made. Thread-safe. */
final class Ciphers {
  /** Octets of nonce of the combined modes: salt and IV (RFC 4106 4, RFC 7634 2). */
  static final int AEAD_NONCE = 12;

  private final JcaServices services;

  Ciphers(JcaServices services) {
    this.services = services;
  }

  /** Whether some provider does the cipher with exactly its length of tag. */
  boolean does(EncryptionAlgorithm algorithm) {
    String name = Names.cipher(algorithm);
    return name != null
        && services
            .providerOf(algorithm.name(), provider -> tried(algorithm, name, provider))
            .isPresent();
  }

  /** Whether some provider does the MAC. */
  boolean doesMac(@Nullable String name) {
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
    String name = Names.cipher(algorithm);
    if (name == null || !does(algorithm)) {
      throw new NoSuchAlgorithmException("no JCA provider does " + algorithm);
    }
    return services.make(algorithm.name(), provider -> Cipher.getInstance(name, provider));
  }

  /** A fresh keyed MAC. */
  Mac mac(String name, RawKey key) throws GeneralSecurityException {
    if (!doesMac(name)) {
      throw new NoSuchAlgorithmException("no JCA provider does " + name);
    }
    Mac mac = services.make(name, provider -> Mac.getInstance(name, provider));
    mac.init(key);
    return mac;
  }

  /** How JCA is told nonce or IV. */
  static AlgorithmParameterSpec parameters(EncryptionAlgorithm algorithm, byte[] nonce) {
    return Names.isGcm(algorithm)
        ? new GCMParameterSpec(algorithm.icvLength() * 8, nonce)
        : new IvParameterSpec(nonce);
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
          parameters(algorithm, new byte[algorithm.isAead() ? AEAD_NONCE : algorithm.ivLength()]));
    }
    return cipher;
  }
}
