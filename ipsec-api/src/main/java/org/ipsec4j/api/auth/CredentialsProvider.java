package org.ipsec4j.api.auth;

/** Knows a kind of certificates and keys. Found by ServiceLoader. Thread-safe. */
public interface CredentialsProvider {
  /** Short name, such as {@code pki}. */
  String name();

  /** Begins with no credentials at all. */
  CredentialsBuilder builder();
}
