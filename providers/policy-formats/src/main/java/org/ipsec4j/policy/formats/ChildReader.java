package org.ipsec4j.policy.formats;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads one protected flow. */
final class ChildReader {
  static final String EXAMPLE = "net: { local: 10.1.0.0/24, remote: 10.2.0.0/24 }";
  private static final Map<String, String> CHILD = childKeys();
  private static final Map<String, String> LIFETIME =
      Fields.keys(
          "time", "time: 66m",
          "bytes", "bytes: 10GB",
          "packets", "packets: 1000000000");
  private static final Map<String, SaMode> MODES =
      Scalars.words("tunnel", SaMode.TUNNEL, "transport", SaMode.TRANSPORT);
  private static final Map<String, StartAction> STARTS = starts();

  private final Problems problems;
  private final @Nullable IpAddress localAddress;
  private final @Nullable IpAddress remoteEndpoint;

  /**
   * @param localAddress our outer address, when the peer's entry names it
   * @param remoteEndpoint where we send when we initiate; null when we only respond
   */
  ChildReader(
      @Nullable IpAddress localAddress, @Nullable IpAddress remoteEndpoint, Problems problems) {
    this.localAddress = localAddress;
    this.remoteEndpoint = remoteEndpoint;
    this.problems = problems;
  }

  private static Map<String, String> childKeys() {
    Map<String, String> keys = Fields.keys(SelectorReader.KEYS);
    keys.putAll(
        Fields.keys(
            "esp", "esp: [aes128gcm16]",
            "ah", "ah: [sha256]",
            "legacy", "legacy: true",
            "mode", "mode: tunnel",
            "rekey", "rekey: 1h",
            "jitter", "jitter: 10",
            "lifetime", "lifetime: { time: 66m, bytes: 10GB }",
            "replay-window", "replay-window: 128",
            "start", "start: traffic"));
    return keys;
  }

  private static Map<String, StartAction> starts() {
    Map<String, StartAction> words =
        Scalars.words("traffic", StartAction.ON_TRAFFIC, "initiate", StartAction.INITIATE);
    words.put("none", StartAction.NONE);
    return words;
  }

  @Nullable ChildProfile read(ScalarNode name, Node node) {
    Fields fields = Fields.of(new Value(node, EXAMPLE), "a child", CHILD, problems);
    if (fields == null) {
      return null;
    }
    SaMode mode = fields.read("mode", Scalars.word(MODES), SaMode.TUNNEL);
    boolean host = mode == SaMode.TRANSPORT;
    SelectorReader.Sides sides =
        new SelectorReader(fields, problems)
            .read(host ? outer(localAddress) : null, host ? outer(remoteEndpoint) : null);
    List<ChildProposal> proposals = proposals(fields, name.getValue());
    Duration rekey = fields.read("rekey", Scalars::durationOrNever, Defaults.CHILD_REKEY);
    int jitter = fields.read("jitter", Scalars.integer(0, 50), Defaults.REKEY_JITTER_PERCENT);
    Limits limits = limits(fields, rekey);
    int window = fields.read("replay-window", Scalars.integer(64, 4096), Defaults.REPLAY_WINDOW);
    StartAction start = start(fields);
    if (sides == null || proposals == null) {
      return null;
    }
    warnOfMulticast(fields, sides);
    return new ChildProfile(
        name.getValue(),
        sides.local(),
        sides.remote(),
        proposals,
        mode,
        rekey,
        jitter,
        limits.time(),
        limits.volume(),
        window,
        start,
        problems.origin(name, name.getValue()));
  }

  /** In transport mode the traffic is that of the outer addresses, when they are known. */
  private static @Nullable List<AddressRange> outer(@Nullable IpAddress address) {
    return address == null ? null : List.of(AddressRange.single(address));
  }

  private @Nullable List<ChildProposal> proposals(Fields fields, String name) {
    boolean legacy = fields.read("legacy", Scalars::bool, false);
    if (fields.has("esp") && fields.has("ah")) {
      problems.error(fields.nodeOf("ah"), "one of `esp` and `ah`", "both", fields.example("esp"));
      return null;
    }
    if (fields.has("ah")) {
      return fields.read(
          "ah", Scalars.listOf(ProposalReader.child(SecurityProtocol.AH, legacy, name)));
    }
    return fields.has("esp")
        ? fields.read(
            "esp", Scalars.listOf(ProposalReader.child(SecurityProtocol.ESP, legacy, name)))
        : Defaults.ESP_PROPOSALS;
  }

  private record Limits(Duration time, Lifetime volume) {}

  private Limits limits(Fields fields, Duration rekey) {
    Limits otherwise = new Limits(Defaults.hardLifetime(rekey), Lifetime.UNLIMITED);
    Value value = fields.value("lifetime");
    Fields lifetime = value == null ? null : Fields.of(value, "a lifetime", LIFETIME, problems);
    if (lifetime == null) {
      return otherwise;
    }
    Duration time = lifetime.read("time", Scalars::durationOrNever, otherwise.time());
    checkLater(lifetime.nodeOf("time"), rekey, time, problems);
    long bytes = lifetime.read("bytes", Scalars::size, 0L);
    long packets = lifetime.read("packets", Scalars::packets, 0L);
    return new Limits(
        time,
        new Lifetime(Defaults.softVolume(bytes), bytes, Defaults.softVolume(packets), packets));
  }

  /** An SA that dies before it is rekeyed is a mistake. */
  static void checkLater(Node node, Duration rekey, Duration death, Problems problems) {
    if (!death.isZero() && (rekey.isZero() || death.compareTo(rekey) <= 0)) {
      problems.error(
          node,
          "a lifetime behind `rekey`",
          rekey.isZero() ? "a lifetime without `rekey`" : "one before it",
          "rekey: 1h, lifetime: 66m");
    }
  }

  private StartAction start(Fields fields) {
    StartAction otherwise = remoteEndpoint == null ? StartAction.NONE : StartAction.ON_TRAFFIC;
    StartAction start = fields.read("start", Scalars.word(STARTS), otherwise);
    if (start != StartAction.NONE && remoteEndpoint == null) {
      problems.error(
          fields.nodeOf("start"),
          "`start: none`, as the peer has no single address to send to",
          Scalars.describe(fields.nodeOf("start")),
          "remote: { address: 192.0.2.2 }");
    }
    return start;
  }

  private void warnOfMulticast(Fields fields, SelectorReader.Sides sides) {
    if (sides.remote().stream().anyMatch(one -> one.addresses().first().isMulticast())) {
      problems.warn(
          fields.nodeOf("remote"),
          "multicast traffic is not protected by an association between two peers");
    }
  }
}
