package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.junit.jupiter.api.Test;

/**
 * A provider against vectors that we may not carry and that run where they lie beside the
 * repository; elsewhere they are counted as skipped.
 */
public interface SharedVectors extends ProviderUnderTest {
  private static List<Json> vectors(String file, VectorCount count, int known) {
    Optional<Json> content = VectorFile.sharedJson(file);
    if (content.isEmpty()) {
      for (int i = 0; i < known; i++) {
        count.skipped();
      }
      return List.of();
    }
    return content.get().get("vectors").list();
  }

  /** Linux testmgr: RFC 4106 as ESP uses it, extended sequence numbers among them. */
  @Test
  default void linuxAesGcm() throws CryptoException {
    VectorCount count = new VectorCount("linux-testmgr aes_gcm_rfc4106");
    for (Json test : vectors("linux-testmgr/aes_gcm_rfc4106.json", count, 23)) {
      Bytes key = test.hex("key");
      Bytes associated = test.hex("assoc");
      Bytes sealed = test.hex("ctext");
      Bytes text = test.hex("ptext");
      int icv = sealed.length() - text.length();
      Optional<EncryptionAlgorithm> algorithm = gcm(icv);
      if (algorithm.isEmpty() || !claims(algorithm.get(), key.length() - 4)) {
        count.skipped();
        continue;
      }
      AeadVector vector =
          new AeadVector(
              esp(algorithm.get(), key.length() - 4),
              key,
              test.hex("iv"),
              // Behind SPI and number the IV stands once more.
              associated.slice(0, associated.length() - 8),
              text,
              sealed);
      if (test.has("novrfy")) {
        assertEquals(Status.ICV_MISMATCH, vector.openOnly(provider()));
      } else {
        vector.check(provider(), "linux " + key);
      }
      count.ran();
    }
    count.report();
  }

  private static Optional<EncryptionAlgorithm> gcm(int icvLength) {
    return switch (icvLength) {
      case 8 -> Optional.of(EncryptionAlgorithm.AES_GCM_8);
      case 12 -> Optional.of(EncryptionAlgorithm.AES_GCM_12);
      case 16 -> Optional.of(EncryptionAlgorithm.AES_GCM_16);
      default -> Optional.empty();
    };
  }

  private static PacketTransform esp(EncryptionAlgorithm algorithm, int keyOctets) {
    return PacketTransform.esp(algorithm, keyOctets * 8, IntegrityAlgorithm.NONE, false);
  }

  private boolean claims(EncryptionAlgorithm algorithm, int keyOctets) {
    return algorithm.keyBits().contains(keyOctets * 8)
        && provider().supports(esp(algorithm, keyOctets));
  }

  /** strongSwan: AES-GCM with all lengths of ICV, and ChaCha20-Poly1305. */
  @Test
  default void strongSwanCombinedModes() throws CryptoException {
    combined("strongswan-test-vectors/aes_gcm.json", 21);
    combined("strongswan-test-vectors/chacha20poly1305.json", 4);
  }

  private void combined(String file, int known) throws CryptoException {
    VectorCount count = new VectorCount(file);
    Map<String, EncryptionAlgorithm> algorithms =
        Map.of(
            "ENCR_AES_GCM_ICV8", EncryptionAlgorithm.AES_GCM_8,
            "ENCR_AES_GCM_ICV12", EncryptionAlgorithm.AES_GCM_12,
            "ENCR_AES_GCM_ICV16", EncryptionAlgorithm.AES_GCM_16,
            "ENCR_CHACHA20_POLY1305", EncryptionAlgorithm.CHACHA20_POLY1305);
    for (Json test : vectors(file, count, known)) {
      EncryptionAlgorithm algorithm = algorithms.get(test.text("alg"));
      Bytes key = test.hex("key");
      if (algorithm == null || !claims(algorithm, key.length() - 4)) {
        count.skipped();
        continue;
      }
      new AeadVector(
              esp(algorithm, key.length() - 4),
              key,
              test.hex("iv"),
              test.has("adata") ? test.hex("adata") : Bytes.EMPTY,
              test.hex("plain"),
              test.hex("cipher"))
          .check(provider(), test.text("name"));
      count.ran();
    }
    count.report();
  }

  /** strongSwan: HMAC and SKEYSEED. */
  @Test
  default void strongSwanFunctions() throws CryptoException {
    functions("strongswan-test-vectors/sha1_hmac.json", 12);
    functions("strongswan-test-vectors/sha2_hmac.json", 24);
    functions("strongswan-test-vectors/kdf_prf.json", 6);
  }

  private void functions(String file, int known) throws CryptoException {
    VectorCount count = new VectorCount(file);
    Map<String, PrfAlgorithm> algorithms =
        Map.of(
            "PRF_HMAC_SHA1", PrfAlgorithm.HMAC_SHA1,
            "PRF_HMAC_SHA2_256", PrfAlgorithm.HMAC_SHA2_256,
            "PRF_HMAC_SHA2_384", PrfAlgorithm.HMAC_SHA2_384,
            "PRF_HMAC_SHA2_512", PrfAlgorithm.HMAC_SHA2_512);
    for (Json test : vectors(file, count, known)) {
      boolean derivation = test.text("kind").equals("kdf");
      PrfAlgorithm algorithm = algorithms.get(test.text(derivation ? "arg.prf" : "alg"));
      if (algorithm == null || !provider().supports(algorithm)) {
        count.skipped();
        continue;
      }
      // A derivation is SKEYSEED: the nonces are the key, g^ir the data (RFC 7296 2.14).
      Secret key = Secret.ofPublic(test.hex(derivation ? "salt" : "key"));
      Secret data = Secret.ofPublic(test.hex(derivation ? "key" : "seed"));
      assertEquals(
          Secret.ofPublic(test.hex("out")),
          provider().prf(algorithm).compute(key, data),
          test.text("name"));
      count.ran();
    }
    count.report();
  }
}
