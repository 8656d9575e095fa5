package org.ipsec4j.auth.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The private keys of a PKCS #11 token, which never leave it: the token signs. Each key needs a
 * certificate beside it in the token, for that is how JCA finds it; it goes by the certificate's
 * label. Thread-safe.
 */
public final class TokenKeys {
  private static final String SUN_PKCS11 = "SunPKCS11";

  private final Provider provider;
  private final KeyStore store;
  private final String source;

  private TokenKeys(Provider provider, KeyStore store, String source) {
    this.provider = provider;
    this.store = store;
    this.source = source;
  }

  /**
   * Opens a token.
   *
   * @param configuration what stands in a configuration file of the JDK's SunPKCS11
   * @param source the file's name, for messages
   * @param pin of the token, or null when it needs no login; the caller wipes it
   * @throws PkiException when there is no token, or it refuses the PIN
   */
  public static TokenKeys open(byte[] configuration, String source, char @Nullable [] pin)
      throws PkiException {
    Provider unconfigured = Security.getProvider(SUN_PKCS11);
    if (unconfigured == null) {
      throw new PkiException(source, "this JVM has no " + SUN_PKCS11 + " (jdk.crypto.cryptoki)");
    }
    Provider provider;
    try {
      // Two hyphens say that this is the configuration itself and not its file.
      provider = unconfigured.configure("--" + new String(configuration, StandardCharsets.UTF_8));
    } catch (InvalidParameterException | ProviderException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new PkiException(source, "it does not lead to a token: " + cause.getMessage());
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS11", provider);
      store.load(null, pin);
      return new TokenKeys(provider, store, source);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new PkiException(
          source,
          "the token cannot be opened ("
              + e.getClass().getSimpleName()
              + "); is the PIN right, which the policy names as the key's password?");
    }
  }

  /**
   * A key with the certificates that the token has.
   *
   * @param alias label of the certificate
   * @throws PkiException when there is no such key; the message lists those that are
   */
  public CertifiedKey key(String alias) throws PkiException {
    return key(alias, List.of());
  }

  /**
   * A key with certificates.
   *
   * @param alias label of the certificate
   * @param certificates our own, then intermediates; none for those of the token
   * @throws PkiException when there is no such key, or the certificates are not those of the key
   */
  public CertifiedKey key(String alias, List<X509Certificate> certificates) throws PkiException {
    try {
      Key key = store.getKey(alias, null);
      if (!(key instanceof PrivateKey privateKey)) {
        List<String> there = Collections.list(store.aliases());
        throw new PkiException(
            source,
            "the token has no private key with a certificate called `"
                + alias
                + "`; there are "
                + (there.isEmpty() ? "none" : String.join(", ", there)));
      }
      List<X509Certificate> chain = new ArrayList<>(certificates);
      Certificate[] own = store.getCertificateChain(alias);
      if (chain.isEmpty() && own != null) {
        for (Certificate certificate : own) {
          chain.add((X509Certificate) certificate);
        }
      }
      return CertifiedKey.of(privateKey, provider, chain, source);
    } catch (GeneralSecurityException | ProviderException e) {
      throw new PkiException(
          source, "the token does not give the key (" + e.getClass().getSimpleName() + ")");
    }
  }

  @Override
  public String toString() {
    return "keys of the token of " + source;
  }
}
