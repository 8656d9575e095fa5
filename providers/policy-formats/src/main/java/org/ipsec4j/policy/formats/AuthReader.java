package org.ipsec4j.policy.formats;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.document.PolicyDocument.CertificateRef;
import org.ipsec4j.api.policy.document.PolicyDocument.TrustRef;
import org.ipsec4j.api.policy.document.SecretRef;
import org.ipsec4j.api.policy.document.SecretRef.Encoding;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads how the two sides of a peer prove themselves. No message of this class repeats what stands
 * in the file: a secret in the wrong place is still a secret.
 */
final class AuthReader {
  /** How each side does it. */
  record Auth(AuthMethod local, AuthMethod remote) {}

  static final String PSK = "psk: { file: psk.txt }";
  private static final String CERTIFICATE =
      "certificate: { chain: a.pem, key: a.key, trust: ca.pem }";
  private static final Map<String, String> AUTH =
      Fields.keys(
          "psk",
          PSK,
          "certificate",
          CERTIFICATE,
          "local",
          "local: { certificate: { chain: a.pem, key: a.key } }",
          "remote",
          "remote: { certificate: { trust: ca.pem } }");
  private static final Map<String, String> SIDE =
      Fields.keys("psk", PSK, "certificate", CERTIFICATE);
  private static final Map<String, String> SECRET =
      Fields.keys(
          "file", "file: psk.txt",
          "env", "env: PSK_B",
          "value", "value: \"...\"",
          "encoding", "encoding: hex");
  private static final Map<String, String> BOTH =
      Fields.keys(
          "chain", "chain: a.pem",
          "key", "key: a.key",
          "password", "password: { file: key-password.txt }",
          "trust", "trust: ca.pem");
  private static final Map<String, String> OURS =
      Fields.keys(
          "chain", "chain: a.pem",
          "key", "key: a.key",
          "password", "password: { file: key-password.txt }");
  private static final Map<String, String> THEIRS = Fields.keys("trust", "trust: ca.pem");
  private static final Map<String, Encoding> ENCODINGS = encodings();

  private final String peer;
  private final Credentials credentials;
  private final Problems problems;

  /** Where what is named ends up. */
  record Credentials(
      Map<String, SecretRef> secrets,
      Map<String, CertificateRef> certificates,
      Map<String, TrustRef> trusts) {}

  AuthReader(String peer, Credentials credentials, Problems problems) {
    this.peer = peer;
    this.credentials = credentials;
    this.problems = problems;
  }

  private static Map<String, Encoding> encodings() {
    Map<String, Encoding> words = Scalars.words("text", Encoding.TEXT, "hex", Encoding.HEX);
    words.put("base64", Encoding.BASE64);
    return words;
  }

  @Nullable Auth read(Value value, Problems unused) {
    Fields auth = Fields.ofSecret(value, "authentication", AUTH, problems);
    if (auth == null) {
      return null;
    }
    boolean apart = auth.has("local") && auth.has("remote");
    long ways = Stream.of("psk", "certificate").filter(auth::has).count();
    boolean half = auth.has("local") != auth.has("remote");
    if (ways == 0 && !apart && auth.strange()) {
      return null;
    }
    if (half || ways + (apart ? 1 : 0) != 1) {
      problems.error(
          auth.node(),
          "one of `psk`, `certificate`, or `local` with `remote`",
          half ? "one side alone" : ways == 0 ? "none of them" : "several of them",
          "auth: { " + PSK + " }");
      return null;
    }
    if (apart) {
      AuthMethod local = auth.read("local", (side, p) -> side(side, "local", OURS));
      AuthMethod remote = auth.read("remote", (side, p) -> side(side, "remote", THEIRS));
      return local == null || remote == null ? null : new Auth(local, remote);
    }
    if (auth.has("psk")) {
      AuthMethod psk = auth.read("psk", (secret, p) -> psk(secret, peer + "/psk"));
      return psk == null ? null : new Auth(psk, psk);
    }
    return auth.read("certificate", (certificate, p) -> certificates(certificate));
  }

  private @Nullable AuthMethod side(Value value, String side, Map<String, String> certificate) {
    Fields fields = Fields.ofSecret(value, "authentication of one side", SIDE, problems);
    if (fields == null) {
      return null;
    }
    if (!fields.has("psk") && !fields.has("certificate") && fields.strange()) {
      return null;
    }
    if (fields.has("psk") == fields.has("certificate")) {
      problems.error(
          fields.node(),
          "one of `psk` and `certificate`",
          fields.has("psk") ? "both" : "neither",
          value.example());
      return null;
    }
    if (fields.has("psk")) {
      return fields.read("psk", (secret, p) -> psk(secret, peer + "/" + side + "-psk"));
    }
    Value node = fields.value("certificate");
    Fields inner =
        node == null
            ? null
            : Fields.ofSecret(
                new Value(node.node(), value.example()), "a certificate", certificate, problems);
    if (inner == null) {
      return null;
    }
    return certificate.containsKey("trust") ? trust(inner) : ours(inner);
  }

  private @Nullable Auth certificates(Value value) {
    Fields fields = Fields.ofSecret(value, "a certificate", BOTH, problems);
    if (fields == null) {
      return null;
    }
    AuthMethod local = ours(fields);
    AuthMethod remote = trust(fields);
    return local == null || remote == null ? null : new Auth(local, remote);
  }

  private @Nullable AuthMethod ours(Fields fields) {
    String chain = fields.require("chain", "the PEM file with our certificate", Scalars::text);
    String key = fields.require("key", "the PEM file with our private key", Scalars::text);
    String passwordName = peer + "/key-password";
    SecretRef password = fields.read("password", (secret, p) -> secret(secret));
    if (password != null) {
      credentials.secrets().put(passwordName, password);
    }
    if (chain == null || key == null || (password == null && fields.has("password"))) {
      return null;
    }
    String name = peer + "/certificate";
    credentials
        .certificates()
        .put(
            name,
            new CertificateRef(
                chain,
                key,
                password == null ? null : passwordName,
                problems.origin(fields.node(), name)));
    return new AuthMethod.Certificate(name);
  }

  private @Nullable AuthMethod trust(Fields fields) {
    List<String> files =
        fields.require(
            "trust",
            "the PEM file with the peer's certificate authority",
            Scalars.listOf(Scalars::text));
    if (files == null) {
      return null;
    }
    String name = peer + "/trust";
    credentials.trusts().put(name, new TrustRef(files, problems.origin(fields.node(), name)));
    return new AuthMethod.Certificate(name);
  }

  private @Nullable AuthMethod psk(Value value, String name) {
    SecretRef secret = secret(value);
    if (secret == null) {
      return null;
    }
    credentials.secrets().put(name, secret);
    return new AuthMethod.Psk(name);
  }

  private @Nullable SecretRef secret(Value value) {
    return secret(value, Encoding.TEXT);
  }

  /**
   * Reads where a secret comes from.
   *
   * @param otherwise its encoding when the file does not say
   */
  @Nullable SecretRef secret(Value value, Encoding otherwise) {
    Fields fields = Fields.ofSecret(value, "a secret", SECRET, problems);
    if (fields == null) {
      return null;
    }
    long ways = Stream.of("file", "env", "value").filter(fields::has).count();
    if (ways == 0 && fields.strange()) {
      return null;
    }
    if (ways != 1) {
      problems.error(
          fields.node(),
          "one of `file`, `env` and `value`",
          ways == 0 ? "none of them" : "several of them",
          value.example());
      return null;
    }
    Encoding encoding = fields.read("encoding", Scalars.word(ENCODINGS), otherwise);
    var origin = problems.origin(fields.node(), peer);
    if (fields.has("value")) {
      Secret text = fields.read("value", AuthReader::inline);
      problems.warn(
          fields.nodeOf("value"),
          "a secret stands in the policy file: put it into a file of its own, readable by its"
              + " owner alone");
      return text == null ? null : new SecretRef.Inline(text, encoding, origin);
    }
    if (fields.has("env")) {
      String name = fields.read("env", AuthReader::variable);
      return name == null ? null : new SecretRef.Environment(name, encoding, origin);
    }
    String path = fields.read("file", Scalars::text);
    return path == null ? null : new SecretRef.File(path, encoding, origin);
  }

  private static @Nullable Secret inline(Value value, Problems problems) {
    Node node = value.node();
    if (node instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.STR)
        && !scalar.getValue().isEmpty()) {
      return Secret.adopt(scalar.getValue().getBytes(StandardCharsets.UTF_8));
    }
    problems.error(node, "text in quotes", "something else", value.example());
    return null;
  }

  private static @Nullable String variable(Value value, Problems problems) {
    if (value.node() instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.STR)
        && scalar.getValue().matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
      return scalar.getValue();
    }
    problems.error(
        value.node(), "the name of an environment variable", "something else", value.example());
    return null;
  }
}
