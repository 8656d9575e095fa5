package org.ipsec4j.cli.policy;

import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.policy.document.PolicyError;
import org.ipsec4j.api.policy.document.PolicyWarning;

/** What came of fetching a secret. */
public sealed interface SecretResult {
  /**
   * The secret.
   *
   * @param secret the caller destroys it
   * @param warnings such as that others may read its file
   */
  record Resolved(Secret secret, List<PolicyWarning> warnings) implements SecretResult {
    /** Copies the list. */
    public Resolved {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * No secret.
   *
   * @param error at the line where the policy refers to it; never with a part of it
   */
  record Failed(PolicyError error) implements SecretResult {}
}
