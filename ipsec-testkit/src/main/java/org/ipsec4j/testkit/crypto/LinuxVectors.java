package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
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

/** A provider against the vectors with which Linux tests its own cryptography (testmgr). */
public interface LinuxVectors extends ProviderUnderTest {
  /** RFC 4106 as ESP uses it, extended sequence numbers among them. */
  @Test
  default void linuxAesGcm() throws CryptoException {
    VectorCount count = count("linux-testmgr aes_gcm_rfc4106");
    for (Json test : VectorFile.sharedVectors("linux-testmgr/aes_gcm_rfc4106.json", count, 23)) {
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

  /** RFC 3686. */
  @Test
  default void linuxAesCtr() throws CryptoException {
    VectorCount count = count("linux-testmgr aes_ctr_rfc3686");
    for (Json test : VectorFile.sharedVectors("linux-testmgr/aes_ctr_rfc3686.json", count, 7)) {
      new CipherVector(
              EncryptionAlgorithm.AES_CTR,
              test.hex("key"),
              test.hex("iv"),
              test.hex("ptext"),
              test.hex("ctext"))
          .check(provider(), "linux " + test.hex("key"));
      count.ran();
    }
    count.report();
  }

  /** CBC and CTR with an HMAC, as ESP puts them together. */
  @Test
  default void linuxAuthenticatedCiphers() throws CryptoException {
    authenc("hmac_sha1_aes_cbc", EncryptionAlgorithm.AES_CBC, IntegrityAlgorithm.HMAC_SHA1_96, 7);
    authenc(
        "hmac_sha256_aes_cbc",
        EncryptionAlgorithm.AES_CBC,
        IntegrityAlgorithm.HMAC_SHA2_256_128,
        7);
    authenc(
        "hmac_sha1_aes_ctr_rfc3686",
        EncryptionAlgorithm.AES_CTR,
        IntegrityAlgorithm.HMAC_SHA1_96,
        7);
  }

  private void authenc(
      String file, EncryptionAlgorithm cipher, IntegrityAlgorithm integrity, int known)
      throws CryptoException {
    VectorCount count = count("linux-testmgr " + file);
    for (Json test : VectorFile.sharedVectors("linux-testmgr/" + file + ".json", count, known)) {
      // A header of eight octets ends with the length of the cipher key; the MAC key comes first.
      Bytes keys = test.hex("key");
      int cipherLength = ByteBuffer.wrap(keys.toArray()).getInt(4);
      int macLength = keys.length() - 8 - cipherLength;
      Bytes associated = test.hex("assoc");
      Bytes iv = test.hex("iv");
      int text = test.hex("ptext").length();
      Bytes sealed = test.hex("ctext");
      if (macLength != integrity.keyLength()) {
        count.skipped();
        continue;
      }
      assertEquals(
          iv, associated.slice(associated.length() - iv.length(), iv.length()), "the layout");
      new CipherVector(
              cipher,
              keys.slice(8 + macLength, cipherLength),
              iv,
              test.hex("ptext"),
              sealed.slice(0, text))
          .check(
              provider(),
              integrity,
              keys.slice(8, macLength),
              associated.slice(0, associated.length() - iv.length()),
              sealed.slice(text, sealed.length() - text),
              "linux " + file + " " + keys);
      count.ran();
    }
    count.report();
  }

  /** HMAC, AES-XCBC and AES-CMAC, whole as PRF, truncated as ICV where the key has its length. */
  @Test
  default void linuxMacs() throws CryptoException {
    macs("hmac_sha1", PrfAlgorithm.HMAC_SHA1, IntegrityAlgorithm.HMAC_SHA1_96, 7);
    macs("hmac_sha256", PrfAlgorithm.HMAC_SHA2_256, IntegrityAlgorithm.HMAC_SHA2_256_128, 10);
    macs("aes_xcbc128", PrfAlgorithm.AES128_XCBC, IntegrityAlgorithm.AES_XCBC_96, 6);
    macs("aes_cmac128", PrfAlgorithm.AES128_CMAC, IntegrityAlgorithm.AES_CMAC_96, 6);
  }

  private void macs(String file, PrfAlgorithm prf, IntegrityAlgorithm integrity, int known)
      throws CryptoException {
    VectorCount count = count("linux-testmgr " + file);
    for (Json test : VectorFile.sharedVectors("linux-testmgr/" + file + ".json", count, known)) {
      Bytes key = test.hex("key");
      // Linux has CMAC with longer keys too.
      if (prf.hasFixedKey() && key.length() != prf.length()) {
        count.skipped();
        continue;
      }
      // Some digests of the file end early: C stops at a zero octet.
      Bytes digest = test.hex("digest");
      Secret whole =
          provider().prf(prf).compute(Secret.ofPublic(key), Secret.ofPublic(test.hex("plaintext")));
      assertEquals(
          Secret.ofPublic(digest), whole.slice(0, digest.length()), file + " " + key + " whole");
      if (key.length() == integrity.keyLength()) {
        MacVector.of(integrity, key, test.hex("plaintext"))
            .check(provider(), digest, file + " " + key);
      }
      count.ran();
    }
    count.report();
  }
}
