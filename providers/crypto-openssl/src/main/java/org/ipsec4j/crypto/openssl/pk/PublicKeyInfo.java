package org.ipsec4j.crypto.openssl.pk;

import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm.KeyType;
import org.jspecify.annotations.Nullable;

/**
 * A peer's SubjectPublicKeyInfo (RFC 5280 4.1), taken apart and judged before native code sees any
 * of it. Immutable.
 */
sealed interface PublicKeyInfo {
  /**
   * An RSA key.
   *
   * @param modulus odd, of 1024 to 16384 bits
   * @param exponent odd, above 2, of at most 64 bits
   */
  record Rsa(Bytes modulus, Bytes exponent) implements PublicKeyInfo {}

  /**
   * A key on a curve that has a name.
   *
   * @param point uncompressed; whether it is on the curve is still to be found out
   */
  record OnCurve(Curve curve, Bytes point) implements PublicKeyInfo {}

  /**
   * Ed25519 or Ed448.
   *
   * @param octets of the right length
   */
  record Edwards(KeyType type, Bytes octets) implements PublicKeyInfo {}

  /** A key of 16384 bits fits; whatever is longer is not worth the time it would take. */
  int MAX_OCTETS = 4096;

  /** rsaEncryption with NULL (RFC 3279 2.3.1). */
  Bytes RSA_ENCRYPTION = Bytes.ofHex("300d06092a864886f70d0101010500");

  /** id-RSASSA-PSS without parameters: any hash (RFC 4055 3.1). */
  Bytes RSA_PSS_ANY = Bytes.ofHex("300b06092a864886f70d01010a");

  /** id-ecPublicKey. */
  Bytes EC_PUBLIC_KEY = Bytes.ofHex("06072a8648ce3d0201");

  /** id-Ed25519 (RFC 8410 3). */
  Bytes ED25519 = Bytes.ofHex("300506032b6570");

  /** id-Ed448 (RFC 8410 3). */
  Bytes ED448 = Bytes.ofHex("300506032b6571");

  /**
   * Takes a key apart.
   *
   * @param algorithm that it shall verify
   * @throws CryptoException with PEER_VALUE when it is malformed, of another kind, or too weak or
   *     large to be worth the time
   */
  static PublicKeyInfo parse(SignatureAlgorithm algorithm, Bytes der) throws CryptoException {
    if (der.length() > MAX_OCTETS) {
      throw refused("the public key is too long");
    }
    DerReader outer = new DerReader(der);
    Bytes content = outer.content(DerReader.SEQUENCE);
    if (content == null || !outer.isAtEnd()) {
      throw refused("the public key is no DER SubjectPublicKeyInfo");
    }
    DerReader info = new DerReader(content);
    Bytes identifier = info.nextTag() == DerReader.SEQUENCE ? info.whole() : null;
    Bytes bits = info.content(DerReader.BIT_STRING);
    if (identifier == null
        || bits == null
        || !info.isAtEnd()
        || bits.length() < 2
        || bits.at(0) != 0) {
      throw refused("the public key is no DER SubjectPublicKeyInfo");
    }
    Bytes key = bits.slice(1, bits.length() - 1);
    PublicKeyInfo parsed =
        switch (algorithm.keyType()) {
          case RSA -> rsa(algorithm, identifier, key);
          case EC -> onCurve(identifier, key);
          case ED25519 -> edwards(KeyType.ED25519, identifier.equals(ED25519), key, 32);
          case ED448 -> edwards(KeyType.ED448, identifier.equals(ED448), key, 57);
        };
    if (parsed == null) {
      throw refused("the public key is no key for " + algorithm);
    }
    return parsed;
  }

  private static @Nullable PublicKeyInfo rsa(
      SignatureAlgorithm algorithm, Bytes identifier, Bytes key) throws CryptoException {
    boolean pss = algorithm.name().startsWith("RSA_PSS");
    boolean fits =
        identifier.equals(RSA_ENCRYPTION)
            || (pss
                && (identifier.equals(RSA_PSS_ANY)
                    || identifier.equals(algorithm.algorithmIdentifier())));
    DerReader outer = new DerReader(key);
    Bytes content = fits ? outer.content(DerReader.SEQUENCE) : null;
    if (content == null || !outer.isAtEnd()) {
      return null;
    }
    DerReader numbers = new DerReader(content);
    Bytes modulus = numbers.positive();
    Bytes exponent = numbers.positive();
    if (modulus == null || exponent == null || !numbers.isAtEnd()) {
      return null;
    }
    RsaBounds.check(modulus, exponent);
    return new Rsa(modulus, exponent);
  }

  private static @Nullable PublicKeyInfo onCurve(Bytes identifier, Bytes key)
      throws CryptoException {
    Bytes content = new DerReader(identifier).content(DerReader.SEQUENCE);
    DerReader parts = new DerReader(content == null ? Bytes.EMPTY : content);
    Bytes kind = parts.whole();
    Bytes name = parts.whole();
    if (kind == null || !kind.equals(EC_PUBLIC_KEY) || name == null || !parts.isAtEnd()) {
      return null;
    }
    Optional<Curve> curve = Curve.ofIdentifier(name);
    if (curve.isEmpty()) {
      throw refused("the curve of the key is unknown");
    }
    boolean uncompressed = key.length() == 1 + 2 * curve.get().length() && key.at(0) == 4;
    return uncompressed ? new OnCurve(curve.get(), key) : null;
  }

  private static @Nullable PublicKeyInfo edwards(
      KeyType type, boolean fits, Bytes key, int length) {
    return fits && key.length() == length ? new Edwards(type, key) : null;
  }

  /** A refusal of a peer's key. */
  static CryptoException refused(String why) {
    return new CryptoException(Culprit.PEER_VALUE, why);
  }
}
