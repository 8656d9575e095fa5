package org.ipsec4j.ike.v2.sa;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.v2.exchange.AgreedChild;
import org.ipsec4j.ike.v2.exchange.Child;
import org.ipsec4j.ike.v2.exchange.CreateChildInitiator;
import org.ipsec4j.ike.v2.exchange.Diagnoses;
import org.ipsec4j.ike.v2.exchange.Environment;
import org.ipsec4j.ike.v2.exchange.ExchangeContext;
import org.ipsec4j.ike.v2.exchange.InformationalInitiator;
import org.ipsec4j.ike.v2.exchange.InitFacts;
import org.ipsec4j.ike.v2.exchange.InitMessages;
import org.ipsec4j.ike.v2.exchange.OwnExchange;
import org.ipsec4j.ike.v2.exchange.Work;
import org.ipsec4j.ike.wire.Payload;

/** An IKE SA as its exchanges see it: what they say becomes steps of its life. */
final class SaContext implements ExchangeContext {
  /** Several minutes of TEMPORARY_FAILURE mean that the sides disagree (RFC 7296 2.25). */
  private static final long OUT_OF_STEP = Duration.ofMinutes(3).toNanos();

  private final IkeSa sa;

  SaContext(IkeSa sa) {
    this.sa = sa;
  }

  @Override
  public Environment env() {
    return sa.env();
  }

  @Override
  public boolean alive() {
    return sa.isPresent();
  }

  @Override
  public IkeSaId id() {
    return sa.id();
  }

  @Override
  public boolean originalInitiator() {
    return sa.originalInitiator();
  }

  @Override
  public Endpoint local() {
    return sa.path().local();
  }

  @Override
  public Endpoint remote() {
    return sa.path().remote();
  }

  @Override
  public PadEntry peer() {
    return sa.peer();
  }

  @Override
  public InitFacts facts() {
    return sa.facts();
  }

  @Override
  public InitMessages initMessages() {
    return sa.conversation().initMessages();
  }

  @Override
  public void offload(Work<?> work) {
    sa.host().offload(sa, work);
  }

  @Override
  public void request(int exchangeType, List<Payload> payloads) {
    try {
      sa.conversation().request(exchangeType, payloads, sa.clock().schedule());
    } catch (CryptoException e) {
      sa.ending().broken(e);
    }
  }

  @Override
  public void answer(List<Payload> payloads) {
    try {
      sa.conversation().answer(sa.inbox().answeringType(), payloads);
    } catch (CryptoException e) {
      sa.ending().broken(e);
    }
  }

  @Override
  public void finished() {
    sa.agenda().finished();
  }

  @Override
  public void enqueue(OwnExchange exchange) {
    sa.agenda().enqueue(exchange);
  }

  @Override
  public void postpone(OwnExchange exchange, long since) {
    if (env().now() - since > OUT_OF_STEP) {
      exchange.abort();
      sa.ending().close(DownReason.PROTOCOL_ERROR);
    } else {
      sa.agenda().postpone(env().now(), env().random(), exchange);
    }
  }

  @Override
  public void retry(OwnExchange exchange, int failures) {
    sa.agenda().retry(env().now(), env().random(), exchange, failures);
  }

  @Override
  public void tellFailure(Diagnosis diagnosis) {
    env().tell(new IkeEvent.NegotiationFailed(sa.peerName(), remote(), diagnosis));
  }

  @Override
  public void hint(Diagnosis diagnosis) {
    sa.hint(diagnosis);
  }

  @Override
  public void opened(InitFacts opened) {
    if (alive()) {
      sa.opened(opened);
    } else {
      opened.keys().destroy();
    }
  }

  @Override
  public void established(PadEntry peer, Identity remoteIdentity) {
    if (alive()) {
      sa.established(peer, remoteIdentity);
    }
  }

  @Override
  public boolean onlyContact() {
    return Contacts.only(sa);
  }

  @Override
  public void initialContact() {
    Contacts.initial(sa);
  }

  @Override
  public void collapse(Diagnosis diagnosis) {
    tellFailure(diagnosis);
    sa.ending().vanish();
  }

  @Override
  public void forget() {
    sa.ending().vanish();
  }

  @Override
  public void collapseAfterAnswer(Diagnosis diagnosis) {
    tellFailure(diagnosis);
    sa.ending().linger();
  }

  @Override
  public void collapseWithNotice(Diagnosis diagnosis) {
    tellFailure(diagnosis);
    sa.agenda().abortAll();
    sa.ending().closeQuietly(DownReason.PROTOCOL_ERROR, InformationalInitiator.notice(this));
  }

  @Override
  public Optional<Child> childByPeerSpi(int protocolId, int spi) {
    return sa.children().byPeerSpi(protocolId, spi);
  }

  @Override
  public ChildState stateOf(Child child) {
    return sa.children().stateOf(child);
  }

  @Override
  public void childUp(AgreedChild agreed) {
    if (closing(agreed)) {
      return;
    }
    sa.children().up(sa, agreed);
  }

  @Override
  public void childRekeyed(Child old, AgreedChild agreed, Bytes ni, Bytes nr) {
    if (closing(agreed)) {
      return;
    }
    sa.succession().childRekeyed(old, agreed, ni, nr);
  }

  /** We were told to close while the exchange ran: its Child SA goes with the IKE SA. */
  private boolean closing(AgreedChild agreed) {
    if (sa.life() instanceof Life.Closing) {
      sa.children().neverUsed(agreed);
      return true;
    }
    return false;
  }

  @Override
  public void childDeletedByPeer(Child child) {
    sa.succession().deletedByPeer(child);
    sa.children().remove(sa, child, DownReason.DELETED_BY_PEER);
  }

  @Override
  public void unknownDeletedByPeer(int spi) {
    if (sa.agenda().running() instanceof CreateChildInitiator create) {
      create.deletedByPeer(spi);
    }
  }

  @Override
  public void childDeleted(Child child) {
    sa.children().remove(sa, child, DownReason.DELETED_BY_COMMAND);
  }

  @Override
  public void childNotFound(Child child) {
    if (stateOf(child) == ChildState.LIVE) {
      sa.children().remove(sa, child, DownReason.DELETED_BY_PEER);
      sa.wishes().initiate(child.profile(), null, null);
    }
  }

  @Override
  public Activity activity() {
    return switch (sa.life()) {
      case Life.Opening opening -> Activity.NONE;
      case Life.Authenticating authenticating -> Activity.NONE;
      case Life.Up up -> Wishes.activity(sa.agenda().running());
      case Life.Replaced replaced -> Activity.IKE_CLOSING;
      case Life.Closing closing -> Activity.IKE_CLOSING;
      case Life.Lingering lingering -> Activity.IKE_CLOSING;
      case Life.Gone gone -> Activity.IKE_CLOSING;
    };
  }

  @Override
  public void ikeRekeyed(InitFacts successor) {
    if (!alive()) {
      successor.keys().destroy();
      return;
    }
    try {
      sa.succession().ikeRekeyed(successor);
    } catch (CryptoException e) {
      successor.keys().destroy();
      tellFailure(Diagnoses.cryptoFailed("CREATE_CHILD_SA", e, peer().origin()));
      sa.ending().close(DownReason.PROTOCOL_ERROR);
    }
  }

  @Override
  public void ikeDeleted(DownReason reason) {
    sa.ending().deleted(reason);
  }
}
