package org.ipsec4j.api.policy;

/** How one side of an IKE SA proves itself. Secrets are named, never held. */
public sealed interface AuthMethod {
  /**
   * Pre-shared key (RFC 7296 2.15).
   *
   * @param secretRef the name under which the credentials hold the key
   */
  record Psk(String secretRef) implements AuthMethod {
    @Override
    public String toString() {
      return "psk";
    }
  }

  /**
   * X.509 certificate with a digital signature (RFC 7427).
   *
   * @param credentialRef for the local side, the name under which the credentials hold certificate
   *     and private key; for the remote side, the name of the set of trust anchors
   */
  record Certificate(String credentialRef) implements AuthMethod {
    @Override
    public String toString() {
      return "certificate";
    }
  }
}
