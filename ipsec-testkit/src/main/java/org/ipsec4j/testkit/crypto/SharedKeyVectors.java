package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.junit.jupiter.api.Test;

/**
 * Wycheproof's vectors for pairs of curve and hash, sizes of RSA keys and Brainpool curves that we
 * do not carry; they run where they lie beside the repository.
 */
public interface SharedKeyVectors extends ProviderUnderTest {
  /** See {@link PublishedKeyVectors#agree}. */
  Secret agree(KeyExchangeMethod method, Bytes privateValue, Bytes peerValue)
      throws CryptoException;

  /** Hashes longer and shorter than the order, and other sizes of keys. */
  @Test
  default void wycheproofSharedSignatures() throws CryptoException {
    Map<String, SignatureAlgorithm> files = new TreeMap<>();
    files.put("ecdsa_secp256r1_sha512", SignatureAlgorithm.ECDSA_SHA512);
    files.put("ecdsa_secp384r1_sha512", SignatureAlgorithm.ECDSA_SHA512);
    files.put("ecdsa_brainpoolP256r1_sha256", SignatureAlgorithm.ECDSA_SHA256);
    files.put("ecdsa_brainpoolP384r1_sha384", SignatureAlgorithm.ECDSA_SHA384);
    files.put("ecdsa_brainpoolP512r1_sha512", SignatureAlgorithm.ECDSA_SHA512);
    files.put("rsa_signature_2048_sha384", SignatureAlgorithm.RSA_PKCS1_SHA384);
    files.put("rsa_signature_2048_sha512", SignatureAlgorithm.RSA_PKCS1_SHA512);
    files.put("rsa_signature_3072_sha256", SignatureAlgorithm.RSA_PKCS1_SHA256);
    files.put("rsa_signature_3072_sha512", SignatureAlgorithm.RSA_PKCS1_SHA512);
    files.put("rsa_signature_4096_sha256", SignatureAlgorithm.RSA_PKCS1_SHA256);
    files.put("rsa_pss_3072_sha256_mgf1_32", SignatureAlgorithm.RSA_PSS_SHA256);
    files.put("rsa_pss_4096_sha384_mgf1_48", SignatureAlgorithm.RSA_PSS_SHA384);
    for (Map.Entry<String, SignatureAlgorithm> file : files.entrySet()) {
      signatures(file.getKey(), file.getValue());
    }
  }

  private void signatures(String file, SignatureAlgorithm algorithm) throws CryptoException {
    VectorCount count = count("wycheproof " + file);
    Optional<Json> content = VectorFile.sharedJson("wycheproof/" + file + "_test.json");
    if (content.isEmpty()) {
      count.skipped();
    } else {
      for (Json group : content.get().get("testGroups").list()) {
        for (Json test : group.get("tests").list()) {
          if (test.text("result").equals("acceptable") || !provider().supports(algorithm)) {
            count.skipped();
            continue;
          }
          assertEquals(
              test.text("result").equals("valid"),
              provider()
                  .verify(algorithm, group.hex("publicKeyDer"), test.hex("msg"), test.hex("sig")),
              file + " tcId " + test.number("tcId"));
          count.ran();
        }
      }
    }
    count.report();
  }

  /** Secrets on the Brainpool curves, of those keys that give their curve by name. */
  @Test
  default void wycheproofSharedBrainpool() throws CryptoException {
    brainpool("ecdh_brainpoolP256r1", KeyExchangeMethod.BRAINPOOL_256, "06092b2403030208010107");
    brainpool("ecdh_brainpoolP384r1", KeyExchangeMethod.BRAINPOOL_384, "06092b240303020801010b");
    brainpool("ecdh_brainpoolP512r1", KeyExchangeMethod.BRAINPOOL_512, "06092b240303020801010d");
  }

  private void brainpool(String file, KeyExchangeMethod method, String identifier)
      throws CryptoException {
    VectorCount count = count("wycheproof " + file);
    Optional<Json> content = VectorFile.sharedJson("wycheproof/" + file + "_test.json");
    int length = method.publicLength();
    // BIT STRING { no unused bits, uncompressed, x, y }
    String bits = (length + 2 < 0x80 ? "03" : "0381") + "%02x0004".formatted(length + 2);
    if (content.isEmpty()) {
      count.skipped();
    } else {
      for (Json group : content.get().get("testGroups").list()) {
        for (Json test : group.get("tests").list()) {
          Bytes key = test.hex("public");
          boolean named = key.toHex().contains(identifier + bits);
          if (!named || !test.text("result").equals("valid") || key.length() < length) {
            count.skipped();
            continue;
          }
          assertEquals(
              Secret.ofPublic(test.hex("shared")),
              agree(method, test.hex("private"), key.slice(key.length() - length, length)),
              file + " tcId " + test.number("tcId"));
          count.ran();
        }
      }
    }
    count.report();
  }
}
