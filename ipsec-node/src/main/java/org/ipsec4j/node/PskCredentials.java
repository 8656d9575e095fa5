package org.ipsec4j.node;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.Identity;
import org.jspecify.annotations.Nullable;

/**
 * Credentials of a node that uses pre-shared keys alone; for certificates see {@code
 * PkiCredentials} of ipsec-auth-pki. Immutable and thread-safe.
 */
public final class PskCredentials implements Credentials {
  private final Map<String, Secret> keys;

  /**
   * @param keys pre-shared keys by their name in the policy; the secrets stay alive
   */
  public PskCredentials(Map<String, Secret> keys) {
    this.keys = Map.copyOf(keys);
  }

  /** One pre-shared key, under the name that the policy gives it. */
  public static PskCredentials of(String name, Secret key) {
    return new PskCredentials(Map.of(name, key));
  }

  @Override
  public @Nullable Secret preSharedKey(AuthMethod.Psk method) {
    return keys.get(method.secretRef());
  }

  @Override
  public @Nullable SigningKey signingKey(AuthMethod.Certificate method) {
    return null;
  }

  @Override
  public List<Bytes> anchorKeyHashes(AuthMethod.Certificate method) {
    return List.of();
  }

  @Override
  public PathOutcome validate(
      AuthMethod.Certificate method, List<Bytes> chain, Identity claimed, Instant at) {
    return new PathOutcome.Rejected(
        PathOutcome.Cause.UNKNOWN_CA,
        "this node has pre-shared keys only, and no trust anchors",
        "give the node PkiCredentials with the trust anchors " + method.credentialRef(),
        List.of());
  }

  /** Tells how many keys there are, and no more. */
  @Override
  public String toString() {
    return "PskCredentials[" + keys.size() + " keys]";
  }
}
