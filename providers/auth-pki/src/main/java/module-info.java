import org.jspecify.annotations.NullMarked;

/** X.509 certificate paths for IKE authentication. */
@NullMarked
module org.ipsec4j.auth.pki {
  requires transitive org.ipsec4j.api;
  requires static org.jspecify;

  exports org.ipsec4j.auth.pki;

  provides org.ipsec4j.api.auth.CredentialsProvider with
      org.ipsec4j.auth.pki.PkiCredentialsProvider;
}
