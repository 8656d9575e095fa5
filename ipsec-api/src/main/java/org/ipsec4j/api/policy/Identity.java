package org.ipsec4j.api.policy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.IpAddress;

/** An identity as ID payloads carry it (RFC 7296 3.5). */
public sealed interface Identity {
  /** ID type number. */
  int type();

  /** Identification Data. */
  Bytes data();

  /**
   * ID_IPV4_ADDR or ID_IPV6_ADDR.
   *
   * @param address the address
   */
  record Address(IpAddress address) implements Identity {
    @Override
    public int type() {
      return address.isV4() ? 1 : 5;
    }

    @Override
    public Bytes data() {
      return Bytes.copyOf(address.octets());
    }

    @Override
    public String toString() {
      return "ip:" + address;
    }
  }

  /**
   * ID_FQDN; compared without regard to case.
   *
   * @param name ASCII domain name without a closing dot
   */
  record Fqdn(String name) implements Identity {
    /** Lower-cases the name. */
    public Fqdn {
      name = name.toLowerCase(Locale.ROOT);
    }

    @Override
    public int type() {
      return 2;
    }

    @Override
    public Bytes data() {
      return Bytes.copyOf(name.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
      return "fqdn:" + name;
    }
  }

  /**
   * ID_RFC822_ADDR.
   *
   * @param mailbox such as {@code joe@example.org}
   */
  record Mailbox(String mailbox) implements Identity {
    @Override
    public int type() {
      return 3;
    }

    @Override
    public Bytes data() {
      return Bytes.copyOf(mailbox.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
      return "email:" + mailbox;
    }
  }

  /**
   * ID_DER_ASN1_DN.
   *
   * @param der DER of the X.500 Name
   * @param text the name for people; takes no part in equality
   */
  record DistinguishedName(Bytes der, String text) implements Identity {
    @Override
    public int type() {
      return 9;
    }

    @Override
    public Bytes data() {
      return der;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof DistinguishedName name && der.equals(name.der);
    }

    @Override
    public int hashCode() {
      return der.hashCode();
    }

    @Override
    public String toString() {
      return "dn:" + text;
    }
  }

  /**
   * ID_KEY_ID.
   *
   * @param data opaque octets
   */
  record KeyId(Bytes data) implements Identity {
    @Override
    public int type() {
      return 11;
    }

    @Override
    public String toString() {
      return "keyid:" + data;
    }
  }

  /**
   * Any other type, kept as it came; equals nothing that a policy can name.
   *
   * @param type ID type number
   * @param data Identification Data
   */
  record Other(int type, Bytes data) implements Identity {
    @Override
    public String toString() {
      return "id-type-" + type + ":" + data;
    }
  }
}
