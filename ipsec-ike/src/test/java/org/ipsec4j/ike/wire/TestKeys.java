package org.ipsec4j.ike.wire;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.ike.vectors.SeededRandom;

/** One direction of an IKE SA with test keys: the same seed gives the same keys. */
record TestKeys(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
  static final CryptoProvider CRYPTO = new JcaCryptoProvider();

  /** Each shape of cipher: CBC with three ICV lengths, GCM, CCM, ChaCha20-Poly1305. */
  static final List<TestKeys> SHAPES =
      List.of(
          of(EncryptionAlgorithm.AES_CBC, 256, IntegrityAlgorithm.HMAC_SHA2_256_128),
          of(EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA1_96),
          of(EncryptionAlgorithm.TRIPLE_DES_CBC, 192, IntegrityAlgorithm.HMAC_SHA2_512_256),
          of(EncryptionAlgorithm.AES_GCM_16, 256, IntegrityAlgorithm.NONE),
          of(EncryptionAlgorithm.AES_CCM_8, 128, IntegrityAlgorithm.NONE),
          of(EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE));

  static TestKeys of(EncryptionAlgorithm algorithm, int bits, IntegrityAlgorithm integrity) {
    return new TestKeys(new EncryptionTransform(algorithm, bits), integrity);
  }

  IkeCipher cipher(long seed) {
    SeededRandom random = new SeededRandom(seed);
    Bytes encryptionKey = random.bytes(encryption.keyingMaterialLength());
    Bytes integrityKey = random.bytes(integrity.keyLength());
    if (!CRYPTO.supports(encryption, integrity)) {
      return ownCipher(encryptionKey, integrityKey);
    }
    try {
      return CRYPTO.ikeCipher(
          encryption, integrity, Secret.ofPublic(encryptionKey), Secret.ofPublic(integrityKey));
    } catch (CryptoException e) {
      throw new AssertionError(e);
    }
  }

  private IkeCipher ownCipher(Bytes encryptionKey, Bytes integrityKey) {
    return switch (encryption.algorithm()) {
      case TRIPLE_DES_CBC ->
          new TestCiphers.Cbc(
              "DESede", encryptionKey, "HmacSHA512", integrityKey, 8, integrity.icvLength());
      case AES_CCM_8, AES_CCM_12, AES_CCM_16 ->
          new TestCiphers.Ccm(encryptionKey, encryption.algorithm().icvLength());
      default -> throw new AssertionError(encryption);
    };
  }

  SealKey sealKey(long seed) {
    return SealKey.of(encryption, cipher(seed), new SeededRandom(seed + 1));
  }
}
