package org.ipsec4j.api;

/**
 * The token that opens a {@link Secret}. Search the code for {@code SecretAccess} to find every
 * place that touches raw key material: providers, key derivation, and the export that an operator
 * asked for by name.
 */
public final class SecretAccess {
  private static final SecretAccess RAW = new SecretAccess();

  private SecretAccess() {}

  /** The one token. */
  public static SecretAccess raw() {
    return RAW;
  }
}
