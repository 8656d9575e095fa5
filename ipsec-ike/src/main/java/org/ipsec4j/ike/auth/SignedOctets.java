package org.ipsec4j.ike.auth;

import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.ike.wire.IdPayload;

/** The octets that AUTH payloads cover (RFC 7296 2.15). Stateless, thread-safe. */
public final class SignedOctets {
  private SignedOctets() {}

  /**
   * {@code RealMessage | Nonce | prf(SK_p, ID')}: for the initiator its own IKE_SA_INIT request,
   * the responder's nonce, SK_pi and IDi; for the responder its own IKE_SA_INIT response, the
   * initiator's nonce, SK_pr and IDr. Each side covers the nonce of the other.
   *
   * @param prf the PRF of the IKE SA
   * @param ownMessage the signer's IKE_SA_INIT message as it went over the wire, from the first
   *     octet of the SPIs on, without a non-ESP marker; of several the last
   * @param otherNonce nonce of the other side, without headers
   * @param skP SK_pi or SK_pr, that of the signer
   * @param id the signer's Identification payload, as received when the peer signed
   */
  public static Bytes of(Prf prf, byte[] ownMessage, Bytes otherNonce, Secret skP, IdPayload id)
      throws CryptoException {
    Secret mac = prf.compute(skP, Secret.ofPublic(id.body()));
    byte[] raw = mac.reveal(SecretAccess.raw());
    try {
      return Bytes.concat(Bytes.copyOf(ownMessage), otherNonce, Bytes.copyOf(raw));
    } finally {
      Arrays.fill(raw, (byte) 0);
      mac.destroy();
    }
  }
}
