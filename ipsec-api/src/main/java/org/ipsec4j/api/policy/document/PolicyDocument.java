package org.ipsec4j.api.policy.document;

import java.util.List;
import java.util.Map;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PolicySet;
import org.jspecify.annotations.Nullable;

/**
 * What a policy file says. Secrets and certificates are only named here; who loads the policy
 * fetches them.
 *
 * @param policy peers and rules, complete with defaults
 * @param node settings of the node itself
 * @param secrets pre-shared keys and passwords, by the name that {@link AuthMethod.Psk#secretRef}
 *     and {@link CertificateRef#keyPassword} have
 * @param certificates our own certificates, by {@link AuthMethod.Certificate#credentialRef}
 * @param trusts sets of trust anchors, likewise
 */
public record PolicyDocument(
    PolicySet policy,
    NodeSettings node,
    Map<String, SecretRef> secrets,
    Map<String, CertificateRef> certificates,
    Map<String, TrustRef> trusts) {

  /** Copies the maps. */
  public PolicyDocument {
    secrets = Map.copyOf(secrets);
    certificates = Map.copyOf(certificates);
    trusts = Map.copyOf(trusts);
  }

  /**
   * Our certificate and private key.
   *
   * @param chain PEM file with our certificate and then intermediates, relative to the policy file
   * @param key PEM file with the private key (PKCS#8), likewise; the same file is allowed
   * @param keyPassword name of its password in {@link PolicyDocument#secrets}; null for none
   * @param origin where it was written
   */
  public record CertificateRef(
      String chain, String key, @Nullable String keyPassword, Origin origin) {}

  /**
   * The authorities that a peer's certificate must lead to.
   *
   * @param files PEM files, relative to the policy file
   * @param origin where it was written
   */
  public record TrustRef(List<String> files, Origin origin) {
    /** Copies the list. */
    public TrustRef {
      files = List.copyOf(files);
    }
  }
}
