package org.ipsec4j.ike.wire;

import java.nio.charset.StandardCharsets;
import javax.security.auth.x500.X500Principal;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Identity;

/** Identification Data to identities (RFC 7296 3.5). */
final class IdentityWire {
  private static final int MAX_NAME = 255;
  private static final int MAX_DN = 4096;

  private IdentityWire() {}

  static Identity identity(int type, Bytes data) {
    return switch (type) {
      case 1 -> address(type, data, 4);
      case 5 -> address(type, data, 16);
      case 2 -> isText(data) ? new Identity.Fqdn(text(data)) : other(type, data);
      case 3 -> isText(data) ? new Identity.Mailbox(text(data)) : other(type, data);
      case 9 -> distinguishedName(type, data);
      case 11 -> new Identity.KeyId(data);
      default -> other(type, data);
    };
  }

  private static Identity address(int type, Bytes data, int length) {
    return data.length() == length
        ? new Identity.Address(IpAddress.of(data.toArray()))
        : other(type, data);
  }

  private static Identity distinguishedName(int type, Bytes data) {
    if (data.length() == 0 || data.length() > MAX_DN) {
      return other(type, data);
    }
    try {
      X500Principal name = new X500Principal(data.toArray());
      // A name followed by something else would compare equal to the name alone.
      return data.equals(Bytes.copyOf(name.getEncoded()))
          ? new Identity.DistinguishedName(data, name.getName())
          : other(type, data);
    } catch (IllegalArgumentException e) {
      return other(type, data);
    }
  }

  private static Identity other(int type, Bytes data) {
    return new Identity.Other(type, data);
  }

  /** Printable ASCII without blanks: no terminators, no control characters (3.5). */
  private static boolean isText(Bytes data) {
    if (data.length() == 0 || data.length() > MAX_NAME) {
      return false;
    }
    for (int i = 0; i < data.length(); i++) {
      if (data.at(i) <= 0x20 || data.at(i) >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static String text(Bytes data) {
    return new String(data.toArray(), StandardCharsets.US_ASCII);
  }
}
