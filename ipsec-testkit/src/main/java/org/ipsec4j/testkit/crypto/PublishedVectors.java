package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** A provider against all vectors that we carry: Wycheproof, RFCs, NIST. */
public interface PublishedVectors extends PublishedAesVectors, PublishedKeyVectors {
  /** Wycheproof AES-GCM with nonces of 96 bits. */
  @Test
  default void wycheproofAesGcm() throws CryptoException {
    aead("aes_gcm", EncryptionAlgorithm.AES_GCM_16, 197);
  }

  /** Wycheproof ChaCha20-Poly1305. */
  @Test
  default void wycheproofChaCha20Poly1305() throws CryptoException {
    aead("chacha20_poly1305", EncryptionAlgorithm.CHACHA20_POLY1305, 300);
  }

  private void aead(String file, EncryptionAlgorithm algorithm, int least) throws CryptoException {
    VectorCount count = count("wycheproof " + file);
    for (GroupedTest grouped : VectorFile.wycheproof(file)) {
      if (grouped.group().number("ivSize") != 96) {
        count.skipped();
        continue;
      }
      Json test = grouped.test();
      PacketTransform transform =
          PacketTransform.esp(
              algorithm, grouped.group().number("keySize"), IntegrityAlgorithm.NONE, false);
      AeadVector vector =
          new AeadVector(
              transform,
              Bytes.concat(test.hex("key"), test.hex("iv").slice(0, 4)),
              test.hex("iv").slice(4, 8),
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
    count.reportAtLeast(least);
  }

  /** Wycheproof AES-CBC: the padding is ours to write, so the valid ones encrypted. */
  @Test
  default void wycheproofAesCbc() throws CryptoException {
    VectorCount count = count("wycheproof aes_cbc_pkcs5");
    for (GroupedTest grouped : VectorFile.wycheproof("aes_cbc_pkcs5")) {
      if (!grouped.result().equals("valid")) {
        count.skipped();
        continue;
      }
      Json test = grouped.test();
      Bytes message = test.hex("msg");
      int padding = 16 - message.length() % 16;
      byte[] padded = java.util.Arrays.copyOf(message.toArray(), message.length() + padding);
      java.util.Arrays.fill(padded, message.length(), padded.length, (byte) padding);
      CipherVector vector =
          new CipherVector(
              EncryptionAlgorithm.AES_CBC,
              test.hex("key"),
              test.hex("iv"),
              Bytes.copyOf(padded),
              test.hex("ct"));
      if (!vector.claimedBy(provider())) {
        count.unclaimed();
        continue;
      }
      vector.check(provider(), grouped.toString());
      count.ran();
    }
    count.reportAtLeast(70);
  }

  /** RFC 3602 4, cases 1 to 4. */
  @Test
  default void rfc3602() throws CryptoException {
    VectorCount count = count("RFC 3602");
    for (Json test : VectorFile.carried("rfc/rfc3602-aes-cbc.json").get("vectors").list()) {
      CipherVector vector =
          new CipherVector(
              EncryptionAlgorithm.AES_CBC,
              test.hex("key"),
              test.hex("iv"),
              test.hex("plaintext"),
              test.hex("ciphertext"));
      if (!vector.claimedBy(provider())) {
        count.unclaimed();
        continue;
      }
      vector.check(provider(), "RFC 3602 case " + test.number("case"));
      count.ran();
    }
    count.reportAtLeast(4);
  }

  /** Wycheproof HMAC, whole and truncated tags. */
  @Test
  default void wycheproofHmac() throws CryptoException {
    hmac("hmac_sha1", PrfAlgorithm.HMAC_SHA1);
    hmac("hmac_sha256", PrfAlgorithm.HMAC_SHA2_256);
    hmac("hmac_sha384", PrfAlgorithm.HMAC_SHA2_384);
    hmac("hmac_sha512", PrfAlgorithm.HMAC_SHA2_512);
  }

  private void hmac(String file, PrfAlgorithm algorithm) throws CryptoException {
    VectorCount count = count("wycheproof " + file);
    for (GroupedTest grouped : VectorFile.wycheproof(file)) {
      if (!provider().supports(algorithm)) {
        count.unclaimed();
        continue;
      }
      Json test = grouped.test();
      Secret whole =
          provider()
              .prf(algorithm)
              .compute(Secret.ofPublic(test.hex("key")), Secret.ofPublic(test.hex("msg")));
      Secret tag = Secret.ofPublic(test.hex("tag"));
      boolean equal = whole.slice(0, tag.length()).equals(tag);
      assertEquals(grouped.result().equals("valid"), equal, file + " " + grouped);
      count.ran();
    }
    count.reportAtLeast(170);
  }
}
