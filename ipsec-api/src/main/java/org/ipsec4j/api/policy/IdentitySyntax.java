package org.ipsec4j.api.policy;

import java.util.Locale;
import javax.security.auth.x500.X500Principal;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.IpAddress;

/**
 * Identities as text. With a prefix the kind is given: {@code ip:192.0.2.1}, {@code
 * fqdn:gw.example}, {@code email:joe@example.org}, {@code dn:CN=gw, O=Example}, {@code
 * keyid:0a1b2c}. Without one it follows from the form: an address literal, a mailbox when an
 * {@code @} stands inside, a distinguished name when an {@code =} does, else a domain name.
 */
public final class IdentitySyntax {
  private static final int LONGEST = 1024;

  private IdentitySyntax() {}

  /**
   * Reads an identity; the text of one that a policy can name reads back as the same.
   *
   * @throws IllegalArgumentException when the text is none; the message says why
   */
  public static Identity parse(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      throw new IllegalArgumentException("an identity has 1 to 1024 characters");
    }
    int colon = text.indexOf(':');
    String prefix = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = text.substring(colon + 1).strip();
    return switch (prefix) {
      case "ip" -> new Identity.Address(IpAddress.parse(rest));
      case "fqdn" -> fqdn(rest);
      case "email" -> mailbox(rest);
      case "dn" -> distinguishedName(rest);
      case "keyid" -> keyId(rest);
      default -> byForm(text.strip());
    };
  }

  private static Identity byForm(String text) {
    if (text.indexOf('=') > 0) {
      return distinguishedName(text);
    }
    if (text.indexOf(':') >= 0 || text.matches("[0-9.]+")) {
      return new Identity.Address(IpAddress.parse(text));
    }
    return text.indexOf('@') > 0 ? mailbox(text) : fqdn(text);
  }

  private static Identity fqdn(String name) {
    boolean fits =
        name.length() <= 253
            && name.matches(
                "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?"
                    + "(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*");
    if (!fits) {
      throw new IllegalArgumentException("`" + name + "` is not a domain name");
    }
    return new Identity.Fqdn(name);
  }

  private static Identity mailbox(String mailbox) {
    if (!mailbox.matches("[!-~&&[^@]]+@[A-Za-z0-9._-]+")) {
      throw new IllegalArgumentException("`" + mailbox + "` is not a mail address");
    }
    return new Identity.Mailbox(mailbox);
  }

  private static Identity distinguishedName(String name) {
    try {
      X500Principal principal = new X500Principal(name);
      return new Identity.DistinguishedName(
          Bytes.copyOf(principal.getEncoded()), principal.getName(X500Principal.RFC2253));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("`" + name + "` is not a distinguished name", e);
    }
  }

  private static Identity keyId(String hex) {
    if (hex.isEmpty() || !hex.matches("([0-9a-fA-F]{2})+")) {
      throw new IllegalArgumentException("`" + hex + "` is not a string of hexadecimal octets");
    }
    return new Identity.KeyId(Bytes.ofHex(hex));
  }
}
