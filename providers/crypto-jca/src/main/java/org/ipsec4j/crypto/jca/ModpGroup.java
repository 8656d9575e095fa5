package org.ipsec4j.crypto.jca;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.interfaces.DHPublicKey;
import javax.crypto.spec.DHParameterSpec;
import javax.crypto.spec.DHPrivateKeySpec;
import javax.crypto.spec.DHPublicKeySpec;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchangeMethod;

/** MODP groups of RFC 3526: safe primes, generator 2. */
final class ModpGroup extends Group {
  private static final BigInteger GENERATOR = BigInteger.TWO;

  private final BigInteger prime;
  private final DHParameterSpec parameters;

  ModpGroup(KeyExchangeMethod method, Provider provider) {
    super(method, provider, "DH", "DH");
    prime = ModpPrimes.of(method);
    parameters = new DHParameterSpec(prime, GENERATOR, exponentBits(method));
  }

  /** Bits of private exponent: the larger estimate of RFC 3526 8. */
  private static int exponentBits(KeyExchangeMethod method) {
    return switch (method) {
      case MODP_1536 -> 240;
      case MODP_2048 -> 320;
      case MODP_3072 -> 420;
      case MODP_4096 -> 480;
      case MODP_6144 -> 540;
      default -> 620;
    };
  }

  @Override
  AlgorithmParameterSpec parameters() {
    return parameters;
  }

  @Override
  int secretLength() {
    return method.publicLength();
  }

  @Override
  Bytes encode(PublicKey key) throws GeneralSecurityException {
    return Bytes.copyOf(fixedLength(((DHPublicKey) key).getY(), method.publicLength()));
  }

  @Override
  PublicKey decode(Bytes value) throws CryptoException, GeneralSecurityException {
    BigInteger y = new BigInteger(1, value.toArray());
    // RFC 6989 2.1: of a safe-prime group only 0, 1, p-1 and what is no residue are dangerous.
    if (y.compareTo(BigInteger.ONE) <= 0 || y.compareTo(prime.subtract(BigInteger.ONE)) >= 0) {
      throw refused("the public value is not between 1 and p-1");
    }
    return keyFactory().generatePublic(new DHPublicKeySpec(y, prime, GENERATOR));
  }

  @Override
  PrivateKey privateKey(Bytes value) throws GeneralSecurityException {
    return keyFactory()
        .generatePrivate(
            new DHPrivateKeySpec(new BigInteger(1, value.toArray()), prime, GENERATOR));
  }
}
