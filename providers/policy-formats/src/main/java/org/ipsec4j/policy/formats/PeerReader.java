package org.ipsec4j.policy.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.document.NodeSettings;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads one peer. */
final class PeerReader {
  static final String EXAMPLE = "b: { local: {...}, remote: {...}, auth: {...}, children: {...} }";
  private static final Map<String, String> PEER =
      Fields.keys(
          "local", "local: { address: 192.0.2.1, id: a.example }",
          "remote", "remote: { address: 192.0.2.2, id: b.example }",
          "auth", "auth: { psk: { file: psk.txt } }",
          "ike", "ike: { proposals: [aes256gcm16-prfsha256-x25519] }",
          "children", "children: { " + ChildReader.EXAMPLE + " }");
  private static final Map<String, String> LOCAL =
      Fields.keys("address", "address: 192.0.2.1", "id", "id: a.example");
  private static final Map<String, String> REMOTE =
      Fields.keys(
          "address", "address: 192.0.2.2",
          "id", "id: b.example",
          "ports", "ports: { ike: 500, nat: 4500 }");

  private final ScalarNode name;
  private final NodeSettings settings;
  private final AuthReader.Credentials credentials;
  private final Problems problems;

  PeerReader(
      ScalarNode name,
      NodeSettings settings,
      AuthReader.Credentials credentials,
      Problems problems) {
    this.name = name;
    this.settings = settings;
    this.credentials = credentials;
    this.problems = problems;
  }

  private record Local(@Nullable IpAddress address, @Nullable Identity identity) {}

  private record Remote(
      List<AddressRange> addresses,
      @Nullable IpAddress endpoint,
      @Nullable Identity identity,
      boolean anyIdentity,
      NodeReader.Ports ports) {}

  @Nullable PadEntry read(Node node) {
    Fields fields = Fields.of(new Value(node, EXAMPLE), "a peer", PEER, problems);
    if (fields == null) {
      return null;
    }
    Local local = fields.require("local", "our side", this::local);
    Remote remote = fields.require("remote", "the peer's side", this::remote);
    AuthReader.Auth auth =
        fields.require(
            "auth",
            "how the sides prove themselves",
            new AuthReader(name.getValue(), credentials, problems)::read);
    IkeProfile ike = fields.read("ike", IkeReader::read, Defaults.ikeProfile());
    List<ChildProfile> children = children(fields, local, remote);
    if (local == null
        || remote == null
        || auth == null
        || local.identity() == null
        || (remote.identity() == null && !remote.anyIdentity())) {
      return null;
    }
    if (remote.anyIdentity() && auth.remote() instanceof AuthMethod.Psk) {
      problems.warn(
          fields.nodeOf("remote"),
          "whoever knows the pre-shared key is believed to be anyone: name the peer's identity");
    }
    return new PadEntry(
        name.getValue(),
        local.address(),
        remote.addresses(),
        remote.endpoint(),
        settings.ikePort(),
        settings.natPort(),
        remote.ports().ike(),
        remote.ports().nat(),
        local.identity(),
        remote.identity(),
        auth.local(),
        auth.remote(),
        ike,
        children,
        problems.origin(name, name.getValue()));
  }

  private @Nullable Local local(Value value, Problems unused) {
    Fields fields = Fields.of(value, "our side", LOCAL, problems);
    if (fields == null) {
      return null;
    }
    boolean any = !fields.has("address") || Scalars.isWord(fields.value("address"), "any");
    IpAddress address = any ? null : fields.read("address", Scalars::address);
    Identity identity = fields.read("id", Scalars::identity);
    if (identity == null && !fields.has("id") && address != null) {
      identity = new Identity.Address(address);
    }
    if (identity == null && !fields.has("id") && any && !fields.strange()) {
      problems.error(
          fields.node(), "`id`, as no `address` stands for it", "nothing", fields.example("id"));
    }
    return new Local(address, identity);
  }

  private @Nullable Remote remote(Value value, Problems unused) {
    Fields fields = Fields.of(value, "the peer's side", REMOTE, problems);
    if (fields == null) {
      return null;
    }
    List<AddressRange> addresses = remoteAddresses(fields);
    IpAddress endpoint =
        addresses.stream()
            .filter(range -> range.first().equals(range.last()))
            .map(AddressRange::first)
            .findFirst()
            .orElse(null);
    boolean anyIdentity = Scalars.isWord(fields.value("id"), "any");
    Identity identity = anyIdentity ? null : fields.read("id", Scalars::identity);
    if (identity == null && !fields.has("id") && endpoint != null) {
      identity = new Identity.Address(endpoint);
    }
    boolean addressWrong = fields.has("address") && addresses.isEmpty() && !isAnywhere(fields);
    if (identity == null && !fields.has("id") && !addressWrong && !fields.strange()) {
      problems.error(
          fields.node(),
          "`id`, as no single `address` stands for it; `any` for whomever a certificate proves",
          "nothing",
          fields.example("id"));
    }
    NodeReader.Ports ports =
        fields.read(
            "ports", NodeReader::ports, new NodeReader.Ports(Defaults.IKE_PORT, Defaults.NAT_PORT));
    return new Remote(addresses, endpoint, identity, anyIdentity, ports);
  }

  private static boolean isAnywhere(Fields remote) {
    return Scalars.isWord(remote.value("address"), "any");
  }

  /** Empty for anywhere, and when they are wrong. */
  private static List<AddressRange> remoteAddresses(Fields fields) {
    if (!fields.has("address") || isAnywhere(fields)) {
      return List.of();
    }
    return fields.read("address", Scalars.listOf(Scalars::range), List.of());
  }

  private List<ChildProfile> children(
      Fields fields, @Nullable Local local, @Nullable Remote remote) {
    Value value = fields.value("children");
    if (value == null) {
      fields.require("children", "what is protected", (unused, p) -> unused);
      return List.of();
    }
    // A peer that is wrong itself says so; its children shall not say it again.
    IpAddress endpoint = remote == null ? IpAddress.v4(0) : remote.endpoint();
    ChildReader reader =
        new ChildReader(local == null ? IpAddress.v4(0) : local.address(), endpoint, problems);
    List<ChildProfile> children = new ArrayList<>();
    for (Map.Entry<ScalarNode, Node> entry : Fields.named(value, "children", problems)) {
      ChildProfile child = reader.read(entry.getKey(), entry.getValue());
      if (child != null) {
        children.add(child);
      }
    }
    return children;
  }
}
