package org.ipsec4j.ike.engine;

import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.NarrowedChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicyView;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/** A policy that changed its mind about algorithms, for IKE SAs that are up too. */
record OtherChoice(PadEntry mind) implements PolicyView {
  private TestPolicy policy() {
    return new TestPolicy(List.of(mind));
  }

  @Override
  public long revision() {
    return 2;
  }

  @Override
  public List<PadEntry> peers() {
    return policy().peers();
  }

  @Override
  public Optional<PadEntry> peer(String name) {
    return policy().peer(name);
  }

  @Override
  public Decision<List<PadEntry>> peersAt(IpAddress local, IpAddress remote) {
    return policy().peersAt(local, remote);
  }

  @Override
  public Decision<PadEntry> peerByIdentity(
      List<PadEntry> candidates, Identity remote, @Nullable Identity wanted) {
    return policy().peerByIdentity(candidates, remote, wanted);
  }

  @Override
  public Decision<ChosenIke> chooseIke(List<PadEntry> candidates, List<Proposal> offered) {
    return policy().chooseIke(List.of(mind), offered);
  }

  @Override
  public Decision<ChosenChild> chooseChild(
      ChildProfile child, List<Proposal> offered, boolean withKeyExchange) {
    return policy().chooseChild(mind.children().getFirst(), offered, withKeyExchange);
  }

  @Override
  public Decision<NarrowedChild> narrow(
      PadEntry peer,
      List<TrafficSelector> local,
      List<TrafficSelector> remote,
      boolean transportAsked) {
    return policy().narrow(peer, local, remote, transportAsked);
  }
}
