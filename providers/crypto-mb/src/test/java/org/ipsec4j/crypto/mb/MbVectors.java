package org.ipsec4j.crypto.mb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.testkit.crypto.AeadVector;
import org.ipsec4j.testkit.crypto.CipherVector;
import org.ipsec4j.testkit.crypto.Json;
import org.ipsec4j.testkit.crypto.MacVector;
import org.ipsec4j.testkit.crypto.VectorCount;
import org.ipsec4j.testkit.crypto.VectorFile;
import org.ipsec4j.testkit.crypto.VectorFile.GroupedTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Packets against third-party vectors; what the vectors say of PRFs is not for this provider. */
class MbVectors {
  private static final CryptoProvider PROVIDER = new MbCryptoProvider();

  /** The library takes additional data of AES-CCM up to here. */
  private static final int MOST_CCM_HEADER = 46;

  @BeforeAll
  static void needsTheLibrary() {
    Present.assume();
  }

  @Test
  void wycheproofAesGcm() throws CryptoException {
    wycheproof("aes_gcm", EncryptionAlgorithm.AES_GCM_16, 96, 197);
  }

  @Test
  void wycheproofChaCha20Poly1305() throws CryptoException {
    wycheproof("chacha20_poly1305", EncryptionAlgorithm.CHACHA20_POLY1305, 96, 300);
  }

  @Test
  void wycheproofAesCcm() throws CryptoException {
    wycheproof("aes_ccm", EncryptionAlgorithm.AES_CCM_16, 88, 12);
  }

  private static void wycheproof(String file, EncryptionAlgorithm algorithm, int nonce, int least)
      throws CryptoException {
    VectorCount count = new VectorCount("wycheproof " + file + " by mb");
    int salt = algorithm.saltLength();
    for (GroupedTest grouped : VectorFile.wycheproof(file)) {
      Json test = grouped.test();
      boolean fits =
          grouped.group().number("ivSize") == nonce && grouped.group().number("tagSize") == 128;
      if (!fits || !claimed(algorithm, grouped.group().number("keySize"), test.hex("aad"))) {
        count.skipped();
        continue;
      }
      AeadVector vector =
          new AeadVector(
              esp(algorithm, grouped.group().number("keySize")),
              Bytes.concat(test.hex("key"), test.hex("iv").slice(0, salt)),
              test.hex("iv").slice(salt, 8),
              test.hex("aad"),
              test.hex("msg"),
              Bytes.concat(test.hex("ct"), test.hex("tag")));
      if (grouped.result().equals("valid")) {
        vector.check(PROVIDER, grouped.toString());
      } else {
        assertEquals(Status.ICV_MISMATCH, vector.openOnly(PROVIDER), grouped.toString());
      }
      count.ran();
    }
    count.reportAtLeast(least);
  }

  private static PacketTransform esp(EncryptionAlgorithm algorithm, int keyBits) {
    return PacketTransform.esp(algorithm, keyBits, IntegrityAlgorithm.NONE, false);
  }

  private static boolean claimed(EncryptionAlgorithm algorithm, int keyBits, Bytes header) {
    boolean ccm = algorithm.name().contains("CCM");
    return PROVIDER.supports(esp(algorithm, keyBits))
        && (!ccm || header.length() <= MOST_CCM_HEADER);
  }

  @Test
  void wycheproofMacs() throws CryptoException {
    macs("aes_cmac", IntegrityAlgorithm.AES_CMAC_96, 80);
    macs("hmac_sha1", IntegrityAlgorithm.HMAC_SHA1_96, 40);
    macs("hmac_sha256", IntegrityAlgorithm.HMAC_SHA2_256_128, 40);
    macs("hmac_sha384", IntegrityAlgorithm.HMAC_SHA2_384_192, 40);
    macs("hmac_sha512", IntegrityAlgorithm.HMAC_SHA2_512_256, 40);
  }

  private static void macs(String file, IntegrityAlgorithm algorithm, int least)
      throws CryptoException {
    VectorCount count = new VectorCount("wycheproof " + file + " by mb");
    for (GroupedTest grouped : VectorFile.wycheproof(file)) {
      Json test = grouped.test();
      Bytes tag = test.hex("tag");
      boolean whole = tag.length() >= algorithm.icvLength();
      // No packet is empty, and the library has no HMAC of nothing.
      boolean empty = test.hex("msg").length() == 0 && file.startsWith("hmac");
      if (test.hex("key").length() != algorithm.keyLength() || !whole || empty) {
        count.skipped();
        continue;
      }
      MacVector vector = MacVector.of(algorithm, test.hex("key"), test.hex("msg"));
      Bytes icv = tag.slice(0, algorithm.icvLength());
      if (grouped.result().equals("valid")) {
        vector.check(PROVIDER, tag, grouped.toString());
        byte[] forged = icv.toArray();
        forged[0] ^= 1;
        assertEquals(
            Status.ICV_MISMATCH, vector.verify(PROVIDER, Bytes.copyOf(forged)), grouped.toString());
      } else if (vector.verify(PROVIDER, icv) == Status.OK) {
        // Wrong only in octets that an ICV does not have.
        count.skipped();
        continue;
      }
      count.ran();
    }
    count.reportAtLeast(least);
  }

  @Test
  void wycheproofAesGmac() throws CryptoException {
    VectorCount count = new VectorCount("wycheproof aes_gmac by mb");
    for (GroupedTest grouped : VectorFile.wycheproof("aes_gmac")) {
      if (grouped.group().number("ivSize") != 96) {
        count.skipped();
        continue;
      }
      Json test = grouped.test();
      IntegrityAlgorithm algorithm =
          IntegrityAlgorithm.valueOf("AES_" + grouped.group().number("keySize") + "_GMAC");
      MacVector vector = new MacVector(algorithm, test.hex("key"), test.hex("iv"), test.hex("msg"));
      if (grouped.result().equals("valid")) {
        vector.check(PROVIDER, test.hex("tag"), grouped.toString());
      } else {
        assertEquals(
            Status.ICV_MISMATCH, vector.verify(PROVIDER, test.hex("tag")), grouped.toString());
      }
      count.ran();
    }
    count.reportAtLeast(200);
  }

  @Test
  void macsOfRfcs() throws CryptoException {
    rfcMacs("rfc3566-aes-xcbc", IntegrityAlgorithm.AES_XCBC_96, 7);
    rfcMacs("rfc4493-aes-cmac", IntegrityAlgorithm.AES_CMAC_96, 4);
    rfcMacs("rfc2202-hmac-md5", IntegrityAlgorithm.HMAC_MD5_96, 3);
  }

  private static void rfcMacs(String file, IntegrityAlgorithm algorithm, int least)
      throws CryptoException {
    VectorCount count = new VectorCount(file + " by mb");
    for (Json test : VectorFile.carried("rfc/" + file + ".json").get("vectors").list()) {
      boolean empty = test.hex("message").length() == 0 && file.contains("hmac");
      if (test.hex("key").length() != algorithm.keyLength() || empty) {
        count.skipped();
        continue;
      }
      MacVector.of(algorithm, test.hex("key"), test.hex("message"))
          .check(PROVIDER, test.hex("mac"), test.text("message"));
      count.ran();
    }
    count.reportAtLeast(least);
  }

  @Test
  void ciphersOfRfcs() throws CryptoException {
    VectorCount count = new VectorCount("RFC 3602 and 3686 by mb");
    for (Json test : VectorFile.carried("rfc/rfc3602-aes-cbc.json").get("vectors").list()) {
      cipher(EncryptionAlgorithm.AES_CBC, test.hex("key"), test, "plaintext", "ciphertext");
      count.ran();
    }
    for (Json test : VectorFile.carried("rfc/rfc3686-aes-ctr.json").get("vectors").list()) {
      Bytes key = Bytes.concat(test.hex("key"), test.hex("nonce"));
      cipher(EncryptionAlgorithm.AES_CTR, key, test, "plaintext", "ciphertext");
      count.ran();
    }
    count.reportAtLeast(13);
  }

  private static void cipher(
      EncryptionAlgorithm algorithm, Bytes key, Json test, String clear, String sealed)
      throws CryptoException {
    new CipherVector(algorithm, key, test.hex("iv"), test.hex(clear), test.hex(sealed))
        .check(PROVIDER, algorithm + " " + key);
  }

  /** Those that lie beside the repository, where they do. */
  @Test
  void strongSwanCombinedModesAndCiphers() throws CryptoException {
    int ran = 0;
    for (String name : new String[] {"aes_gcm", "aes_ccm", "chacha20poly1305"}) {
      ran += combined("strongswan-test-vectors/" + name + ".json");
    }
    VectorCount count = new VectorCount("strongswan ciphers by mb");
    String[] names = {"3des_cbc", "aes_cbc", "aes_ctr", "null"};
    EncryptionAlgorithm[] algorithms = {
      EncryptionAlgorithm.TRIPLE_DES_CBC,
      EncryptionAlgorithm.AES_CBC,
      EncryptionAlgorithm.AES_CTR,
      EncryptionAlgorithm.NULL
    };
    for (int i = 0; i < names.length; i++) {
      String file = "strongswan-test-vectors/" + names[i] + ".json";
      for (Json test : VectorFile.sharedVectors(file, count, 1)) {
        cipher(algorithms[i], test.hex("key"), test, "plain", "cipher");
        count.ran();
        ran++;
      }
    }
    count.report();
    assumeTrue(ran > 0, "the vectors do not lie beside the repository");
  }

  private static int combined(String file) throws CryptoException {
    VectorCount count = new VectorCount(file + " by mb");
    int ran = 0;
    for (Json test : VectorFile.sharedVectors(file, count, 1)) {
      EncryptionAlgorithm algorithm =
          EncryptionAlgorithm.valueOf(test.text("alg").replace("ENCR_", "").replace("_ICV", "_"));
      int keyOctets = test.number("key_size");
      Bytes header = test.has("adata") ? test.hex("adata") : Bytes.EMPTY;
      if (!claimed(algorithm, keyOctets * 8, header)) {
        count.skipped();
        continue;
      }
      new AeadVector(
              esp(algorithm, keyOctets * 8),
              test.hex("key").slice(0, keyOctets + algorithm.saltLength()),
              test.hex("iv"),
              header,
              test.has("plain") ? test.hex("plain") : Bytes.EMPTY,
              test.hex("cipher"))
          .check(PROVIDER, test.text("name"));
      count.ran();
      ran++;
    }
    count.report();
    return ran;
  }
}
