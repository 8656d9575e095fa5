package org.ipsec4j.crypto.openssl.pk;

import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.KeyExchangeMethod;

/** Curves over prime fields by their names; keys with parameters of their own are not taken. */
enum Curve {
  P256("P-256", 415, 32, "06082a8648ce3d030107", KeyExchangeMethod.ECP_256),
  P384("P-384", 715, 48, "06052b81040022", KeyExchangeMethod.ECP_384),
  P521("P-521", 716, 66, "06052b81040023", KeyExchangeMethod.ECP_521),
  BRAINPOOL_P256(
      "brainpoolP256r1", 927, 32, "06092b2403030208010107", KeyExchangeMethod.BRAINPOOL_256),
  BRAINPOOL_P384(
      "brainpoolP384r1", 931, 48, "06092b240303020801010b", KeyExchangeMethod.BRAINPOOL_384),
  BRAINPOOL_P512(
      "brainpoolP512r1", 933, 64, "06092b240303020801010d", KeyExchangeMethod.BRAINPOOL_512);

  private final String groupName;
  private final int number;
  private final int length;
  private final String identifierHex;
  private final KeyExchangeMethod method;

  Curve(String groupName, int number, int length, String identifierHex, KeyExchangeMethod method) {
    this.groupName = groupName;
    this.number = number;
    this.length = length;
    this.identifierHex = identifierHex;
    this.method = method;
  }

  /** How libcrypto calls it. */
  String groupName() {
    return groupName;
  }

  /** The NID of libcrypto. */
  int number() {
    return number;
  }

  /** Octets of a coordinate. */
  int length() {
    return length;
  }

  static Curve of(KeyExchangeMethod method) {
    for (Curve curve : values()) {
      if (curve.method == method) {
        return curve;
      }
    }
    throw new IllegalArgumentException(method + " is not a curve over a prime field");
  }

  /** By the DER of its object identifier. */
  static Optional<Curve> ofIdentifier(Bytes der) {
    for (Curve curve : values()) {
      if (Bytes.ofHex(curve.identifierHex).equals(der)) {
        return Optional.of(curve);
      }
    }
    return Optional.empty();
  }

  /** By a name that libcrypto gives. */
  static Optional<Curve> ofGroupName(String name) {
    for (Curve curve : values()) {
      boolean alias = curve == P256 && name.equals("prime256v1");
      boolean sec =
          (curve == P384 && name.equals("secp384r1"))
              || (curve == P521 && name.equals("secp521r1"));
      if (curve.groupName.equals(name) || alias || sec) {
        return Optional.of(curve);
      }
    }
    return Optional.empty();
  }
}
