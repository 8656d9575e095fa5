package org.ipsec4j.ike.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.ike.wire.AuthPayload;

/**
 * AUTH by shared key (RFC 7296 2.15): {@code prf(prf(Shared Secret, "Key Pad for IKEv2"), signed
 * octets)}. The shared secret may also be the MSK of an EAP method, or SK_p where the method makes
 * no key (2.16). Stateless, thread-safe.
 */
public final class PskAuth {
  private static final Bytes KEY_PAD =
      Bytes.copyOf("Key Pad for IKEv2".getBytes(StandardCharsets.US_ASCII));

  private PskAuth() {}

  /**
   * Our AUTH payload.
   *
   * @param prf the PRF of the IKE SA
   * @param shared stays the caller's
   * @param signedOctets from {@link SignedOctets#of} for our side
   */
  public static AuthPayload sign(Prf prf, Secret shared, Bytes signedOctets)
      throws CryptoException {
    Secret value = value(prf, shared, signedOctets);
    byte[] raw = value.reveal(SecretAccess.raw());
    try {
      return new AuthPayload(AuthMethodNumber.SHARED_KEY, Bytes.copyOf(raw));
    } finally {
      Arrays.fill(raw, (byte) 0);
      value.destroy();
    }
  }

  /** The value that the AUTH payload must hold. */
  static Secret value(Prf prf, Secret shared, Bytes signedOctets) throws CryptoException {
    Secret key = prf.compute(shared, Secret.ofPublic(KEY_PAD));
    try {
      return prf.compute(key, Secret.ofPublic(signedOctets));
    } finally {
      key.destroy();
    }
  }
}
