package org.ipsec4j.api.ike;

import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;

/** What happened, as values for logs, monitors and programs. */
public sealed interface IkeEvent {
  /** Name of the PAD entry, or empty while it is unknown. */
  String peer();

  /**
   * An IKE SA is up: both sides are authenticated.
   *
   * @param peer name of the PAD entry
   * @param ikeSa its SPIs
   * @param initiator whether we began
   * @param remoteIdentity what the peer proved to be
   * @param local our address in use
   * @param remote the peer's address
   * @param algorithms what protects it
   * @param natLocal whether a NAT stands in front of us
   * @param natRemote whether one stands in front of the peer
   */
  record IkeUp(
      String peer,
      IkeSaId ikeSa,
      boolean initiator,
      Identity remoteIdentity,
      Endpoint local,
      Endpoint remote,
      ChosenIke algorithms,
      boolean natLocal,
      boolean natRemote)
      implements IkeEvent {}

  /**
   * An IKE SA took the place of another, with its children.
   *
   * @param peer name of the PAD entry
   * @param old replaced
   * @param ikeSa new
   * @param initiator whether we began the rekey
   */
  record IkeRekeyed(String peer, IkeSaId old, IkeSaId ikeSa, boolean initiator)
      implements IkeEvent {}

  /**
   * An IKE SA that was up is gone.
   *
   * @param peer name of the PAD entry
   * @param ikeSa its SPIs
   * @param reason why
   */
  record IkeDown(String peer, IkeSaId ikeSa, DownReason reason) implements IkeEvent {}

  /**
   * A Child SA is up.
   *
   * @param peer name of the PAD entry
   * @param name name of the child
   * @param child its id
   * @param inboundSpi ours
   * @param outboundSpi the peer's
   * @param local agreed, our side
   * @param remote agreed, the peer's side
   */
  record ChildUp(
      String peer,
      String name,
      ChildSaId child,
      int inboundSpi,
      int outboundSpi,
      List<TrafficSelector> local,
      List<TrafficSelector> remote)
      implements IkeEvent {
    /** Copies the lists. */
    public ChildUp {
      local = List.copyOf(local);
      remote = List.copyOf(remote);
    }
  }

  /**
   * A Child SA took the place of another.
   *
   * @param peer name of the PAD entry
   * @param name name of the child
   * @param old replaced
   * @param child new
   * @param inboundSpi ours
   * @param outboundSpi the peer's
   * @param initiator whether we began the rekey
   */
  record ChildRekeyed(
      String peer,
      String name,
      ChildSaId old,
      ChildSaId child,
      int inboundSpi,
      int outboundSpi,
      boolean initiator)
      implements IkeEvent {}

  /**
   * A Child SA is gone without a successor.
   *
   * @param peer name of the PAD entry
   * @param name name of the child
   * @param child its id
   * @param reason why
   */
  record ChildDown(String peer, String name, ChildSaId child, DownReason reason)
      implements IkeEvent {}

  /**
   * A negotiation failed; the diagnosis says why and what to do.
   *
   * @param peer name of the PAD entry, or empty
   * @param remote the peer's address
   * @param diagnosis cause and cure
   */
  record NegotiationFailed(String peer, Endpoint remote, Diagnosis diagnosis) implements IkeEvent {}

  /**
   * The peer's address changed behind a NAT.
   *
   * @param peer name of the PAD entry
   * @param ikeSa its SPIs
   * @param from before
   * @param to now
   */
  record PeerMoved(String peer, IkeSaId ikeSa, Endpoint from, Endpoint to) implements IkeEvent {}

  /**
   * Keys of an IKE SA, only when the operator asked for their export by name.
   *
   * @param peer name of the PAD entry
   * @param ikeSa its SPIs
   * @param algorithms what they are for
   * @param skEi SK_ei
   * @param skEr SK_er
   * @param skAi SK_ai, of length 0 beside a combined mode
   * @param skAr SK_ar, likewise
   */
  record KeysExported(
      String peer,
      IkeSaId ikeSa,
      ChosenIke algorithms,
      Secret skEi,
      Secret skEr,
      Secret skAi,
      Secret skAr)
      implements IkeEvent {}

  /** Why an SA went down. */
  enum DownReason {
    /** The peer deleted it. */
    DELETED_BY_PEER,
    /** We were asked to delete it. */
    DELETED_BY_COMMAND,
    /** The peer did not answer. */
    PEER_UNRESPONSIVE,
    /** Its lifetime ended and no successor was agreed. */
    EXPIRED,
    /** The IKE SA that carried it went. */
    IKE_SA_GONE,
    /** The peer authenticated anew with INITIAL_CONTACT (RFC 7296 2.4). */
    REPLACED_BY_NEW_CONTACT,
    /** The peer broke the protocol under protection. */
    PROTOCOL_ERROR,
    /** A rekey of both sides at once left it over (RFC 7296 2.8.1). */
    REDUNDANT
  }
}
