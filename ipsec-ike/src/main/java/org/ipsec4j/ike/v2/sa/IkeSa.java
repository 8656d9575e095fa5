package org.ipsec4j.ike.v2.sa;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.ike.v2.exchange.ChildRequest;
import org.ipsec4j.ike.v2.exchange.Diagnoses;
import org.ipsec4j.ike.v2.exchange.Environment;
import org.ipsec4j.ike.v2.exchange.ExchangeContext;
import org.ipsec4j.ike.v2.exchange.IkeAuthInitiator;
import org.ipsec4j.ike.v2.exchange.IkeSaInitInitiator;
import org.ipsec4j.ike.v2.exchange.IkeSaInitResponder;
import org.ipsec4j.ike.v2.exchange.InformationalInitiator;
import org.ipsec4j.ike.v2.exchange.InitFacts;
import org.ipsec4j.ike.v2.exchange.InitGate;
import org.ipsec4j.ike.v2.exchange.OwnExchange;
import org.ipsec4j.ike.v2.exchange.RekeyIkeInitiator;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeMessage;
import org.jspecify.annotations.Nullable;

/**
 * One IKE SA: its life and who it is with. Messages are judged in {@link Conversation} and given to
 * exchanges by {@link Inbox}; what exchanges do goes through {@link SaContext}; time is kept by
 * {@link SaClock}, Child SAs by {@link ChildLedger}, and rekeys are settled in {@link Succession}.
 */
public final class IkeSa {
  private final Environment env;
  private final SaHost host;
  private final boolean originalInitiator;
  private final long createdAt;
  private final Path path;
  private final Conversation conversation;
  private final Agenda agenda = new Agenda();
  private final SaContext context = new SaContext(this);
  private final Inbox inbox = new Inbox(this);
  private final Succession succession = new Succession(this);
  private final Ending ending = new Ending(this);
  private final SaClock clock;
  private final Hints hints = new Hints();
  private ChildLedger children;
  private Life life = new Life.Opening();
  private List<PadEntry> candidates = List.of();
  private @Nullable PadEntry peer;
  private @Nullable Identity remoteIdentity;
  private @Nullable InitFacts facts;
  private @Nullable ChildRequest firstChild;
  private long establishedAt;

  private IkeSa(Environment env, SaHost host, boolean originalInitiator, IkeSaId id, Path path) {
    this.env = env;
    this.host = host;
    this.originalInitiator = originalInitiator;
    this.createdAt = env.now();
    this.path = path;
    this.conversation = new Conversation(env, path, originalInitiator, id);
    this.children = new ChildLedger(env);
    this.clock = new SaClock(this, env.now());
  }

  /** Begins an IKE SA with its first Child SA. */
  public static IkeSa initiate(
      Environment env,
      SaHost host,
      PadEntry peer,
      Endpoint local,
      Endpoint remote,
      ChildRequest firstChild) {
    IkeSaId id = new IkeSaId(env.newIkeSpi(), 0);
    IkeSa sa = new IkeSa(env, host, true, id, new Path(local, remote));
    sa.peer = peer;
    sa.firstChild = firstChild;
    host.added(sa);
    sa.agenda.enqueue(new IkeSaInitInitiator(sa.context));
    sa.pump();
    return sa;
  }

  /**
   * Answers a peer's first request, which passed {@link InitGate}.
   *
   * @param openWithin nanoseconds that the peer has to prove itself
   */
  public static IkeSa respond(
      Environment env,
      SaHost host,
      InitGate.Verdict.Accept accept,
      Endpoint local,
      Endpoint remote,
      IkeMessage request,
      Bytes raw,
      long openWithin) {
    IkeSaId id = new IkeSaId(request.header().initiatorSpi(), env.newIkeSpi());
    IkeSa sa = new IkeSa(env, host, false, id, new Path(local, remote));
    sa.candidates = accept.candidates();
    sa.clock.opening(env.now(), openWithin);
    sa.inbox.cameToBe(raw);
    host.added(sa);
    new IkeSaInitResponder(sa.context, accept.candidates(), accept.chosen()).onRequest(request);
    sa.pump();
    return sa;
  }

  /** The IKE SA that a rekey of {@code old} agreed (RFC 7296 2.18). */
  static IkeSa successor(IkeSa old, InitFacts agreed) throws CryptoException {
    Path path = new Path(old.path.local(), old.path.remote());
    IkeSa sa = new IkeSa(old.env, old.host, agreed.initiator(), agreed.id(), path);
    sa.peer = old.peer;
    sa.remoteIdentity = old.remoteIdentity;
    sa.establishedAt = old.establishedAt;
    sa.secure(agreed);
    sa.life = new Life.Up();
    sa.clock.up(sa.env.now());
    sa.host.added(sa);
    sa.host.up(sa);
    return sa;
  }

  // --- what the engine calls -------------------------------------------------------------------

  /** SPIs; the responder's is 0 until it answered. */
  public IkeSaId id() {
    return conversation.id();
  }

  /** The SPI that we chose, by which datagrams find us. */
  public long ownSpi() {
    return originalInitiator ? id().initiatorSpi() : id().responderSpi();
  }

  /** A datagram with our SPI came. */
  public void onMessage(Endpoint from, Endpoint to, byte[] datagram, IkeMessage outer) {
    inbox.onMessage(from, to, datagram, outer);
    pump();
  }

  /** The request that made us came again. */
  public void repeatInit(Endpoint from, Endpoint to) {
    conversation.repeatInit(from, to);
  }

  /** Begins what can be begun; after everything that happens to the IKE SA. */
  public void pump() {
    succession.settle();
    OwnExchange next = agenda.next(this::startable);
    while (next != null) {
      next.start();
      next = agenda.next(this::startable);
    }
    host.touched(this);
  }

  private boolean startable(OwnExchange exchange) {
    if (conversation.requestOutstanding()) {
      return false;
    }
    return switch (life) {
      case Life.Opening opening -> exchange instanceof IkeSaInitInitiator;
      case Life.Authenticating authenticating -> exchange instanceof IkeAuthInitiator;
      // Not while it is open whether this SA stays (2.8.2), nor while we work on what the peer
      // wants: it would have to put us off (2.25).
      case Life.Up up ->
          !succession.undecided()
              && (exchange.type() != ExchangeType.CREATE_CHILD_SA || !conversation.answering());
      case Life.Replaced replaced -> true;
      case Life.Closing closing -> true;
      case Life.Lingering lingering -> false;
      case Life.Gone gone -> false;
    };
  }

  /** When {@link #onTimeout} has something to do. */
  public long nextTimeout() {
    long next = Math.min(conversation.nextTimeout(), clock.nextTimeout());
    return isUp() ? Math.min(next, Math.min(agenda.nextTimeout(), children.nextTimeout())) : next;
  }

  /** Time passed. */
  public void onTimeout(long now) {
    if (conversation.givesUp(now)) {
      ending.peerIsSilent(hints);
    }
    clock.onTimeout(now);
    if (isUp()) {
      agenda.wake(now);
      for (ChildLedger.Due due = children.due(now); due != null; due = children.due(now)) {
        wishes().onDue(due);
      }
    }
    pump();
  }

  /** The engine closes: the peer is not waited for any longer. */
  public void abandon() {
    ending.abandon();
  }

  /** For monitors; null when there is nothing to show any more. */
  public IkeStatus.@Nullable IkeSaStatus status() {
    if (!isPresent()) {
      return null;
    }
    return new IkeStatus.IkeSaStatus(
        peerName(),
        id(),
        originalInitiator,
        Life.phase(life),
        path.local(),
        path.remote(),
        children.status());
  }

  /** Where its peer is. */
  public IpAddress remoteAddress() {
    return path.remote().address();
  }

  /** Whether the peer began it and did not prove itself; those that failed count too. */
  public boolean halfOpen() {
    return !originalInitiator && remoteIdentity == null && !(life instanceof Life.Gone);
  }

  /** Whether a wish for this peer can be fulfilled by this IKE SA, now or when it is up. */
  public boolean serves(String name) {
    boolean open = isOpeningByUs() || (isUp() && !succession.undecided());
    return open && peer != null && peer.name().equals(name);
  }

  private boolean isOpeningByUs() {
    return originalInitiator
        && (life instanceof Life.Opening || life instanceof Life.Authenticating);
  }

  /** Whether both sides are authenticated and it is not being closed. */
  public boolean isUp() {
    return life instanceof Life.Up;
  }

  /** Whether anything but lingering is left. */
  public boolean isPresent() {
    return !(life instanceof Life.Gone || life instanceof Life.Lingering);
  }

  /** What the node may wish. */
  public Wishes wishes() {
    return new Wishes(this);
  }

  // --- what our neighbours in this package ask -------------------------------------------------

  Environment env() {
    return env;
  }

  SaHost host() {
    return host;
  }

  ExchangeContext context() {
    return context;
  }

  boolean originalInitiator() {
    return originalInitiator;
  }

  Life life() {
    return life;
  }

  Conversation conversation() {
    return conversation;
  }

  Agenda agenda() {
    return agenda;
  }

  Inbox inbox() {
    return inbox;
  }

  SaClock clock() {
    return clock;
  }

  ChildLedger children() {
    return children;
  }

  Path path() {
    return path;
  }

  Succession succession() {
    return succession;
  }

  Ending ending() {
    return ending;
  }

  List<PadEntry> candidates() {
    return candidates;
  }

  PadEntry peer() {
    if (peer == null) {
      throw new IllegalStateException("the peer is not known yet");
    }
    return peer;
  }

  /** Where the peer was written; null while it is unknown. */
  @Nullable Origin origin() {
    return peer == null ? null : peer.origin();
  }

  String peerName() {
    return peer == null ? "" : peer.name();
  }

  InitFacts facts() {
    if (facts == null) {
      throw new IllegalStateException("IKE_SA_INIT is not over");
    }
    return facts;
  }

  /** What the peer proved to be; null before. */
  public @Nullable Identity remoteIdentity() {
    return remoteIdentity;
  }

  @Nullable ChildRequest firstChild() {
    return isOpeningByUs() ? firstChild : null;
  }

  boolean isWith(PadEntry entry) {
    return peer != null
        ? peer.name().equals(entry.name())
        : candidates.stream().anyMatch(candidate -> candidate.name().equals(entry.name()));
  }

  boolean establishedBefore(IkeSa other) {
    return establishedAt < other.createdAt;
  }

  /** How ESP of this IKE SA travels: in UDP, or null for natively. */
  @Nullable UdpEncapsulation encapsulation() {
    return facts().nat().encapsulate() ? new UdpEncapsulation(path.local(), path.remote()) : null;
  }

  // --- steps of its life -----------------------------------------------------------------------

  /** IKE_SA_INIT is agreed. */
  void opened(InitFacts agreed) {
    try {
      secure(agreed);
    } catch (CryptoException e) {
      agreed.keys().destroy();
      context.collapse(Diagnoses.cryptoFailed("IKE_SA_INIT", e, origin()));
      return;
    }
    life = new Life.Authenticating();
    hints.clear();
    ChildRequest first = firstChild;
    if (originalInitiator && first != null) {
      conversation.initOver();
      if (agreed.nat().encapsulate()) {
        // A NAT, or one that is feigned: leave port 500 (2.23).
        path.move(
            path.local().withPort(peer().localNatPort()),
            path.remote().withPort(peer().remoteNatPort()));
      }
      agenda.abortRunning();
      agenda.enqueueFirst(new IkeAuthInitiator(context, first));
    }
  }

  private void secure(InitFacts agreed) throws CryptoException {
    PadEntry profile = peer != null ? peer : candidates.getFirst();
    conversation.secure(agreed.id(), Channels.open(env, agreed, profile));
    facts = agreed;
    if (env.exportKeys()) {
      env.tell(Channels.export(peerName(), agreed));
    }
  }

  /** Both sides are authenticated. */
  void established(PadEntry authenticated, Identity identity) {
    peer = authenticated;
    remoteIdentity = identity;
    establishedAt = env.now();
    facts = facts().authenticated();
    conversation.forgetInit();
    life = new Life.Up();
    host.up(this);
    clock.up(env.now());
    env.tell(
        new IkeEvent.IkeUp(
            authenticated.name(),
            id(),
            originalInitiator,
            identity,
            path.local(),
            path.remote(),
            facts().algorithms(),
            facts().nat().local(),
            facts().nat().remote()));
  }

  /** An unprotected error came. */
  void hint(Diagnosis diagnosis) {
    if (hints.add(diagnosis) && life instanceof Life.Opening) {
      // The true answer gets the time of one more transmission.
      conversation.giveUpAt(env.now() + peer().ike().retransmitInitial().toNanos());
    }
  }

  void rekeyIke() {
    if (isUp() && !agenda.any(each -> each instanceof RekeyIkeInitiator)) {
      agenda.enqueue(new RekeyIkeInitiator(context));
    }
  }

  void checkLiveness() {
    if (isUp() && !agenda.busy()) {
      agenda.enqueue(InformationalInitiator.liveness(context));
    }
  }

  /** Child SAs of the IKE SA whose place this one takes. */
  void inherit(ChildLedger ledger) {
    children = ledger;
    ledger.handedTo(this);
  }

  /** Child SAs for who takes the place of this one. */
  ChildLedger bequeath() {
    ChildLedger all = children;
    children = new ChildLedger(env);
    return all;
  }

  /** The life goes on to its next phase. */
  void enter(Life next) {
    if (isUp()) {
      host.down(this);
    }
    life = next;
  }

  /** Keys are wiped. */
  void forgetKeys() {
    conversation.destroy();
    if (facts != null) {
      facts.keys().destroy();
    }
  }

  @Override
  public String toString() {
    return id() + " " + life;
  }
}
