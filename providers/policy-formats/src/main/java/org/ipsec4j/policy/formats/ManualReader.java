package org.ipsec4j.policy.formats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.document.SecretRef;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads one protected flow with manual keys. No message repeats what may be a key. */
final class ManualReader {
  static final String EXAMPLE =
      "net: { outer: {...}, local: 10.1.0.0/24, remote: 10.2.0.0/24, esp: {...} }";
  private static final String LAYER =
      "{ algorithms: aes256-sha256, in: { spi: 0x1001, encryption: { file: in.key },"
          + " integrity: { file: in-mac.key } }, out: {...} }";
  private static final Map<String, String> CHILD = childKeys();
  private static final Map<String, String> OUTER =
      Fields.keys("local", "local: 192.0.2.1", "remote", "remote: 192.0.2.2");
  private static final Map<String, String> UDP =
      Fields.keys("local", "local: 4500", "remote", "remote: 4500");
  private static final Map<String, String> LAYER_KEYS =
      Fields.keys(
          "algorithms", "algorithms: aes256-sha256",
          "in", "in: { spi: 0x1001, encryption: { file: in.key } }",
          "out", "out: { spi: 0x1002, encryption: { file: out.key } }");
  private static final Map<String, String> DIRECTION =
      Fields.keys(
          "spi", "spi: 0x1001",
          "encryption", "encryption: { file: in.key }",
          "integrity", "integrity: { file: in-mac.key }");
  private static final Map<String, String> LIFETIME =
      Fields.keys("time", "time: 30d", "bytes", "bytes: 10GB", "packets", "packets: 1000000000");
  private static final Map<String, SaMode> MODES = modes();

  private final String name;
  private final ScalarNode nameNode;
  private final AuthReader.Credentials credentials;
  private final AuthReader secrets;
  private final Problems problems;

  ManualReader(ScalarNode nameNode, AuthReader.Credentials credentials, Problems problems) {
    this.name = nameNode.getValue();
    this.nameNode = nameNode;
    this.credentials = credentials;
    this.secrets = new AuthReader(ManualChild.PEER + "/" + name, credentials, problems);
    this.problems = problems;
  }

  private record Outer(IpAddress local, IpAddress remote) {}

  private record Udp(int local, int remote) {
    static final Udp NONE = new Udp(0, 0);
  }

  private record Limits(Duration time, Lifetime volume) {
    static final Limits NONE = new Limits(Duration.ZERO, Lifetime.UNLIMITED);
  }

  private record Direction(int spi, ManualKeys.Names names) {}

  private static Map<String, String> childKeys() {
    Map<String, String> keys =
        Fields.keys("outer", "outer: { local: 192.0.2.1, remote: 192.0.2.2 }");
    keys.putAll(Fields.keys(SelectorReader.KEYS));
    keys.putAll(
        Fields.keys(
            "esp", "esp: " + LAYER,
            "ah", "ah: { algorithms: sha256, in: { spi: 0x1001, integrity: {...} }, out: {...} }",
            "legacy", "legacy: true",
            "mode", "mode: tunnel",
            "udp", "udp: { local: 4500, remote: 4500 }",
            "replay-window", "replay-window: off",
            "lifetime", "lifetime: { time: 30d, bytes: 10GB }",
            "sequence-file", "sequence-file: net.sequence"));
    return keys;
  }

  private static Map<String, SaMode> modes() {
    Map<String, SaMode> words =
        Scalars.words("tunnel", SaMode.TUNNEL, "transport", SaMode.TRANSPORT);
    words.put("beet", SaMode.BEET);
    return words;
  }

  @Nullable ManualChild read(Node node) {
    Fields fields = Fields.of(new Value(node, EXAMPLE), "a manual child", CHILD, problems);
    if (fields == null) {
      return null;
    }
    Outer outer = fields.require("outer", "the addresses of both ends", this::outer);
    SaMode mode = fields.read("mode", Scalars.word(MODES), SaMode.TUNNEL);
    Outer hosts = mode == SaMode.TRANSPORT ? outer : null;
    SelectorReader.Sides sides =
        new SelectorReader(fields, problems)
            .read(
                hosts == null ? null : List.of(AddressRange.single(hosts.local())),
                hosts == null ? null : List.of(AddressRange.single(hosts.remote())));
    List<ManualKeys> layers = layers(fields);
    Udp udp = fields.read("udp", this::udp, Udp.NONE);
    Limits limits = fields.read("lifetime", this::limits, Limits.NONE);
    int window = fields.read("replay-window", ManualReader::window, 0);
    String sequenceFile = fields.read("sequence-file", Scalars::text);
    if (outer == null || sides == null || layers == null) {
      return null;
    }
    warn(fields, layers, window, sequenceFile);
    try {
      return new ManualChild(
          name,
          outer.local(),
          outer.remote(),
          udp.local(),
          udp.remote(),
          mode,
          sides.local(),
          sides.remote(),
          layers,
          window,
          limits.time().multipliedBy(4).dividedBy(5),
          limits.time(),
          limits.volume(),
          sequenceFile,
          problems.origin(nameNode, name));
    } catch (IllegalArgumentException e) {
      problems.error(
          nameNode, "a manual child that holds together", "" + e.getMessage(), exampleFor(layers));
      return null;
    }
  }

  private static String exampleFor(List<ManualKeys> layers) {
    return layers.stream().anyMatch(ManualKeys::needsFreshNumbers)
        ? "sequence-file: net.sequence"
        : EXAMPLE;
  }

  private void warn(
      Fields fields, List<ManualKeys> layers, int window, @Nullable String sequenceFile) {
    problems.warn(
        nameNode,
        "the keys of `"
            + name
            + "` are manual: they are never renewed, and whoever learns them reads all traffic,"
            + " that of the past too; use a peer with IKE where you can");
    boolean chained =
        layers.stream()
            .anyMatch(layer -> layer.transform().encryption().algorithm().blockLength() > 1);
    if (chained && sequenceFile == null) {
      problems.warn(
          nameNode,
          "the sequence numbers of `"
              + name
              + "` begin anew with each start, and the IVs with them: packets that begin alike can"
              + " be told; a `sequence-file` prevents it");
    }
    if (window > 0) {
      problems.warn(
          fields.nodeOf("replay-window"),
          "with a replay window everything that the peer sends after it restarted is dropped,"
              + " unless it keeps its sequence numbers (RFC 4303 3.3.3)");
    }
  }

  private @Nullable Outer outer(Value value, Problems unused) {
    Fields fields = Fields.of(value, "the outer addresses", OUTER, problems);
    if (fields == null) {
      return null;
    }
    IpAddress local = fields.require("local", "our outer address", Scalars::address);
    IpAddress remote = fields.require("remote", "the peer's outer address", Scalars::address);
    if (local == null || remote == null) {
      return null;
    }
    if (local.isV4() != remote.isV4()) {
      problems.error(
          fields.nodeOf("remote"), "two addresses of one family", "IPv4 and IPv6", value.example());
      return null;
    }
    return new Outer(local, remote);
  }

  private @Nullable Udp udp(Value value, Problems unused) {
    Fields fields = Fields.of(value, "the ports of UDP encapsulation", UDP, problems);
    return fields == null
        ? null
        : new Udp(
            fields.read("local", Scalars::port, Defaults.NAT_PORT),
            fields.read("remote", Scalars::port, Defaults.NAT_PORT));
  }

  private @Nullable Limits limits(Value value, Problems unused) {
    Fields fields = Fields.of(value, "a lifetime", LIFETIME, problems);
    if (fields == null) {
      return null;
    }
    Duration time = fields.read("time", Scalars::durationOrNever, Duration.ZERO);
    long bytes = fields.read("bytes", Scalars::size, 0L);
    long packets = fields.read("packets", Scalars::packets, 0L);
    return new Limits(
        time,
        new Lifetime(Defaults.softVolume(bytes), bytes, Defaults.softVolume(packets), packets));
  }

  private static @Nullable Integer window(Value value, Problems problems) {
    return Scalars.isWord(value, "off") ? Integer.valueOf(0) : offOrWidth(value, problems);
  }

  private static @Nullable Integer offOrWidth(Value value, Problems problems) {
    if (value.node() instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.INT)
        && scalar.getValue().matches("[0-9]{1,5}")) {
      int width = Integer.parseInt(scalar.getValue());
      if (width >= 64 && width <= 4096) {
        return width;
      }
    }
    problems.error(
        value.node(),
        "`off`, or a whole number from 64 to 4096",
        Scalars.describe(value.node()),
        value.example());
    return null;
  }

  /** The innermost first; null when something is wrong. */
  private @Nullable List<ManualKeys> layers(Fields fields) {
    boolean legacy = fields.read("legacy", Scalars::bool, false);
    if (!fields.has("esp") && !fields.has("ah")) {
      if (!fields.strange()) {
        problems.error(fields.node(), "`esp` or `ah`, or both", "neither", fields.example("esp"));
      }
      return null;
    }
    List<ManualKeys> layers = new ArrayList<>();
    for (SecurityProtocol protocol : List.of(SecurityProtocol.ESP, SecurityProtocol.AH)) {
      String key = protocol == SecurityProtocol.ESP ? "esp" : "ah";
      if (fields.has(key)) {
        ManualKeys layer = fields.read(key, (value, p) -> layer(value, protocol, legacy));
        if (layer == null) {
          return null;
        }
        layers.add(layer);
      }
    }
    return layers;
  }

  private @Nullable ManualKeys layer(Value value, SecurityProtocol protocol, boolean legacy) {
    Fields fields = Fields.ofSecret(value, "a layer of protection", LAYER_KEYS, problems);
    if (fields == null) {
      return null;
    }
    PacketTransform transform =
        fields.require(
            "algorithms",
            "the algorithms of both directions",
            (text, p) -> transform(text, protocol, legacy));
    String prefix =
        ManualChild.PEER + "/" + name + "/" + protocol.name().toLowerCase(java.util.Locale.ROOT);
    Direction in =
        fields.require(
            "in",
            "SPI and keys of what comes in",
            (side, p) -> side(side, prefix + "-in", transform));
    Direction out =
        fields.require(
            "out",
            "SPI and keys of what goes out",
            (side, p) -> side(side, prefix + "-out", transform));
    return transform == null || in == null || out == null
        ? null
        : new ManualKeys(transform, in.spi(), out.spi(), in.names(), out.names());
  }

  private @Nullable PacketTransform transform(
      Value value, SecurityProtocol protocol, boolean legacy) {
    ChildProposal proposal = ProposalReader.child(protocol, legacy, name).read(value, problems);
    if (proposal == null) {
      return null;
    }
    boolean esnAsked = proposal.esn().equals(List.of(true));
    boolean one =
        proposal.encryption().size() <= 1
            && proposal.integrity().size() <= 1
            && proposal.keyExchange().isEmpty();
    if (!one || esnAsked) {
      problems.error(
          value.node(),
          esnAsked
              ? "no `esn`: extended sequence numbers have to be negotiated (RFC 4303 2.2.1)"
              : "one algorithm of each kind and no key exchange, as nothing is negotiated",
          Scalars.describe(value.node()),
          value.example());
      return null;
    }
    EncryptionTransform cipher =
        proposal.encryption().isEmpty()
            ? new EncryptionTransform(EncryptionAlgorithm.NULL, 0)
            : proposal.encryption().getFirst();
    IntegrityAlgorithm mac =
        proposal.integrity().isEmpty() ? IntegrityAlgorithm.NONE : proposal.integrity().getFirst();
    return new PacketTransform(protocol, cipher, mac, false);
  }

  /**
   * One direction of a layer.
   *
   * @param transform null when it is wrong itself, so that missing keys cannot be told
   */
  private @Nullable Direction side(
      Value value, String prefix, @Nullable PacketTransform transform) {
    Fields fields = Fields.ofSecret(value, "one direction", DIRECTION, problems);
    if (fields == null) {
      return null;
    }
    Integer spi = fields.require("spi", "the number that the packets bear", ManualReader::spi);
    String encryption = key(fields, "encryption", prefix);
    String integrity = key(fields, "integrity", prefix);
    if (spi == null || transform == null) {
      return null;
    }
    int encryptionLength = transform.encryption().keyingMaterialLength();
    // both, so that both mistakes are told
    boolean encryptionFits = fits(fields, "encryption", encryptionLength, transform);
    boolean integrityFits = fits(fields, "integrity", transform.integrity().keyLength(), transform);
    boolean good = encryptionFits && integrityFits;
    boolean read =
        (encryption != null) == fields.has("encryption")
            && (integrity != null) == fields.has("integrity");
    return good && read ? new Direction(spi, new ManualKeys.Names(encryption, integrity)) : null;
  }

  private @Nullable String key(Fields fields, String which, String prefix) {
    var reference = fields.read(which, (value, p) -> secrets.secret(value, SecretRef.Encoding.HEX));
    if (reference == null) {
      return null;
    }
    String secretName = prefix + "-" + which;
    credentials.secrets().put(secretName, reference);
    return secretName;
  }

  /** A key must be there exactly when the algorithms take one. */
  private boolean fits(Fields fields, String which, int octets, PacketTransform transform) {
    if (fields.has(which) == octets > 0) {
      return true;
    }
    problems.error(
        fields.nodeOf(which),
        octets > 0
            ? "`" + which + "`: a key of " + octets + " octets for " + transform
            : "no `" + which + "` key, as " + transform + " takes none",
        octets > 0 ? "none" : "one",
        octets > 0 ? fields.example(which) : null);
    return false;
  }

  private static @Nullable Integer spi(Value value, Problems problems) {
    if (value.node() instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.INT)
        && scalar.getValue().matches("[0-9]{1,10}|0x[0-9a-fA-F]{1,8}")) {
      long spi = Long.decode(decimal(scalar.getValue()));
      if (spi >= ManualKeys.FIRST_SPI && spi <= 0xffffffffL) {
        return (int) spi;
      }
    }
    problems.error(
        value.node(),
        "an SPI from 256 (0x100) to 0xffffffff; smaller ones are reserved",
        Scalars.describe(value.node()),
        value.example());
    return null;
  }

  /** Zeros in front do not make a number octal in YAML 1.2. */
  private static String decimal(String text) {
    return text.startsWith("0x") ? text : text.replaceFirst("^0+(?=[0-9])", "");
  }
}
