package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;

/** HMAC as a pseudo-random function (RFC 4868 2.1.2) with prf+ (RFC 7296 2.13). */
final class JcaPrf implements Prf {
  /** The counter of prf+ is one octet and begins at 1. */
  private static final int MAX_ROUNDS = 255;

  private final Ciphers ciphers;
  private final PrfAlgorithm algorithm;
  private final String macName;

  JcaPrf(Ciphers ciphers, PrfAlgorithm algorithm, String macName) {
    this.ciphers = ciphers;
    this.algorithm = algorithm;
    this.macName = macName;
  }

  @Override
  public PrfAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public Secret compute(Secret key, Secret data) throws CryptoException {
    byte[] input = data.reveal(SecretAccess.raw());
    Mac mac = keyed(key);
    try {
      return Secret.adopt(mac.doFinal(input));
    } catch (RuntimeException e) {
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
    byte[] result = new byte[length];
    byte[] block = new byte[0];
    Mac mac = keyed(key);
    try {
      int round = 1;
      for (int at = 0; at < length; at += block.length, round++) {
        // T1 = prf(K, S | 0x01), Tn = prf(K, Tn-1 | S | n)
        mac.update(block);
        mac.update(input);
        mac.update((byte) round);
        Arrays.fill(block, (byte) 0);
        block = mac.doFinal();
        System.arraycopy(block, 0, result, at, Math.min(block.length, length - at));
      }
      return Secret.adopt(result);
    } catch (RuntimeException e) {
      Arrays.fill(result, (byte) 0);
      throw failed(e);
    } finally {
      Arrays.fill(block, (byte) 0);
      Arrays.fill(input, (byte) 0);
    }
  }

  private Mac keyed(Secret key) throws CryptoException {
    RawKey raw = RawKey.forHmac(macName, key);
    try {
      return ciphers.mac(macName, raw);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw failed(e);
    } finally {
      raw.destroy();
    }
  }

  private CryptoException failed(Exception e) {
    return new CryptoException(
        Culprit.PROVIDER, macName + " failed with " + e.getClass().getSimpleName());
  }
}
