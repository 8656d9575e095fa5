package org.ipsec4j.ike.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.Explanation;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.NarrowedChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicyView;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.Transform;
import org.jspecify.annotations.Nullable;

/** The smallest policy that a scenario can be told with. */
record TestPolicy(List<PadEntry> peers) implements PolicyView {
  @Override
  public long revision() {
    return 1;
  }

  @Override
  public Optional<PadEntry> peer(String name) {
    return peers.stream().filter(peer -> peer.name().equals(name)).findFirst();
  }

  private static Explanation why(String reason) {
    return Explanation.of("test", Explanation.Outcome.REJECTED, reason, null);
  }

  @Override
  public Decision<List<PadEntry>> peersAt(IpAddress local, IpAddress remote) {
    List<PadEntry> found = peers.stream().filter(peer -> peer.mayBeAt(remote)).toList();
    return found.isEmpty()
        ? new Decision.No<>(why("no peer at " + remote))
        : new Decision.Yes<>(found, why("by address"));
  }

  @Override
  public Decision<PadEntry> peerByIdentity(
      List<PadEntry> candidates, Identity remote, @Nullable Identity wanted) {
    return candidates.stream()
        .filter(peer -> peer.remoteIdentity() == null || peer.remoteIdentity().equals(remote))
        .filter(peer -> wanted == null || peer.localIdentity().equals(wanted))
        .findFirst()
        .<Decision<PadEntry>>map(peer -> new Decision.Yes<>(peer, why("by identity")))
        .orElseGet(() -> new Decision.No<>(why("nobody is " + remote)));
  }

  @Override
  public Decision<ChosenIke> chooseIke(List<PadEntry> candidates, List<Proposal> offered) {
    for (PadEntry peer : candidates) {
      for (IkeProposal ours : peer.ike().proposals()) {
        for (Proposal theirs : offered) {
          ChosenIke chosen = choose(ours, theirs);
          if (chosen != null) {
            return new Decision.Yes<>(chosen, why("fits"));
          }
        }
      }
    }
    return new Decision.No<>(why("no proposal fits"));
  }

  private static @Nullable ChosenIke choose(IkeProposal ours, Proposal theirs) {
    EncryptionTransform encryption = encryption(ours.encryption(), theirs);
    PrfAlgorithm prf =
        ours.prf().stream()
            .filter(p -> has(theirs, Transform.PRF, p.id()))
            .findFirst()
            .orElse(null);
    KeyExchangeMethod method = method(ours.keyExchange(), theirs);
    IntegrityAlgorithm integrity = integrity(ours.integrity(), theirs);
    return encryption == null || prf == null || method == null || integrity == null
        ? null
        : new ChosenIke(theirs.number(), encryption, integrity, prf, method);
  }

  private static boolean has(Proposal proposal, int type, int id) {
    return proposal.transforms().stream().anyMatch(t -> t.type() == type && t.id() == id);
  }

  private static @Nullable EncryptionTransform encryption(
      List<EncryptionTransform> ours, Proposal theirs) {
    return ours.stream()
        .filter(
            e ->
                theirs.transforms().stream()
                    .anyMatch(
                        t ->
                            t.type() == Transform.ENCR
                                && t.id() == e.algorithm().id()
                                && (t.keyBits() == e.keyBits() || t.keyBits() == 0)))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable IntegrityAlgorithm integrity(
      List<IntegrityAlgorithm> ours, Proposal theirs) {
    if (ours.isEmpty()) {
      return theirs.transforms().stream().anyMatch(t -> t.type() == Transform.INTEG)
          ? null
          : IntegrityAlgorithm.NONE;
    }
    return ours.stream().filter(i -> has(theirs, Transform.INTEG, i.id())).findFirst().orElse(null);
  }

  private static @Nullable KeyExchangeMethod method(List<KeyExchangeMethod> ours, Proposal theirs) {
    return ours.stream().filter(m -> has(theirs, Transform.KE, m.id())).findFirst().orElse(null);
  }

  @Override
  public Decision<ChosenChild> chooseChild(
      ChildProfile child, List<Proposal> offered, boolean withKeyExchange) {
    for (ChildProposal ours : child.proposals()) {
      for (Proposal theirs : offered) {
        ChosenChild chosen = choose(ours, theirs, withKeyExchange);
        if (chosen != null) {
          return new Decision.Yes<>(chosen, why("fits"));
        }
      }
    }
    return new Decision.No<>(why("no proposal fits"));
  }

  private static @Nullable ChosenChild choose(
      ChildProposal ours, Proposal theirs, boolean withKeyExchange) {
    if (theirs.protocolId() != ours.protocol().protocolId()) {
      return null;
    }
    EncryptionTransform encryption =
        ours.protocol() == SecurityProtocol.AH
            ? new EncryptionTransform(EncryptionAlgorithm.NULL, 0)
            : encryption(ours.encryption(), theirs);
    IntegrityAlgorithm integrity = integrity(ours.integrity(), theirs);
    Boolean esn =
        ours.esn().stream()
            .filter(e -> has(theirs, Transform.ESN, e ? 1 : 0))
            .findFirst()
            .orElse(null);
    boolean offersKe = theirs.transforms().stream().anyMatch(t -> t.type() == Transform.KE);
    KeyExchangeMethod method = withKeyExchange ? method(ours.keyExchange(), theirs) : null;
    boolean keFits =
        !withKeyExchange || (ours.keyExchange().isEmpty() ? !offersKe : method != null);
    if (encryption == null || integrity == null || esn == null || !keFits) {
      return null;
    }
    PacketTransform transform = new PacketTransform(ours.protocol(), encryption, integrity, esn);
    return new ChosenChild(theirs.number(), theirs.spi(), transform, method);
  }

  @Override
  public Decision<NarrowedChild> narrow(
      PadEntry peer,
      List<TrafficSelector> local,
      List<TrafficSelector> remote,
      boolean transportAsked) {
    List<ChildProfile> exactFirst = new ArrayList<>(peer.children());
    exactFirst.sort(
        Comparator.comparing(
            child ->
                !(child.localSelectors().equals(local) && child.remoteSelectors().equals(remote))));
    for (ChildProfile child : exactFirst) {
      List<TrafficSelector> ours = intersect(child.localSelectors(), local);
      List<TrafficSelector> theirs = intersect(child.remoteSelectors(), remote);
      if (!ours.isEmpty() && !theirs.isEmpty()) {
        SaMode mode =
            transportAsked && child.mode() == SaMode.TRANSPORT ? SaMode.TRANSPORT : SaMode.TUNNEL;
        return new Decision.Yes<>(new NarrowedChild(child, mode, ours, theirs), why("fits"));
      }
    }
    return new Decision.No<>(why("no selectors fit"));
  }

  private static List<TrafficSelector> intersect(List<TrafficSelector> a, List<TrafficSelector> b) {
    List<TrafficSelector> common = new ArrayList<>();
    for (TrafficSelector one : a) {
      for (TrafficSelector other : b) {
        one.intersect(other).filter(each -> !common.contains(each)).ifPresent(common::add);
      }
    }
    return common;
  }
}
