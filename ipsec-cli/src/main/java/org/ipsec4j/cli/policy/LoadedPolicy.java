package org.ipsec4j.cli.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.auth.CredentialException;
import org.ipsec4j.api.auth.CredentialFile;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.auth.CredentialsBuilder;
import org.ipsec4j.api.packet.TunSettings;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.document.NodeSettings;
import org.ipsec4j.api.policy.document.PolicyDocument;
import org.ipsec4j.api.policy.document.PolicyResult;
import org.ipsec4j.api.policy.document.PolicyWarning;
import org.ipsec4j.api.policy.document.SecretRef;
import org.ipsec4j.node.ManualLoader;
import org.ipsec4j.policy.Policies;
import org.jspecify.annotations.Nullable;

/**
 * A policy file with everything that it names: keys, certificates, trust anchors.
 *
 * @param document what the file says
 * @param credentials what the node proves itself with and judges others by
 * @param warnings what a person should know
 */
public record LoadedPolicy(
    PolicyDocument document, Credentials credentials, List<String> warnings) {
  private static final long LARGEST_FILE = 1 << 20;

  /** Copies the list. */
  public LoadedPolicy {
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a policy file and everything that it names.
   *
   * @throws PolicyProblem when anything is wrong; the message has a line for each thing, with file,
   *     line, what was expected and an example
   */
  public static LoadedPolicy load(Path file) throws PolicyProblem {
    return switch (Readers.of(file).read(file)) {
      case PolicyResult.Refused refused -> throw new PolicyProblem(refused.toString());
      case PolicyResult.Loaded loaded -> new Loader(file, loaded).load();
    };
  }

  /** The policy. */
  public PolicySet policy() {
    return document.policy();
  }

  /**
   * The TUN device that the policy wants.
   *
   * @param name overrides the policy's name, or null
   */
  public TunSettings tun(@Nullable String name) {
    NodeSettings.Tun tun = document.node().tun();
    String policyName = tun == null ? NodeSettings.Tun.DEFAULT_NAME : tun.name();
    int mtu = tun == null ? NodeSettings.Tun.DEFAULT_MTU : tun.mtu();
    List<TunSettings.InterfaceAddress> addresses = tun == null ? List.of() : tun.addresses();
    return new TunSettings(name == null ? policyName : name, addresses, mtu, List.of());
  }

  /** Fetches what the document names, and collects everything that is wrong with it. */
  private static final class Loader {
    private final PolicyDocument document;
    private final SecretResolver resolver;
    private final List<String> warnings = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final CredentialsBuilder credentials = Readers.credentials();
    private final Map<String, Secret> passwords = new HashMap<>();

    Loader(Path file, PolicyResult.Loaded loaded) {
      document = loaded.document();
      resolver = SecretResolver.of(file);
      loaded.warnings().stream().map(PolicyWarning::toString).forEach(warnings::add);
    }

    LoadedPolicy load() throws PolicyProblem {
      document.secrets().forEach(this::secret);
      document.certificates().forEach(this::certificate);
      document.trusts().forEach(this::trust);
      passwords.values().forEach(Secret::destroy);
      problems.addAll(Policies.problems(document.policy()));
      document.policy().rules().forEach(this::warnOfClearPackets);
      Credentials held = credentials.build();
      if (problems.isEmpty()) {
        problems.addAll(ManualLoader.problems(document.policy(), held));
      }
      if (!problems.isEmpty()) {
        throw new PolicyProblem(String.join("\n", problems));
      }
      return new LoadedPolicy(document, held, warnings);
    }

    private void warnOfClearPackets(SpdRule rule) {
      if (rule.action() == SpdRule.Action.BYPASS) {
        warnings.add(
            rule.origin()
                + ": warning: rule `"
                + rule.name()
                + "` lets packets pass in clear, for which this node has no way yet: they are"
                + " dropped as NO_CLEAR_PATH");
      }
    }

    private void secret(String name, SecretRef reference) {
      switch (resolver.resolve(reference)) {
        case SecretResult.Failed failed -> problems.add(failed.error().toString());
        case SecretResult.Resolved resolved -> {
          resolved.warnings().stream().map(PolicyWarning::toString).forEach(warnings::add);
          credentials.preSharedKey(name, resolved.secret());
          passwords.put(name, Secret.copyOf(resolved.secret().reveal(SecretAccess.raw())));
        }
      }
    }

    private void certificate(String name, PolicyDocument.CertificateRef reference) {
      String passwordName = reference.keyPassword();
      if (passwordName != null && !isUsable(passwordName, reference)) {
        return;
      }
      byte[] keyBytes = null;
      char[] password = null;
      try {
        byte[] chainBytes = read(reference.chain());
        CredentialFile chain = new CredentialFile(reference.chain(), chainBytes);
        password = password(reference.keyPassword());
        TokenReference token = TokenReference.of(reference.key());
        if (token == null) {
          keyBytes = read(reference.key());
          credentials.signingKey(
              name, chain, new CredentialFile(reference.key(), keyBytes), password);
        } else {
          credentials.tokenKey(
              name,
              chain,
              new CredentialFile(token.configuration(), read(token.configuration())),
              token.alias(),
              password);
        }
      } catch (IOException | CredentialException e) {
        problem(reference.origin(), String.valueOf(e.getMessage()));
      } finally {
        if (keyBytes != null) {
          Arrays.fill(keyBytes, (byte) 0);
        }
        if (password != null) {
          Arrays.fill(password, '\0');
        }
      }
    }

    /** A password that could not be fetched has its own message, and needs no second one. */
    private boolean isUsable(String passwordName, PolicyDocument.CertificateRef reference) {
      Secret password = passwords.get(passwordName);
      if (password == null) {
        return false;
      }
      byte[] octets = password.reveal(SecretAccess.raw());
      boolean ascii = true;
      for (byte octet : octets) {
        ascii &= octet >= ' ' && octet <= '~';
      }
      Arrays.fill(octets, (byte) 0);
      if (!ascii) {
        problem(
            reference.origin(),
            "the password of "
                + reference.key()
                + " has characters outside of ASCII, which Java's key files do not know; give the"
                + " key another one: openssl pkcs8 -topk8 -in OLD -out NEW");
      }
      return ascii;
    }

    private char @Nullable [] password(@Nullable String name) {
      Secret secret = name == null ? null : passwords.get(name);
      if (secret == null) {
        return null;
      }
      byte[] bytes = secret.reveal(SecretAccess.raw());
      char[] chars = new char[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        chars[i] = (char) (bytes[i] & 0xff);
      }
      Arrays.fill(bytes, (byte) 0);
      return chars;
    }

    private void trust(String name, PolicyDocument.TrustRef reference) {
      List<CredentialFile> files = new ArrayList<>();
      for (String file : reference.files()) {
        try {
          files.add(new CredentialFile(file, read(file)));
        } catch (IOException e) {
          problem(reference.origin(), String.valueOf(e.getMessage()));
        }
      }
      try {
        credentials.trust(name, files);
      } catch (CredentialException e) {
        problem(reference.origin(), String.valueOf(e.getMessage()));
      }
    }

    private byte[] read(String written) throws IOException {
      Path path = resolver.path(written);
      if (!Files.isRegularFile(path)) {
        throw new IOException("there is no file " + path + " (named relative to the policy file)");
      }
      if (Files.size(path) > LARGEST_FILE) {
        throw new IOException(path + " is larger than 1 MiB: that is no certificate or key");
      }
      return Files.readAllBytes(path);
    }

    private void problem(Origin origin, String what) {
      problems.add(origin + ": " + what);
    }
  }
}
