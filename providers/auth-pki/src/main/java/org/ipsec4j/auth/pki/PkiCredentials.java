package org.ipsec4j.auth.pki;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.auth.CredentialFile;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.auth.CredentialsBuilder;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.Identity;
import org.jspecify.annotations.Nullable;

/**
 * Pre-shared keys, signing keys and trust anchors under the names that a policy uses. Immutable and
 * thread-safe.
 */
public final class PkiCredentials implements Credentials {
  private final Map<String, Secret> secrets;
  private final Map<String, SigningKey> keys;
  private final Map<String, PathChecker> checkers;

  private PkiCredentials(
      Map<String, Secret> secrets,
      Map<String, SigningKey> keys,
      Map<String, PathChecker> checkers) {
    this.secrets = Map.copyOf(secrets);
    this.keys = Map.copyOf(keys);
    this.checkers = Map.copyOf(checkers);
  }

  /** Begins with no credentials at all. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public @Nullable Secret preSharedKey(AuthMethod.Psk method) {
    return secrets.get(method.secretRef());
  }

  @Override
  public @Nullable SigningKey signingKey(AuthMethod.Certificate method) {
    return keys.get(method.credentialRef());
  }

  @Override
  public List<Bytes> anchorKeyHashes(AuthMethod.Certificate method) {
    PathChecker checker = checkers.get(method.credentialRef());
    return checker == null ? List.of() : checker.anchorKeyHashes();
  }

  @Override
  public PathOutcome validate(
      AuthMethod.Certificate method, List<Bytes> chain, Identity claimed, Instant at) {
    PathChecker checker = checkers.get(method.credentialRef());
    return checker == null
        ? new PathOutcome.Rejected(
            PathOutcome.Cause.UNKNOWN_CA,
            "no trusted CAs are stored under the name " + method.credentialRef(),
            "store them under that name, or name a set that is there in the policy",
            checkers.keySet().stream().sorted().map(name -> "there is " + name).toList())
        : checker.validate(chain, claimed, at);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Secrets and trust anchors are shared; certificate paths are validated by the JDK.
   */
  @Override
  public PkiCredentials using(CryptoProvider crypto) {
    Map<String, SigningKey> signing = new HashMap<>(keys);
    signing.replaceAll((name, key) -> key.using(crypto));
    return new PkiCredentials(secrets, signing, checkers);
  }

  @Override
  public String toString() {
    return "credentials with "
        + secrets.size()
        + " shared keys, "
        + keys.size()
        + " signing keys, "
        + checkers.size()
        + " sets of trusted CAs";
  }

  /** Collects credentials; not thread-safe. A name that is given twice takes the last. */
  public static final class Builder implements CredentialsBuilder {
    private final Map<String, Secret> secrets = new HashMap<>();
    private final Map<String, SigningKey> keys = new HashMap<>();
    private final Map<String, PathChecker> checkers = new HashMap<>();

    private Builder() {}

    @Override
    public Builder preSharedKey(String secretRef, Secret secret) {
      secrets.put(secretRef, secret);
      return this;
    }

    /** Adds a key of ours. */
    public Builder signingKey(String credentialRef, SigningKey key) {
      keys.put(credentialRef, key);
      return this;
    }

    @Override
    public Builder signingKey(
        String credentialRef, CredentialFile chain, CredentialFile key, char @Nullable [] password)
        throws PkiException {
      List<X509Certificate> certificates = PkiFiles.certificates(chain.content(), chain.source());
      PrivateKey privateKey = PkiFiles.privateKey(key.content(), key.source(), password);
      return signingKey(credentialRef, CertifiedKey.of(privateKey, certificates, key.source()));
    }

    @Override
    public Builder tokenKey(
        String credentialRef,
        CredentialFile chain,
        CredentialFile configuration,
        String alias,
        char @Nullable [] pin)
        throws PkiException {
      List<X509Certificate> certificates = PkiFiles.certificates(chain.content(), chain.source());
      return signingKey(
          credentialRef,
          TokenKeys.open(configuration.content(), configuration.source(), pin)
              .key(alias, certificates));
    }

    @Override
    public Builder trust(String credentialRef, List<CredentialFile> files) throws PkiException {
      List<X509Certificate> anchors = new ArrayList<>();
      for (CredentialFile file : files) {
        anchors.addAll(PkiFiles.certificates(file.content(), file.source()));
      }
      return trustAnchors(credentialRef, anchors);
    }

    /** Adds a set of trust anchors. */
    public Builder trustAnchors(String credentialRef, List<X509Certificate> anchors) {
      return pathChecker(credentialRef, PathChecker.trusting(anchors));
    }

    /** Adds a set of trust anchors with settings of its own. */
    public Builder pathChecker(String credentialRef, PathChecker checker) {
      checkers.put(credentialRef, checker);
      return this;
    }

    @Override
    public PkiCredentials build() {
      return new PkiCredentials(secrets, keys, checkers);
    }
  }
}
