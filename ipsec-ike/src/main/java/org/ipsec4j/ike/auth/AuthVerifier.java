package org.ipsec4j.ike.auth;

import java.util.Optional;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.ike.wire.AuthPayload;
import org.ipsec4j.ike.wire.IdPayload;

/**
 * Verifies AUTH payloads; the only place that makes {@link AuthVerified}. Stateless, thread-safe.
 */
public final class AuthVerifier {
  private AuthVerifier() {}

  /**
   * Verifies a shared key, in constant time.
   *
   * @param prf the PRF of the IKE SA
   * @param shared stays the caller's
   * @param id the Identification payload that was used for {@code signedOctets}
   * @param signedOctets from {@link SignedOctets#of} for the peer's side
   * @param auth the peer's payload
   */
  public static AuthResult sharedKey(
      Prf prf, Secret shared, IdPayload id, Bytes signedOctets, AuthPayload auth) {
    if (auth.method() != AuthMethodNumber.SHARED_KEY) {
      return failed(AuthResult.Reason.OTHER_METHOD);
    }
    Secret right;
    try {
      right = PskAuth.value(prf, shared, signedOctets);
    } catch (CryptoException e) {
      return failed(AuthResult.Reason.PROVIDER_FAILED);
    }
    Secret given = Secret.ofPublic(auth.data());
    try {
      return right.equals(given)
          ? new AuthResult.Verified(new AuthVerified(auth.method(), id))
          : failed(AuthResult.Reason.VALUE_MISMATCH);
    } finally {
      right.destroy();
      given.destroy();
    }
  }

  /**
   * Verifies a digital signature. Slow: called from offloaded work.
   *
   * @param publicKey DER SubjectPublicKeyInfo of the peer's certificate
   * @param allowed algorithms that the policy allows
   * @param id the Identification payload that was used for {@code signedOctets}
   * @param signedOctets from {@link SignedOctets#of} for the peer's side
   * @param auth the peer's payload
   */
  public static AuthResult signature(
      CryptoProvider crypto,
      Bytes publicKey,
      Set<SignatureAlgorithm> allowed,
      IdPayload id,
      Bytes signedOctets,
      AuthPayload auth) {
    if (!isSignature(auth.method())) {
      return failed(AuthResult.Reason.OTHER_METHOD);
    }
    Optional<SignatureAuth.Signed> parsed = SignatureAuth.parse(auth);
    if (parsed.isEmpty()) {
      return failed(AuthResult.Reason.UNKNOWN_SIGNATURE);
    }
    SignatureAuth.Signed signed = parsed.get();
    if (!allowed.contains(signed.algorithm())) {
      return failed(AuthResult.Reason.ALGORITHM_NOT_ALLOWED);
    }
    try {
      return crypto.verify(signed.algorithm(), publicKey, signedOctets, signed.signature())
          ? new AuthResult.Verified(new AuthVerified(auth.method(), id))
          : failed(AuthResult.Reason.VALUE_MISMATCH);
    } catch (CryptoException e) {
      return failed(
          e.culprit() == CryptoException.Culprit.PROVIDER
              ? AuthResult.Reason.PROVIDER_FAILED
              : AuthResult.Reason.KEY_UNUSABLE);
    }
  }

  private static boolean isSignature(int method) {
    return switch (method) {
      case AuthMethodNumber.RSA_SIGNATURE,
          AuthMethodNumber.ECDSA_P256,
          AuthMethodNumber.ECDSA_P384,
          AuthMethodNumber.ECDSA_P521,
          AuthMethodNumber.DIGITAL_SIGNATURE ->
          true;
      default -> false;
    };
  }

  private static AuthResult failed(AuthResult.Reason reason) {
    return new AuthResult.Failed(reason);
  }
}
