package org.ipsec4j.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;

/** Describes one protected flow to a {@link PeerBuilder}, which makes and uses it. */
public final class ChildBuilder {
  private final String name;
  private final List<TrafficSelector> local = new ArrayList<>();
  private final List<TrafficSelector> remote = new ArrayList<>();
  private List<ChildProposal> proposals = Defaults.ESP_PROPOSALS;
  private SaMode mode = SaMode.TUNNEL;
  private Duration rekeyAfter = Defaults.CHILD_REKEY;
  private Lifetime lifetime = Lifetime.UNLIMITED;
  private int replayWindow = Defaults.REPLAY_WINDOW;
  private ChildProfile.StartAction start = ChildProfile.StartAction.ON_TRAFFIC;

  ChildBuilder(String name) {
    this.name = name;
  }

  /** Our side: an address, network or range; repeat it for several. */
  public ChildBuilder local(String range) {
    return local(TrafficSelector.of(range));
  }

  /** Our side; repeat it for several. */
  public ChildBuilder local(TrafficSelector selector) {
    local.add(selector);
    return this;
  }

  /** The peer's side: an address, network or range; repeat it for several. */
  public ChildBuilder remote(String range) {
    return remote(TrafficSelector.of(range));
  }

  /** The peer's side; repeat it for several. */
  public ChildBuilder remote(TrafficSelector selector) {
    remote.add(selector);
    return this;
  }

  /** ESP proposals as {@link ProposalSyntax} reads them, the preferred first. */
  public ChildBuilder esp(String... texts) {
    return proposals(
        Stream.of(texts)
            .map(text -> ProposalSyntax.child(SecurityProtocol.ESP, text, false).orThrow())
            .toList());
  }

  /** Proposals, the preferred first. */
  public ChildBuilder proposals(List<ChildProposal> preferredFirst) {
    proposals = List.copyOf(preferredFirst);
    return this;
  }

  /** Transport mode; tunnel mode when not said. */
  public ChildBuilder transport() {
    mode = SaMode.TRANSPORT;
    return this;
  }

  /** When the Child SA is rekeyed; zero for never. */
  public ChildBuilder rekey(Duration after) {
    rekeyAfter = after;
    return this;
  }

  /** Volume limits; none when not said. */
  public ChildBuilder lifetime(Lifetime volume) {
    lifetime = volume;
    return this;
  }

  /** Replay window in packets, 64 to 4096. */
  public ChildBuilder replayWindow(int packets) {
    replayWindow = packets;
    return this;
  }

  /** What brings it up; the first packet when not said. */
  public ChildBuilder start(ChildProfile.StartAction action) {
    start = action;
    return this;
  }

  ChildProfile build() {
    return new ChildProfile(
        name,
        local,
        remote,
        proposals,
        mode,
        rekeyAfter,
        Defaults.REKEY_JITTER_PERCENT,
        Defaults.hardLifetime(rekeyAfter),
        lifetime,
        replayWindow,
        start,
        Origin.PROGRAM);
  }
}
