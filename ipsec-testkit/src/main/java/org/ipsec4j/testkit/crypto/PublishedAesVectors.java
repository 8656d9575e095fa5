package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.testkit.crypto.VectorFile.GroupedTest;
import org.junit.jupiter.api.Test;

/** A provider against the vectors that we carry of CCM, CTR, GMAC, CMAC, XCBC and HMAC-MD5. */
public interface PublishedAesVectors extends ProviderUnderTest {
  /** Wycheproof AES-CCM with the nonces of RFC 4309, which have 88 bits. */
  @Test
  default void wycheproofAesCcm() throws CryptoException {
    VectorCount count = count("wycheproof aes_ccm");
    for (GroupedTest grouped : VectorFile.wycheproof("aes_ccm")) {
      if (grouped.group().number("ivSize") != 88 || grouped.group().number("tagSize") != 128) {
        count.skipped();
        continue;
      }
      Json test = grouped.test();
      AeadVector vector =
          new AeadVector(
              PacketTransform.esp(
                  EncryptionAlgorithm.AES_CCM_16,
                  grouped.group().number("keySize"),
                  IntegrityAlgorithm.NONE,
                  false),
              Bytes.concat(test.hex("key"), test.hex("iv").slice(0, 3)),
              test.hex("iv").slice(3, 8),
              test.hex("aad"),
              test.hex("msg"),
              Bytes.concat(test.hex("ct"), test.hex("tag")));
      if (!takes(vector.transform(), vector.header().length())) {
        count.unclaimed();
        continue;
      }
      if (grouped.result().equals("valid")) {
        vector.check(provider(), grouped.toString());
      } else {
        assertEquals(Status.ICV_MISMATCH, vector.openOnly(provider()), grouped.toString());
      }
      count.ran();
    }
    count.reportAtLeast(18);
  }

  /** Wycheproof AES-GMAC with nonces of 96 bits. */
  @Test
  default void wycheproofAesGmac() throws CryptoException {
    VectorCount count = count("wycheproof aes_gmac");
    for (GroupedTest grouped : VectorFile.wycheproof("aes_gmac")) {
      if (grouped.group().number("ivSize") != 96) {
        count.skipped();
        continue;
      }
      Json test = grouped.test();
      IntegrityAlgorithm algorithm =
          IntegrityAlgorithm.valueOf("AES_" + grouped.group().number("keySize") + "_GMAC");
      MacVector vector = new MacVector(algorithm, test.hex("key"), test.hex("iv"), test.hex("msg"));
      if (!provider().supports(vector.transform())) {
        count.unclaimed();
        continue;
      }
      if (grouped.result().equals("valid")) {
        vector.check(provider(), test.hex("tag"), grouped.toString());
      } else {
        assertEquals(
            Status.ICV_MISMATCH, vector.verify(provider(), test.hex("tag")), grouped.toString());
      }
      count.ran();
    }
    count.reportAtLeast(200);
  }

  /** Wycheproof AES-CMAC with keys of 128 bits, whole as the PRF, truncated as the ICV. */
  @Test
  default void wycheproofAesCmac() throws CryptoException {
    VectorCount count = count("wycheproof aes_cmac");
    for (GroupedTest grouped : VectorFile.wycheproof("aes_cmac")) {
      if (grouped.group().number("keySize") != 128) {
        count.skipped();
        continue;
      }
      if (!provider().supports(PrfAlgorithm.AES128_CMAC)) {
        count.unclaimed();
        continue;
      }
      Json test = grouped.test();
      Secret whole =
          provider()
              .prf(PrfAlgorithm.AES128_CMAC)
              .compute(Secret.ofPublic(test.hex("key")), Secret.ofPublic(test.hex("msg")));
      Secret tag = Secret.ofPublic(test.hex("tag"));
      if (grouped.result().equals("valid")) {
        assertEquals(tag, whole, grouped.toString());
        MacVector.of(IntegrityAlgorithm.AES_CMAC_96, test.hex("key"), test.hex("msg"))
            .check(provider(), test.hex("tag"), grouped.toString());
      } else {
        assertNotEquals(tag, whole, grouped.toString());
      }
      count.ran();
    }
    count.reportAtLeast(100);
  }

  /** RFC 3686 6, test vectors 1 to 9. */
  @Test
  default void rfc3686() throws CryptoException {
    VectorCount count = count("RFC 3686");
    for (Json test : VectorFile.carried("rfc/rfc3686-aes-ctr.json").get("vectors").list()) {
      CipherVector vector =
          new CipherVector(
              EncryptionAlgorithm.AES_CTR,
              Bytes.concat(test.hex("key"), test.hex("nonce")),
              test.hex("iv"),
              test.hex("plaintext"),
              test.hex("ciphertext"));
      if (!vector.claimedBy(provider())) {
        count.unclaimed();
        continue;
      }
      vector.check(provider(), "RFC 3686 case " + test.number("case"));
      count.ran();
    }
    count.reportAtLeast(9);
  }

  /** RFC 3566 4.6 and RFC 4434 2. */
  @Test
  default void rfc3566() throws CryptoException {
    functions(
        "RFC 3566", "rfc3566-aes-xcbc", PrfAlgorithm.AES128_XCBC, IntegrityAlgorithm.AES_XCBC_96);
  }

  /** RFC 4493 4 (the values of RFC 4494 5) and RFC 4615 4. */
  @Test
  default void rfc4493() throws CryptoException {
    functions(
        "RFC 4493", "rfc4493-aes-cmac", PrfAlgorithm.AES128_CMAC, IntegrityAlgorithm.AES_CMAC_96);
  }

  /** RFC 2202 2, the values of RFC 2403 5 among them. */
  @Test
  default void rfc2202() throws CryptoException {
    functions(
        "RFC 2202", "rfc2202-hmac-md5", PrfAlgorithm.HMAC_MD5, IntegrityAlgorithm.HMAC_MD5_96);
  }

  private void functions(String name, String file, PrfAlgorithm prf, IntegrityAlgorithm integrity)
      throws CryptoException {
    VectorCount count = count(name);
    for (Json test : VectorFile.carried("rfc/" + file + ".json").get("vectors").list()) {
      String what = test.text("section") + " " + test.text("message");
      Bytes key = test.hex("key");
      boolean asked = provider().supports(prf);
      if (asked) {
        assertEquals(
            Secret.ofPublic(test.hex("mac")),
            provider().prf(prf).compute(Secret.ofPublic(key), Secret.ofPublic(test.hex("message"))),
            what);
      }
      MacVector vector = MacVector.of(integrity, key, test.hex("message"));
      if (key.length() == integrity.keyLength() && provider().supports(vector.transform())) {
        vector.check(provider(), test.hex("mac"), what);
        asked = true;
      }
      if (asked) {
        count.ran();
      } else {
        count.unclaimed();
      }
    }
    count.reportAtLeast(7);
  }
}
