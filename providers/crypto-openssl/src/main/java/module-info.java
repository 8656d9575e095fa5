import org.jspecify.annotations.NullMarked;

/** Crypto by the libcrypto of the machine. */
@NullMarked
module org.ipsec4j.crypto.openssl {
  requires transitive org.ipsec4j.api;
  requires org.ipsec4j.ffm;
  requires static org.jspecify;

  exports org.ipsec4j.crypto.openssl;

  provides org.ipsec4j.api.crypto.CryptoProvider with
      org.ipsec4j.crypto.openssl.OpenSslCryptoProvider;
}
