package org.ipsec4j.node;

import java.time.Instant;
import java.util.HashMap;
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
 * Credentials held in memory: pre-shared keys of its own, and certificates by another {@link
 * Credentials} when there are any. Immutable and thread-safe.
 */
public final class InMemoryCredentials implements Credentials {
  private final Map<String, Secret> keys;
  private final @Nullable Credentials certificates;

  /**
   * @param keys pre-shared keys by their name in the policy; the secrets stay alive
   * @param certificates answers everything about certificates, or null when the policy has none
   */
  public InMemoryCredentials(Map<String, Secret> keys, @Nullable Credentials certificates) {
    this.keys = new HashMap<>(keys);
    this.certificates = certificates;
  }

  /** One pre-shared key, under the name that the policy gives it. */
  public static InMemoryCredentials psk(String name, Secret key) {
    return new InMemoryCredentials(Map.of(name, key), null);
  }

  @Override
  public @Nullable Secret preSharedKey(AuthMethod.Psk method) {
    return keys.get(method.secretRef());
  }

  @Override
  public @Nullable SigningKey signingKey(AuthMethod.Certificate method) {
    return certificates == null ? null : certificates.signingKey(method);
  }

  @Override
  public List<Bytes> anchorKeyHashes(AuthMethod.Certificate method) {
    return certificates == null ? List.of() : certificates.anchorKeyHashes(method);
  }

  @Override
  public PathOutcome validate(
      AuthMethod.Certificate method, List<Bytes> chain, Identity claimed, Instant at) {
    if (certificates == null) {
      return new PathOutcome.Rejected(
          PathOutcome.Cause.UNKNOWN_CA,
          "no trust anchors are loaded",
          "name the CA certificates under auth: { certificate: { trust: ... } }",
          List.of());
    }
    return certificates.validate(method, chain, claimed, at);
  }

  /** Tells how many keys there are, and no more. */
  @Override
  public String toString() {
    return "InMemoryCredentials[" + keys.size() + " pre-shared keys]";
  }
}
