package org.ipsec4j.auth.pki;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** Reading certificates, ours and hostile ones. Never throws because of what stands in them. */
final class Certificates {
  /** Octets of one certificate; those with post-quantum keys have about 20,000. */
  static final int MAX_OCTETS = 1 << 16;

  private static final int MAX_TEXT = 200;
  private static final int MAX_NAMES = 32;
  private static final int SEQUENCE = 0x30;

  private Certificates() {}

  /** The certificate that {@code der} is and nothing behind it; null when it cannot be read. */
  static @Nullable X509Certificate parse(byte[] der) {
    if (der.length == 0 || der.length > MAX_OCTETS || (der[0] & 0xff) != SEQUENCE) {
      return null;
    }
    try {
      ByteArrayInputStream stream = new ByteArrayInputStream(der);
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(stream);
      return stream.available() == 0 ? certificate : null;
    } catch (CertificateException | RuntimeException | StackOverflowError e) {
      return null;
    }
  }

  /** Subject and serial number for people. */
  static String name(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().toString();
    return subject.isEmpty()
        ? "the certificate with serial number " + certificate.getSerialNumber().toString(16)
        : printable(subject);
  }

  /** Text from a peer: one line, ASCII, of bounded length. */
  static String printable(String text) {
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < text.length() && clean.length() < MAX_TEXT; i++) {
      char c = text.charAt(i);
      clean.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    return text.length() > MAX_TEXT ? clean + "..." : clean.toString();
  }

  /** SHA-1 of the SubjectPublicKeyInfo (RFC 7296 3.7). */
  static Bytes keyHash(X509Certificate certificate) {
    try {
      return Bytes.copyOf(
          MessageDigest.getInstance("SHA-1").digest(certificate.getPublicKey().getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  /** The names in SubjectAltName; null when the extension cannot be read. */
  static @Nullable List<AltName> altNames(X509Certificate certificate) {
    List<AltName> names = new ArrayList<>();
    Collection<List<?>> general;
    try {
      general = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException | RuntimeException e) {
      return null;
    }
    if (general == null) {
      return names;
    }
    for (List<?> entry : general) {
      if (entry.size() > 1 && entry.get(0) instanceof Integer type) {
        names.add(new AltName(type, entry.get(1)));
      }
    }
    return names;
  }

  /** What the certificate proves, for people: the subject and its alternative names. */
  static List<String> provenNames(X509Certificate certificate) {
    List<String> proven = new ArrayList<>();
    String subject = certificate.getSubjectX500Principal().toString();
    if (!subject.isEmpty()) {
      proven.add("dn:" + printable(subject));
    }
    List<AltName> names = altNames(certificate);
    if (names != null) {
      names.stream().limit(MAX_NAMES).map(AltName::toString).forEach(proven::add);
    }
    return proven;
  }

  /**
   * One alternative name.
   *
   * @param type number of the choice in GeneralName (RFC 5280 4.2.1.6)
   * @param value text of names, else octets
   */
  record AltName(int type, Object value) {
    static final int RFC822 = 1;
    static final int DNS = 2;
    static final int IP = 7;

    /** The address of an iPAddress; null when it is none. */
    @Nullable IpAddress address() {
      // JCA gives addresses as text; a name could not have passed its parser.
      if (type != IP || !(value instanceof String text)) {
        return null;
      }
      try {
        return IpAddress.parse(text);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    boolean isAddress(IpAddress wanted) {
      IpAddress address = address();
      return address != null && address.equals(wanted);
    }

    boolean isText(int wantedType, String wanted) {
      return type == wantedType && value instanceof String text && text.equalsIgnoreCase(wanted);
    }

    @Override
    public String toString() {
      String prefix =
          switch (type) {
            case RFC822 -> "email:";
            case DNS -> "fqdn:";
            case 4 -> "dn:";
            case 6 -> "uri:";
            case IP -> "ip:";
            default -> "other:";
          };
      IpAddress address = address();
      if (address != null) {
        return prefix + address;
      }
      return prefix + (value instanceof String text ? printable(text) : "(binary)");
    }
  }
}
