package org.ipsec4j.auth.pki;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.ipsec4j.api.policy.Identity;

/** Whether a certificate holds the identity of an ID payload (RFC 4945 3.1). */
final class IdentityBinding {
  private IdentityBinding() {}

  /**
   * Compares.
   *
   * @param names the subject alternative names of the certificate
   */
  static boolean holds(
      X509Certificate certificate, List<Certificates.AltName> names, Identity claimed) {
    return switch (claimed) {
      case Identity.Address address ->
          names.stream().anyMatch(name -> name.isAddress(address.address()));
      // No wildcard and no common name: only what the CA wrote as a domain name (3.1.2).
      case Identity.Fqdn fqdn ->
          names.stream().anyMatch(name -> name.isText(Certificates.AltName.DNS, fqdn.name()));
      case Identity.Mailbox mailbox ->
          names.stream()
              .anyMatch(name -> name.isText(Certificates.AltName.RFC822, mailbox.mailbox()));
      case Identity.DistinguishedName name -> isSubject(certificate, name);
      case Identity.KeyId keyId -> false;
      case Identity.Other other -> false;
    };
  }

  /** Equality of names by RFC 5280 7.1, which looks through string types, case and blanks. */
  private static boolean isSubject(X509Certificate certificate, Identity.DistinguishedName name) {
    X500Principal subject = certificate.getSubjectX500Principal();
    try {
      return !subject.getName().isEmpty()
          && subject.equals(new X500Principal(name.der().toArray()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What to change. */
  static String cure(Identity claimed) {
    return switch (claimed) {
      case Identity.KeyId keyId ->
          "a certificate cannot prove a key id: let the peer claim one of its certificate's names";
      case Identity.Other other ->
          "let the peer claim one of its certificate's names as its identity";
      case Identity.Address address ->
          "let the peer claim a name of its certificate, or issue one with iPAddress "
              + address.address()
              + " in subjectAltName";
      case Identity.Fqdn fqdn ->
          "let the peer claim a name of its certificate, or issue one with dNSName "
              + Certificates.printable(fqdn.name())
              + " in subjectAltName";
      case Identity.Mailbox mailbox ->
          "let the peer claim a name of its certificate, or issue one with rfc822Name "
              + Certificates.printable(mailbox.mailbox())
              + " in subjectAltName";
      case Identity.DistinguishedName name ->
          "let the peer claim exactly the subject of its certificate";
    };
  }
}
