package org.ipsec4j.crypto.jca;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchangeMethod;

/**
 * Curves over prime fields (RFC 5903, RFC 6954): a public value is {@code x | y}, the secret is x
 * alone. All have cofactor 1, so a point on the curve is in the right group.
 */
final class EcpGroup extends Group {
  private final ECGenParameterSpec name;
  private final ECParameterSpec parameters;
  private final BigInteger prime;
  private final int coordinateLength;

  EcpGroup(KeyExchangeMethod method, Provider provider) throws GeneralSecurityException {
    super(method, provider, "EC", "ECDH");
    name = new ECGenParameterSpec(curve(method));
    parameters = curve(name, provider);
    if (!(parameters.getCurve().getField() instanceof ECFieldFp field)) {
      throw new GeneralSecurityException("no curve over a prime field");
    }
    prime = field.getP();
    coordinateLength = method.publicLength() / 2;
  }

  /**
   * The numbers of a curve; some accelerators have no service that tells them, and they are the
   * same with everybody.
   */
  static ECParameterSpec curve(ECGenParameterSpec name, Provider provider)
      throws GeneralSecurityException {
    AlgorithmParameters curve;
    try {
      curve = AlgorithmParameters.getInstance("EC", provider);
    } catch (NoSuchAlgorithmException e) {
      curve = AlgorithmParameters.getInstance("EC");
    }
    curve.init(name);
    return curve.getParameterSpec(ECParameterSpec.class);
  }

  private static String curve(KeyExchangeMethod method) throws GeneralSecurityException {
    return switch (method) {
      case ECP_256 -> "secp256r1";
      case ECP_384 -> "secp384r1";
      case ECP_521 -> "secp521r1";
      case BRAINPOOL_256 -> "brainpoolP256r1";
      case BRAINPOOL_384 -> "brainpoolP384r1";
      case BRAINPOOL_512 -> "brainpoolP512r1";
      default -> throw new GeneralSecurityException(method + " is not a curve");
    };
  }

  @Override
  AlgorithmParameterSpec parameters() {
    return name;
  }

  @Override
  int secretLength() {
    return coordinateLength;
  }

  @Override
  Bytes encode(PublicKey key) throws GeneralSecurityException {
    ECPoint point = ((ECPublicKey) key).getW();
    return Bytes.concat(
        Bytes.copyOf(fixedLength(point.getAffineX(), coordinateLength)),
        Bytes.copyOf(fixedLength(point.getAffineY(), coordinateLength)));
  }

  @Override
  PublicKey decode(Bytes value) throws CryptoException, GeneralSecurityException {
    BigInteger x = new BigInteger(1, value.slice(0, coordinateLength).toArray());
    BigInteger y = new BigInteger(1, value.slice(coordinateLength, coordinateLength).toArray());
    if (x.compareTo(prime) >= 0 || y.compareTo(prime) >= 0) {
      throw refused("a coordinate of the public value is not below the prime");
    }
    BigInteger right =
        x.multiply(x)
            .add(parameters.getCurve().getA())
            .multiply(x)
            .add(parameters.getCurve().getB())
            .mod(prime);
    if (!y.multiply(y).mod(prime).equals(right)) {
      throw refused("the public value is not a point of the curve");
    }
    return keyFactory().generatePublic(new ECPublicKeySpec(new ECPoint(x, y), parameters));
  }

  @Override
  PrivateKey privateKey(Bytes value) throws GeneralSecurityException {
    return keyFactory()
        .generatePrivate(new ECPrivateKeySpec(new BigInteger(1, value.toArray()), parameters));
  }
}
