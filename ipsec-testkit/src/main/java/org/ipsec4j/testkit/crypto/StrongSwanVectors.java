package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.junit.jupiter.api.Test;

/** A provider against the vectors with which strongSwan tests its plugins. */
public interface StrongSwanVectors extends ProviderUnderTest {
  /** AES-GCM and AES-CCM with all lengths of ICV, and ChaCha20-Poly1305. */
  @Test
  default void strongSwanCombinedModes() throws CryptoException {
    combined("strongswan-test-vectors/aes_gcm.json", 21);
    combined("strongswan-test-vectors/aes_ccm.json", 16);
    combined("strongswan-test-vectors/chacha20poly1305.json", 4);
  }

  private void combined(String file, int known) throws CryptoException {
    VectorCount count = count(file);
    for (Json test : VectorFile.sharedVectors(file, count, known)) {
      EncryptionAlgorithm algorithm =
          EncryptionAlgorithm.valueOf(test.text("alg").replace("ENCR_", "").replace("_ICV", "_"));
      // One key is longer than strongSwan takes of it.
      int keyOctets = test.number("key_size");
      Bytes key = test.hex("key").slice(0, keyOctets + algorithm.saltLength());
      int keyBits = keyOctets * 8;
      new AeadVector(
              PacketTransform.esp(algorithm, keyBits, IntegrityAlgorithm.NONE, false),
              key,
              test.hex("iv"),
              test.has("adata") ? test.hex("adata") : Bytes.EMPTY,
              test.has("plain") ? test.hex("plain") : Bytes.EMPTY,
              test.hex("cipher"))
          .check(provider(), test.text("name"));
      count.ran();
    }
    count.report();
  }

  /** CBC, CTR and NULL. */
  @Test
  default void strongSwanCiphers() throws CryptoException {
    ciphers("3des_cbc", EncryptionAlgorithm.TRIPLE_DES_CBC, 2);
    ciphers("aes_cbc", EncryptionAlgorithm.AES_CBC, 6);
    ciphers("aes_ctr", EncryptionAlgorithm.AES_CTR, 9);
    ciphers("null", EncryptionAlgorithm.NULL, 1);
  }

  private void ciphers(String name, EncryptionAlgorithm algorithm, int known)
      throws CryptoException {
    String file = "strongswan-test-vectors/" + name + ".json";
    VectorCount count = count(file);
    for (Json test : VectorFile.sharedVectors(file, count, known)) {
      new CipherVector(
              algorithm, test.hex("key"), test.hex("iv"), test.hex("plain"), test.hex("cipher"))
          .check(provider(), test.text("name"));
      count.ran();
    }
    count.report();
  }

  /** PRFs, integrity algorithms and SKEYSEED. */
  @Test
  default void strongSwanFunctions() throws CryptoException {
    functions("strongswan-test-vectors/md5_hmac.json", 10);
    functions("strongswan-test-vectors/sha1_hmac.json", 12);
    functions("strongswan-test-vectors/sha2_hmac.json", 24);
    functions("strongswan-test-vectors/aes_xcbc.json", 12);
    functions("strongswan-test-vectors/aes_cmac.json", 11);
    functions("strongswan-test-vectors/kdf_prf.json", 6);
  }

  private void functions(String file, int known) throws CryptoException {
    VectorCount count = count(file);
    Map<String, PrfAlgorithm> prfs =
        Map.of(
            "PRF_HMAC_MD5", PrfAlgorithm.HMAC_MD5,
            "PRF_HMAC_SHA1", PrfAlgorithm.HMAC_SHA1,
            "PRF_HMAC_SHA2_256", PrfAlgorithm.HMAC_SHA2_256,
            "PRF_HMAC_SHA2_384", PrfAlgorithm.HMAC_SHA2_384,
            "PRF_HMAC_SHA2_512", PrfAlgorithm.HMAC_SHA2_512,
            "PRF_AES128_XCBC", PrfAlgorithm.AES128_XCBC,
            "PRF_AES128_CMAC", PrfAlgorithm.AES128_CMAC);
    // Untruncated ones of IKEv1 begin with our ICV.
    Map<String, IntegrityAlgorithm> macs =
        Map.of(
            "AUTH_HMAC_MD5_96", IntegrityAlgorithm.HMAC_MD5_96,
            "AUTH_HMAC_MD5_128", IntegrityAlgorithm.HMAC_MD5_96,
            "AUTH_HMAC_SHA1_96", IntegrityAlgorithm.HMAC_SHA1_96,
            "AUTH_HMAC_SHA1_128", IntegrityAlgorithm.HMAC_SHA1_96,
            "AUTH_HMAC_SHA1_160", IntegrityAlgorithm.HMAC_SHA1_96,
            "AUTH_HMAC_SHA2_256_128", IntegrityAlgorithm.HMAC_SHA2_256_128,
            "AUTH_HMAC_SHA2_384_192", IntegrityAlgorithm.HMAC_SHA2_384_192,
            "AUTH_HMAC_SHA2_512_256", IntegrityAlgorithm.HMAC_SHA2_512_256,
            "AUTH_AES_XCBC_96", IntegrityAlgorithm.AES_XCBC_96,
            "AUTH_AES_CMAC_96", IntegrityAlgorithm.AES_CMAC_96);
    for (Json test : VectorFile.sharedVectors(file, count, known)) {
      boolean derivation = test.text("kind").equals("kdf");
      PrfAlgorithm prf = prfs.get(test.text(derivation ? "arg.prf" : "alg"));
      IntegrityAlgorithm mac = macs.get(test.text("alg"));
      if (mac != null && test.hex("key").length() == mac.keyLength()) {
        MacVector.of(mac, test.hex("key"), test.hex("data"))
            .check(provider(), test.hex("mac"), test.text("name"));
        count.ran();
        continue;
      }
      if (prf == null) {
        count.skipped();
        continue;
      }
      // A derivation is SKEYSEED: the nonces are the key, g^ir the data (RFC 7296 2.14).
      Secret key = Secret.ofPublic(test.hex(derivation ? "salt" : "key"));
      Secret data = Secret.ofPublic(test.hex(derivation ? "key" : "seed"));
      assertEquals(
          Secret.ofPublic(test.hex("out")),
          provider().prf(prf).compute(key, data),
          test.text("name"));
      count.ran();
    }
    count.report();
  }
}
