package org.ipsec4j.ike.auth;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.HashAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.ike.wire.AuthPayload;
import org.jspecify.annotations.Nullable;

/**
 * AUTH by digital signature: the framing of method 14 (RFC 7427 3) and of the older methods 1, 9,
 * 10 and 11. Stateless, thread-safe.
 *
 * <pre>
 *   length (1 octet) | AlgorithmIdentifier (DER) | signature
 * </pre>
 */
public final class SignatureAuth {
  /**
   * A signature as an AUTH payload carries it.
   *
   * @param algorithm how it was made
   * @param signature in the form that {@code CryptoProvider.verify} takes: of ECDSA the DER
   */
  public record Signed(SignatureAlgorithm algorithm, Bytes signature) {}

  private SignatureAuth() {}

  /** Our AUTH payload of method 14. */
  public static AuthPayload emit(SignatureAlgorithm algorithm, Bytes signature) {
    Bytes identifier = algorithm.algorithmIdentifier();
    byte[] length = {(byte) identifier.length()};
    return new AuthPayload(
        AuthMethodNumber.DIGITAL_SIGNATURE,
        Bytes.concat(Bytes.copyOf(length), identifier, signature));
  }

  /**
   * The signature of an AUTH payload.
   *
   * @return empty when the method is no signature, its framing is wrong or its algorithm unknown
   */
  public static Optional<Signed> parse(AuthPayload auth) {
    return switch (auth.method()) {
      case AuthMethodNumber.DIGITAL_SIGNATURE -> parseFramed(auth.data());
      case AuthMethodNumber.RSA_SIGNATURE ->
          Optional.of(new Signed(SignatureAlgorithm.RSA_PKCS1_SHA1, auth.data()));
      case AuthMethodNumber.ECDSA_P256 -> ecdsa(SignatureAlgorithm.ECDSA_SHA256, auth.data(), 64);
      case AuthMethodNumber.ECDSA_P384 -> ecdsa(SignatureAlgorithm.ECDSA_SHA384, auth.data(), 96);
      case AuthMethodNumber.ECDSA_P521 -> ecdsa(SignatureAlgorithm.ECDSA_SHA512, auth.data(), 132);
      default -> Optional.empty();
    };
  }

  private static Optional<Signed> parseFramed(Bytes data) {
    int length = data.length() == 0 ? 0 : data.at(0);
    if (length == 0 || data.length() <= 1 + length) {
      return Optional.empty();
    }
    Bytes signature = data.slice(1 + length, data.length() - 1 - length);
    return AlgorithmIdentifiers.find(data.slice(1, length))
        .map(algorithm -> new Signed(algorithm, signature));
  }

  /** RFC 4754 7: r and s behind one another, each as long as the order. */
  private static Optional<Signed> ecdsa(SignatureAlgorithm algorithm, Bytes data, int length) {
    return data.length() == length
        ? Optional.of(new Signed(algorithm, EcdsaSignature.toDer(data)))
        : Optional.empty();
  }

  /**
   * How we sign: the first of our algorithms whose hash the peer announced (RFC 7427 4).
   *
   * @param ours what our key can do, in order of preference
   * @param announced hashes of the peer's SIGNATURE_HASH_ALGORITHMS; empty when it sent none, and
   *     then method 14 may not be used
   * @return null when nothing fits
   */
  public static @Nullable SignatureAlgorithm choose(
      List<SignatureAlgorithm> ours, Set<HashAlgorithm> announced) {
    for (SignatureAlgorithm algorithm : ours) {
      if (announced.contains(algorithm.hash())) {
        return algorithm;
      }
    }
    return null;
  }
}
