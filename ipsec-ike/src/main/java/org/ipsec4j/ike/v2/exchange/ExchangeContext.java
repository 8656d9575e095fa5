package org.ipsec4j.ike.v2.exchange;

import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.wire.Payload;

/** All that an exchange may see and do of its IKE SA. */
public interface ExchangeContext {
  /** What all IKE SAs share. */
  Environment env();

  /** Whether the IKE SA still exists. */
  boolean alive();

  /** SPIs; the responder's is 0 until it answered. */
  IkeSaId id();

  /** Whether we are the original initiator. */
  boolean originalInitiator();

  /** Our address. */
  Endpoint local();

  /** The peer's address. */
  Endpoint remote();

  /**
   * The peer's entry.
   *
   * @throws IllegalStateException before a responder knows it
   */
  PadEntry peer();

  /** What IKE_SA_INIT or a rekey agreed. */
  InitFacts facts();

  /** Hands slow work out. */
  void offload(Work<?> work);

  /** Sends the request of the running exchange of ours; protected but for IKE_SA_INIT. */
  void request(int exchangeType, List<Payload> payloads);

  /** Answers the peer's request being worked on. */
  void answer(List<Payload> payloads);

  /** Our running exchange is over; the next one may begin. */
  void finished();

  /** Begins another exchange of ours as soon as the window allows. */
  void enqueue(OwnExchange exchange);

  /**
   * Begins it again some seconds from now (RFC 7296 2.25).
   *
   * @param since when the peer put this wish off for the first time; after several minutes the
   *     sides are out of step and the IKE SA is closed
   */
  void postpone(OwnExchange exchange, long since);

  /**
   * Begins it again after a pause that grows: it failed for a reason that may last.
   *
   * @param failures how often it failed in a row
   */
  void retry(OwnExchange exchange, int failures);

  /** Tells of a failure that leaves the IKE SA as it is. */
  void tellFailure(Diagnosis diagnosis);

  /** The IKE_SA_INIT messages so far. */
  InitMessages initMessages();

  // --- opening ---------------------------------------------------------------------------------

  /** An unprotected error came: perhaps forged, told if nothing better comes (RFC 7296 2.21.1). */
  void hint(Diagnosis diagnosis);

  /** IKE_SA_INIT is agreed: from now on messages are protected. */
  void opened(InitFacts facts);

  /** The peer proved itself: the IKE SA is up. */
  void established(PadEntry peer, Identity remoteIdentity);

  /** Whether no other IKE SA with this peer exists, so that INITIAL_CONTACT is true. */
  boolean onlyContact();

  /** The peer says that it has no other IKE SA with us: ours are left over from before (2.4). */
  void initialContact();

  /** The negotiation failed: tells why, and the IKE SA is gone at once. */
  void collapse(Diagnosis diagnosis);

  /** A stranger's request came to nothing: the IKE SA is gone at once and nobody is told. */
  void forget();

  /** As {@link #collapse}, after {@link #answer}: repetitions of the request are still answered. */
  void collapseAfterAnswer(Diagnosis diagnosis);

  /** As {@link #collapse}, after telling the peer AUTHENTICATION_FAILED (2.21.2). */
  void collapseWithNotice(Diagnosis diagnosis);

  // --- Child SAs -------------------------------------------------------------------------------

  /** The Child SA for which the peer's inbound SPI is this. */
  Optional<Child> childByPeerSpi(int protocolId, int spi);

  /** What becomes of a Child SA at present. */
  ChildState stateOf(Child child);

  /** Installs a new Child SA. */
  void childUp(AgreedChild agreed);

  /**
   * Installs a Child SA in the place of another, and settles a collision of rekeys (2.8.1).
   *
   * @param old which is replaced
   * @param agreed the new one; its initiator flag says whose exchange it was
   * @param ni nonce of the exchange's initiator
   * @param nr nonce of its responder
   */
  void childRekeyed(Child old, AgreedChild agreed, Bytes ni, Bytes nr);

  /** The peer deleted a Child SA. */
  void childDeletedByPeer(Child child);

  /**
   * The peer deleted a Child SA that we do not have: perhaps one that we are asking for, whose
   * answer is on its way.
   *
   * @param spi the peer's inbound SPI
   */
  void unknownDeletedByPeer(int spi);

  /** Our deletion of a Child SA was answered. */
  void childDeleted(Child child);

  /** The peer does not know a Child SA that we wanted to rekey (2.25). */
  void childNotFound(Child child);

  // --- the IKE SA itself -----------------------------------------------------------------------

  /** What of ours is under way, as collisions see it (2.25). */
  Activity activity();

  /** An IKE SA was agreed in the place of this one; settles a collision (2.8.2). */
  void ikeRekeyed(InitFacts successor);

  /** An answer to our deletion, or the peer's own deletion: the IKE SA is gone. */
  void ikeDeleted(DownReason reason);

  /** What becomes of a Child SA. */
  enum ChildState {
    /** In use. */
    LIVE,
    /** Another took its place. */
    REPLACED,
    /** We asked, or are about to ask, the peer to delete it. */
    DELETING,
    /** It is gone. */
    GONE
  }

  /** What of ours is under way. */
  enum Activity {
    /** Nothing that matters. */
    NONE,
    /** Creating, rekeying or closing a Child SA. */
    CHILD,
    /** Rekeying the IKE SA. */
    IKE_REKEY,
    /** The IKE SA is replaced or being closed. */
    IKE_CLOSING
  }
}
