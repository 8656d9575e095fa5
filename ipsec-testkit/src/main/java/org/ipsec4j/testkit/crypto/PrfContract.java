package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.junit.jupiter.api.Test;

/**
 * What a provider must do for key derivation, judged by an HMAC written out from RFC 2104 and by
 * {@link AesMacReference}.
 */
public interface PrfContract extends ProviderUnderTest {
  /** Every length of key and data agrees with the definition, the empty and the long key too. */
  @Test
  default void pseudoRandomFunctionsAreTheirDefinition()
      throws CryptoException, NoSuchAlgorithmException {
    int claimed = 0;
    for (PrfAlgorithm algorithm : PrfAlgorithm.values()) {
      if (!provider().supports(algorithm)) {
        continue;
      }
      claimed++;
      Prf prf = provider().prf(algorithm);
      assertEquals(algorithm, prf.algorithm());
      for (int keyLength : new int[] {0, 1, 15, 16, 17, 20, 32, 63, 64, 65, 127, 128, 129, 500}) {
        for (int dataLength : new int[] {0, 1, 15, 16, 17, 64, 1000}) {
          byte[] key = TestOctets.of("key", keyLength);
          byte[] data = TestOctets.of("data", dataLength);
          Secret actual = prf.compute(Secret.copyOf(key), Secret.copyOf(data));
          assertEquals(
              Secret.adopt(defined(algorithm, key, data)), actual, algorithm + " " + keyLength);
          assertEquals(algorithm.length(), actual.length());
        }
      }
    }
    assertTrue(claimed > 0, "the provider claims no pseudo-random function");
  }

  /** T1 | T2 | ... of RFC 7296 2.13, cut anywhere, up to 255 rounds and not beyond. */
  @Test
  default void expansionIsThatOfIke() throws CryptoException, NoSuchAlgorithmException {
    for (PrfAlgorithm algorithm : PrfAlgorithm.values()) {
      if (!provider().supports(algorithm)) {
        continue;
      }
      Prf prf = provider().prf(algorithm);
      byte[] key = TestOctets.of("prf+", algorithm.length());
      byte[] seed = TestOctets.of("seed", 77);
      int most = 255 * algorithm.length();
      byte[] expected = new byte[most];
      byte[] block = new byte[0];
      for (int round = 1; round <= 255; round++) {
        byte[] input = Arrays.copyOf(block, block.length + seed.length + 1);
        System.arraycopy(seed, 0, input, block.length, seed.length);
        input[input.length - 1] = (byte) round;
        block = defined(algorithm, key, input);
        System.arraycopy(block, 0, expected, (round - 1) * block.length, block.length);
      }
      for (int length : new int[] {1, algorithm.length(), algorithm.length() + 1, 300, most}) {
        assertEquals(
            Secret.copyOf(Arrays.copyOf(expected, length)),
            prf.expand(Secret.copyOf(key), Secret.copyOf(seed), length),
            algorithm + " " + length);
      }
      for (int length : new int[] {0, -1, most + 1, Integer.MAX_VALUE}) {
        assertThrows(
            CryptoException.class,
            () -> prf.expand(Secret.copyOf(key), Secret.copyOf(seed), length));
      }
    }
  }

  /** Factories refuse what the provider does not claim. */
  @Test
  default void unclaimedFunctionsAreRefused() {
    for (PrfAlgorithm algorithm : PrfAlgorithm.values()) {
      if (!provider().supports(algorithm)) {
        assertThrows(CryptoException.class, () -> provider().prf(algorithm));
      }
    }
  }

  private static byte[] defined(PrfAlgorithm algorithm, byte[] key, byte[] data)
      throws NoSuchAlgorithmException {
    return switch (algorithm) {
      case HMAC_MD5 -> hmac("MD5", key, data);
      case HMAC_SHA1 -> hmac("SHA-1", key, data);
      case HMAC_SHA2_256 -> hmac("SHA-256", key, data);
      case HMAC_SHA2_384 -> hmac("SHA-384", key, data);
      case HMAC_SHA2_512 -> hmac("SHA-512", key, data);
      case AES128_XCBC -> AesMacReference.xcbcPrf(key, data);
      case AES128_CMAC -> AesMacReference.cmacPrf(key, data);
    };
  }

  /** H(K xor opad | H(K xor ipad | data)). */
  private static byte[] hmac(String hash, byte[] key, byte[] data) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance(hash);
    int block = hash.equals("SHA-384") || hash.equals("SHA-512") ? 128 : 64;
    byte[] padded = Arrays.copyOf(key.length > block ? digest.digest(key) : key, block);
    byte[] inner = padded.clone();
    byte[] outer = padded.clone();
    for (int i = 0; i < block; i++) {
      inner[i] ^= 0x36;
      outer[i] ^= 0x5c;
    }
    digest.update(inner);
    byte[] middle = digest.digest(data);
    digest.update(outer);
    return digest.digest(middle);
  }
}
