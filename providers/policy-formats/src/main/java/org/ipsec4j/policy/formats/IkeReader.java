package org.ipsec4j.policy.formats;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.IkeProfile.Encapsulation;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;

/** Reads how an IKE SA is run. */
final class IkeReader {
  private static final Map<String, String> IKE =
      Fields.keys(
          "proposals", "proposals: [aes256gcm16-prfsha256-x25519]",
          "legacy", "legacy: true",
          "rekey", "rekey: 4h",
          "jitter", "jitter: 10",
          "lifetime", "lifetime: 5h",
          "liveness", "liveness: 30s",
          "retransmit", "retransmit: { first: 2s, factor: 180, tries: 7 }",
          "fragmentation", "fragmentation: true",
          "fragment-size", "fragment-size: 1280",
          "nat-keepalive", "nat-keepalive: 20s",
          "encapsulation", "encapsulation: auto");
  private static final Map<String, String> RETRANSMIT =
      Fields.keys("first", "first: 2s", "factor", "factor: 180", "tries", "tries: 7");
  private static final Map<String, Encapsulation> ENCAPSULATION = encapsulations();

  private record Retransmit(Duration first, int factor, int tries) {
    static final Retransmit DEFAULT =
        new Retransmit(
            Defaults.RETRANSMIT_INITIAL,
            Defaults.RETRANSMIT_FACTOR_PERCENT,
            Defaults.RETRANSMIT_TRIES);
  }

  private IkeReader() {}

  private static Map<String, Encapsulation> encapsulations() {
    Map<String, Encapsulation> words =
        Scalars.words("auto", Encapsulation.WHEN_NATTED, "always", Encapsulation.ALWAYS);
    words.put("never", Encapsulation.NEVER);
    return words;
  }

  static @Nullable IkeProfile read(Value value, Problems problems) {
    Fields fields = Fields.of(value, "IKE settings", IKE, problems);
    if (fields == null) {
      return null;
    }
    boolean legacy = fields.read("legacy", Scalars::bool, false);
    List<IkeProposal> proposals =
        fields.read(
            "proposals", Scalars.listOf(ProposalReader.ike(legacy)), Defaults.IKE_PROPOSALS);
    Duration rekey = fields.read("rekey", Scalars::durationOrNever, Defaults.IKE_REKEY);
    Duration lifetime =
        fields.read("lifetime", Scalars::durationOrNever, Defaults.hardLifetime(rekey));
    if (fields.has("lifetime")) {
      ChildReader.checkLater(fields.nodeOf("lifetime"), rekey, lifetime, problems);
    }
    Retransmit retransmit = fields.read("retransmit", IkeReader::retransmit, Retransmit.DEFAULT);
    return new IkeProfile(
        proposals,
        rekey,
        fields.read("jitter", Scalars.integer(0, 50), Defaults.REKEY_JITTER_PERCENT),
        lifetime,
        fields.read("liveness", Scalars::durationOrNever, Defaults.LIVENESS),
        retransmit.first(),
        retransmit.factor(),
        retransmit.tries(),
        fields.read("fragmentation", Scalars::bool, true),
        fields.read("fragment-size", Scalars.integer(576, 65535), Defaults.FRAGMENT_SIZE),
        fields.read("nat-keepalive", Scalars::duration, Defaults.NAT_KEEPALIVE),
        fields.read("encapsulation", Scalars.word(ENCAPSULATION), Encapsulation.WHEN_NATTED));
  }

  private static @Nullable Retransmit retransmit(Value value, Problems problems) {
    Fields fields = Fields.of(value, "retransmission", RETRANSMIT, problems);
    if (fields == null) {
      return null;
    }
    return new Retransmit(
        fields.read("first", Scalars::duration, Defaults.RETRANSMIT_INITIAL),
        fields.read("factor", Scalars.integer(100, 1000), Defaults.RETRANSMIT_FACTOR_PERCENT),
        fields.read("tries", Scalars.integer(1, 100), Defaults.RETRANSMIT_TRIES));
  }
}
