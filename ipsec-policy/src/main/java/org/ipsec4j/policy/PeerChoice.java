package org.ipsec4j.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.jspecify.annotations.Nullable;

/** Finds PAD entries (RFC 4301 4.4.3). */
final class PeerChoice {
  private final PolicySet.Order order;

  PeerChoice(PolicySet.Order order) {
    this.order = order;
  }

  Decision<List<PadEntry>> at(List<PadEntry> peers, IpAddress local, IpAddress remote) {
    Steps steps = new Steps();
    List<PadEntry> found = new ArrayList<>();
    for (PadEntry peer : peers) {
      IpAddress ours = peer.localAddress();
      if (ours != null && !ours.equals(local)) {
        steps.rejected(
            subject(peer), "it is for our address " + ours + ", not " + local, peer.origin());
      } else if (!peer.mayBeAt(remote)) {
        steps.rejected(
            subject(peer), remote + " is not in " + peer.remoteAddresses(), peer.origin());
      } else {
        found.add(peer);
      }
    }
    if (found.isEmpty()) {
      return new Decision.No<>(
          steps.explain("peers between " + local + " and " + remote, "the policy has no peers"));
    }
    if (order == PolicySet.Order.SPECIFICITY) {
      found.sort(Comparator.comparingInt((PadEntry peer) -> freeBits(peer, remote)));
    }
    for (int i = 0; i < found.size(); i++) {
      PadEntry peer = found.get(i);
      if (i == 0) {
        steps.chosen(subject(peer), "it may be at " + remote, peer.origin());
      } else {
        steps.lost(subject(peer), "it may be at " + remote + " too; " + why(), peer.origin());
      }
    }
    return new Decision.Yes<>(
        List.copyOf(found), steps.explain("peers at " + remote, "the policy has no peers"));
  }

  private String why() {
    return order == PolicySet.Order.SEQUENCE
        ? "another one is written before it"
        : "another one is more specific";
  }

  /** How many bits of the peer's address its narrowest fitting range leaves open. */
  private static int freeBits(PadEntry peer, IpAddress remote) {
    int least = remote.bits() + 1;
    for (AddressRange range : peer.remoteAddresses()) {
      if (range.contains(remote)) {
        least = Math.min(least, RangeSize.freeBits(range));
      }
    }
    return least;
  }

  Decision<PadEntry> byIdentity(
      List<PadEntry> candidates, Identity remote, @Nullable Identity wanted) {
    Steps steps = new Steps();
    if (remote instanceof Identity.Other) {
      steps.rejected(
          "identity " + remote, "no policy can name an identity of type " + remote.type(), null);
      return new Decision.No<>(steps.explain("identity", ""));
    }
    List<PadEntry> fitting = new ArrayList<>();
    for (PadEntry peer : candidates) {
      Identity expected = peer.remoteIdentity();
      if (expected == null || expected.equals(remote)) {
        fitting.add(peer);
      } else {
        steps.rejected(
            subject(peer), "it must be " + expected + ", and claims " + remote, peer.origin());
      }
    }
    if (order == PolicySet.Order.SPECIFICITY) {
      fitting.sort(Comparator.comparing((PadEntry peer) -> peer.remoteIdentity() == null));
    }
    PadEntry winner = winner(fitting, wanted);
    if (winner == null) {
      return new Decision.No<>(
          steps.explain("identity " + remote, "no peer may be at the other address"));
    }
    for (PadEntry peer : fitting) {
      if (!peer.equals(winner)) {
        steps.lost(subject(peer), "it may claim " + remote + " too; " + why(), peer.origin());
      }
    }
    boolean answersAsOther = wanted != null && !wanted.equals(winner.localIdentity());
    steps.chosen(
        subject(winner),
        "it may claim "
            + remote
            + (answersAsOther
                ? "; it asks for " + wanted + " and is answered by " + winner.localIdentity()
                : ""),
        winner.origin());
    return new Decision.Yes<>(winner, steps.explain("identity " + remote, ""));
  }

  /**
   * The entry that answers as the initiator wants, else the first: RFC 7296 2.15 leaves it to the
   * responder to be someone else, and the initiator can then say what is wrong.
   */
  private static @Nullable PadEntry winner(List<PadEntry> fitting, @Nullable Identity wanted) {
    for (PadEntry peer : fitting) {
      if (peer.localIdentity().equals(wanted)) {
        return peer;
      }
    }
    return fitting.isEmpty() ? null : fitting.getFirst();
  }

  private static String subject(PadEntry peer) {
    return "peer `" + peer.name() + "`";
  }
}
