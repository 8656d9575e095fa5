import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.jspecify.annotations.NullMarked;

/** Crypto by JCA providers, with Bouncy Castle for what the JDK lacks. */
@NullMarked
module org.ipsec4j.crypto.jca {
  requires transitive org.ipsec4j.api;
  requires org.bouncycastle.provider;
  requires static org.jspecify;

  exports org.ipsec4j.crypto.jca;

  uses java.security.Provider;

  provides CryptoProvider with
      JcaCryptoProvider;
}
