package org.ipsec4j.auth.pki;

import org.ipsec4j.api.auth.CredentialsBuilder;
import org.ipsec4j.api.auth.CredentialsProvider;

/** X.509 certificates and PKCS#8 keys from PEM and DER files, as a service. */
public final class PkiCredentialsProvider implements CredentialsProvider {
  /** Called by ServiceLoader. */
  public PkiCredentialsProvider() {}

  @Override
  public String name() {
    return "pki";
  }

  @Override
  public CredentialsBuilder builder() {
    return PkiCredentials.builder();
  }
}
