package org.ipsec4j.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.NarrowedChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.PolicyView;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/** One state of a policy. Each question is answered by a class of its own. */
final class StandardPolicyView implements PolicyView {
  private final PolicySet policy;
  private final long revision;
  private final Map<String, PadEntry> byName = new HashMap<>();
  private final PeerChoice peerChoice;

  StandardPolicyView(PolicySet policy, long revision) {
    this.policy = policy;
    this.revision = revision;
    policy.peers().forEach(peer -> byName.put(peer.name(), peer));
    peerChoice = new PeerChoice(policy.order());
  }

  @Override
  public long revision() {
    return revision;
  }

  @Override
  public List<PadEntry> peers() {
    return policy.peers();
  }

  @Override
  public Optional<PadEntry> peer(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  @Override
  public Decision<List<PadEntry>> peersAt(IpAddress local, IpAddress remote) {
    return peerChoice.at(policy.peers(), local, remote);
  }

  @Override
  public Decision<PadEntry> peerByIdentity(
      List<PadEntry> candidates, Identity remote, @Nullable Identity wanted) {
    return peerChoice.byIdentity(candidates, remote, wanted);
  }

  @Override
  public Decision<ChosenIke> chooseIke(List<PadEntry> candidates, List<Proposal> offered) {
    return IkeChoice.choose(candidates, offered);
  }

  @Override
  public Decision<ChosenChild> chooseChild(
      ChildProfile child, List<Proposal> offered, boolean withKeyExchange) {
    return ChildChoice.choose(child, offered, withKeyExchange);
  }

  @Override
  public Decision<NarrowedChild> narrow(
      PadEntry peer,
      List<TrafficSelector> local,
      List<TrafficSelector> remote,
      boolean transportAsked) {
    return Narrowing.narrow(peer, local, remote, transportAsked);
  }
}
