package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;

/**
 * HMAC (RFC 4868 2.1.2), AES-XCBC (RFC 4434) and AES-CMAC (RFC 4615) as pseudo-random functions,
 * with prf+ (RFC 7296 2.13).
 */
final class JcaPrf implements Prf {
  /** The counter of prf+ is one octet and begins at 1. */
  private static final int MAX_ROUNDS = 255;

  private final Ciphers ciphers;
  private final PrfAlgorithm algorithm;

  JcaPrf(Ciphers ciphers, PrfAlgorithm algorithm) {
    this.ciphers = ciphers;
    this.algorithm = algorithm;
  }

  @Override
  public PrfAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public Secret compute(Secret key, Secret data) throws CryptoException {
    byte[] input = data.reveal(SecretAccess.raw());
    try {
      return Secret.adopt(keyed(key).of(input, input.length));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw failed(e);
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }

  @Override
  public Secret expand(Secret key, Secret seed, int length) throws CryptoException {
    if (length < 1 || length > MAX_ROUNDS * algorithm.length()) {
      throw new CryptoException(
          Culprit.PROVIDER, "prf+ gives 1 to " + MAX_ROUNDS * algorithm.length() + " octets");
    }
    byte[] input = seed.reveal(SecretAccess.raw());
    int block = algorithm.length();
    byte[] data = new byte[block + input.length + 1];
    byte[] result = new byte[length];
    try {
      KeyedMac mac = keyed(key);
      System.arraycopy(input, 0, data, 0, input.length);
      int used = input.length;
      for (int at = 0, round = 1; at < length; at += block, round++) {
        // T1 = prf(K, S | 0x01), Tn = prf(K, Tn-1 | S | n)
        data[used] = (byte) round;
        byte[] made = mac.of(data, used + 1);
        System.arraycopy(made, 0, result, at, Math.min(block, length - at));
        System.arraycopy(made, 0, data, 0, block);
        Arrays.fill(made, (byte) 0);
        System.arraycopy(input, 0, data, block, input.length);
        used = block + input.length;
      }
      return Secret.adopt(result);
    } catch (GeneralSecurityException | RuntimeException e) {
      Arrays.fill(result, (byte) 0);
      throw failed(e);
    } finally {
      Arrays.fill(data, (byte) 0);
      Arrays.fill(input, (byte) 0);
    }
  }

  private KeyedMac keyed(Secret key) throws GeneralSecurityException {
    return ciphers.mac(algorithm, key.reveal(SecretAccess.raw()));
  }

  private CryptoException failed(Exception e) {
    return new CryptoException(
        Culprit.PROVIDER, algorithm + " failed with " + e.getClass().getSimpleName());
  }
}
