package org.ipsec4j.api.policy;

import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * One consistent state of the policy, as the IKE engine asks it. Immutable, side-effect-free,
 * thread-safe; a changed policy is a new view. Every answer has its reasons.
 */
public interface PolicyView {
  /** Counts up with every change of the policy. */
  long revision();

  /** All peers in the order of the policy. */
  List<PadEntry> peers();

  /** The peer of that name. */
  Optional<PadEntry> peer(String name);

  /** The peers that a first message between these addresses may come from, best first. */
  Decision<List<PadEntry>> peersAt(IpAddress local, IpAddress remote);

  /**
   * The peer behind a proven claim, among the candidates of its first message.
   *
   * @param remote IDi of the message
   * @param wanted IDr of the message, or null
   */
  Decision<PadEntry> peerByIdentity(
      List<PadEntry> candidates, Identity remote, @Nullable Identity wanted);

  /**
   * Chooses for an IKE SA (RFC 7296 2.7): the order is ours, the numbers are the peer's.
   *
   * @param candidates peers that may be meant; a proposal of any of them may be used
   * @param offered the peer's SA payload
   */
  Decision<ChosenIke> chooseIke(List<PadEntry> candidates, List<Proposal> offered);

  /**
   * Chooses for a Child SA.
   *
   * @param offered the peer's SA payload
   * @param withKeyExchange false in IKE_AUTH, where no key exchange takes part
   */
  Decision<ChosenChild> chooseChild(
      ChildProfile child, List<Proposal> offered, boolean withKeyExchange);

  /**
   * Grants traffic to an initiator.
   *
   * @param local TSr: our side
   * @param remote TSi: the peer's side
   * @param transportAsked whether USE_TRANSPORT_MODE stood in the request
   */
  Decision<NarrowedChild> narrow(
      PadEntry peer,
      List<TrafficSelector> local,
      List<TrafficSelector> remote,
      boolean transportAsked);
}
