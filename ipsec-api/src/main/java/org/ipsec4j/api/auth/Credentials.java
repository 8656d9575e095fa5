package org.ipsec4j.api.auth;

import java.time.Instant;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.Identity;
import org.jspecify.annotations.Nullable;

/**
 * What this node holds to prove itself and to judge others. Handed to the engine; thread-safe;
 * everything is in memory, but {@link #validate} may be slow and is called from offloaded work.
 */
public interface Credentials {
  /** The key of that name, or null when there is none. The caller does not destroy it. */
  @Nullable Secret preSharedKey(AuthMethod.Psk method);

  /** The private key and certificates of that name, or null when there are none. */
  @Nullable SigningKey signingKey(AuthMethod.Certificate method);

  /** SHA-1 of each anchor's SubjectPublicKeyInfo, as CERTREQ carries them (RFC 7296 3.7). */
  List<Bytes> anchorKeyHashes(AuthMethod.Certificate method);

  /**
   * Checks a peer's certificates.
   *
   * @param method names the trust anchors
   * @param chain DER certificates as they came, the end entity first; hostile
   * @param claimed the identity of the peer's ID payload
   * @param at the moment for which validity is judged
   */
  PathOutcome validate(
      AuthMethod.Certificate method, List<Bytes> chain, Identity claimed, Instant at);

  /**
   * The same credentials, signing and verifying with a provider where it can; see {@link
   * SigningKey#using}. A node asks once, with its own providers.
   */
  default Credentials using(CryptoProvider crypto) {
    return this;
  }
}
