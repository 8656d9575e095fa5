package org.ipsec4j.api.policy.document;

import org.ipsec4j.api.Secret;
import org.ipsec4j.api.policy.Origin;

/** Where a secret comes from; who loads the policy fetches it. */
public sealed interface SecretRef {
  /** How the text stands for octets. */
  Encoding encoding();

  /** Where the reference was written. */
  Origin origin();

  /** How a secret's text stands for its octets. */
  enum Encoding {
    /** The octets of the text in UTF-8. */
    TEXT,
    /** Hexadecimal digits, with or without {@code 0x} in front. */
    HEX,
    /** Base64 (RFC 4648 4), with or without {@code 0s} in front. */
    BASE64
  }

  /**
   * In a file. One line end at its end does not belong to the secret.
   *
   * @param path relative to the policy file
   */
  record File(String path, Encoding encoding, Origin origin) implements SecretRef {}

  /**
   * In an environment variable.
   *
   * @param name of the variable
   */
  record Environment(String name, Encoding encoding, Origin origin) implements SecretRef {}

  /**
   * In the policy file itself, which is not the place for it.
   *
   * @param value the text as octets, not yet decoded
   */
  record Inline(Secret value, Encoding encoding, Origin origin) implements SecretRef {}
}
