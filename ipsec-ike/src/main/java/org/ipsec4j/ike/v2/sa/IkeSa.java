package org.ipsec4j.ike.v2.sa;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.ike.timer.RetransmissionSchedule;
import org.ipsec4j.ike.timer.TimerTable;
import org.ipsec4j.ike.v2.exchange.AgreedChild;
import org.ipsec4j.ike.v2.exchange.Child;
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
import org.ipsec4j.ike.v2.exchange.InitMessages;
import org.ipsec4j.ike.v2.exchange.OwnExchange;
import org.ipsec4j.ike.v2.exchange.RekeyIkeInitiator;
import org.ipsec4j.ike.v2.exchange.Work;
import org.ipsec4j.ike.v2.window.SecureChannel;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.Payload;
import org.jspecify.annotations.Nullable;

/**
 * One IKE SA: its life, its timers, and what exchanges may do to it. Messages are judged in {@link
 * Conversation} and given to exchanges by {@link Inbox}; Child SAs are kept in {@link ChildLedger};
 * rekeys are settled in {@link Succession}.
 */
public final class IkeSa implements ExchangeContext {
  /** How long a replaced or closing IKE SA is waited for. */
  private static final long CLOSE_WITHIN = Duration.ofSeconds(30).toNanos();

  /** How long the last answer of a dead IKE SA is repeated. */
  private static final long LINGER = Duration.ofSeconds(10).toNanos();

  /** Several minutes of TEMPORARY_FAILURE mean that the sides disagree (RFC 7296 2.25). */
  private static final long OUT_OF_STEP = Duration.ofMinutes(3).toNanos();

  private static final int GOODBYES = 3;

  private final Environment env;
  private final SaHost host;
  private final boolean originalInitiator;
  private final long createdAt;
  private final Path path;
  private final Conversation conversation;
  private final Agenda agenda = new Agenda();
  private final TimerTable<SaTimer> timers = new TimerTable<>(SaTimer.class);
  private final Inbox inbox = new Inbox(this);
  private final Succession succession = new Succession(this);
  private final List<Diagnosis> hints = new ArrayList<>();
  private ChildLedger children;
  private Life life = new Life.Opening();
  private List<PadEntry> candidates = List.of();
  private @Nullable PadEntry peer;
  private @Nullable Identity remoteIdentity;
  private @Nullable InitFacts facts;
  private @Nullable ChildRequest firstChild;
  private long establishedAt;
  private long lastInbound;
  private long failingSince = IkeEngine.NO_TIMEOUT;

  private IkeSa(
      Environment env,
      SaHost host,
      boolean originalInitiator,
      IkeSaId id,
      Path path,
      long firstRequest) {
    this.env = env;
    this.host = host;
    this.originalInitiator = originalInitiator;
    this.createdAt = env.now();
    this.lastInbound = env.now();
    this.path = path;
    this.conversation = new Conversation(env, path, originalInitiator, id, firstRequest);
    this.children = new ChildLedger(env);
  }

  /** Begins an IKE SA with its first Child SA. */
  public static IkeSa initiate(
      Environment env,
      SaHost host,
      PadEntry peer,
      Endpoint local,
      Endpoint remote,
      ChildRequest firstChild) {
    IkeSa sa =
        new IkeSa(env, host, true, new IkeSaId(env.newIkeSpi(), 0), new Path(local, remote), 0);
    sa.peer = peer;
    sa.firstChild = firstChild;
    host.added(sa);
    sa.agenda.enqueue(new IkeSaInitInitiator(sa));
    sa.pump();
    return sa;
  }

  /** Answers a peer's first request, which passed {@link InitGate}. */
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
    IkeSa sa = new IkeSa(env, host, false, id, new Path(local, remote), 0);
    sa.candidates = accept.candidates();
    sa.timers.setAfter(SaTimer.OPENING, env.now(), openWithin);
    sa.inbox.cameToBe(raw);
    host.added(sa);
    new IkeSaInitResponder(sa, accept.candidates(), accept.chosen()).onRequest(request);
    sa.pump();
    return sa;
  }

  /** The IKE SA that a rekey of {@code old} agreed (RFC 7296 2.18). */
  static IkeSa successor(IkeSa old, InitFacts facts) throws CryptoException {
    IkeSa sa =
        new IkeSa(
            old.env,
            old.host,
            facts.initiator(),
            facts.id(),
            new Path(old.path.local(), old.path.remote()),
            0);
    sa.peer = old.peer;
    sa.remoteIdentity = old.remoteIdentity;
    sa.establishedAt = old.establishedAt;
    sa.secure(facts);
    sa.life = new Life.Up();
    sa.startTimers();
    sa.host.added(sa);
    return sa;
  }

  // --- what the engine calls -------------------------------------------------------------------

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

  /** Offloaded work was delivered, or something else changed. */
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
      case Life.Up up ->
          exchange.type() != ExchangeType.CREATE_CHILD_SA || !conversation.answering();
      case Life.Replaced replaced -> true;
      case Life.Closing closing -> true;
      case Life.Lingering lingering -> false;
      case Life.Gone gone -> false;
    };
  }

  /** When {@link #onTimeout} has something to do. */
  public long nextTimeout() {
    long next = Math.min(conversation.nextTimeout(), timers.nextTimeout());
    if (life instanceof Life.Up) {
      next = Math.min(next, Math.min(agenda.nextTimeout(), children.nextTimeout()));
    }
    return next;
  }

  /** Time passed. */
  public void onTimeout(long now) {
    if (conversation.givesUp(now)) {
      peerIsSilent();
    }
    for (SaTimer timer = timers.expired(now); timer != null; timer = timers.expired(now)) {
      onTimer(timer, now);
    }
    if (life instanceof Life.Up) {
      agenda.wake(now);
      for (ChildLedger.Due due = children.due(now); due != null; due = children.due(now)) {
        onDue(due);
      }
    }
    pump();
  }

  private void onTimer(SaTimer timer, long now) {
    switch (timer) {
      case OPENING -> vanish();
      case REKEY -> rekeyIke();
      case EXPIRE -> close(DownReason.EXPIRED);
      case LIVENESS -> onLivenessTimer(now);
      case KEEPALIVE -> onKeepaliveTimer(now);
      case END -> onEnd();
    }
  }

  private void onLivenessTimer(long now) {
    if (!(life instanceof Life.Up)) {
      return;
    }
    long idle = peer().ike().liveness().toNanos();
    if (now - lastInbound >= idle) {
      checkLiveness();
      timers.setAfter(SaTimer.LIVENESS, now, idle);
    } else {
      timers.set(SaTimer.LIVENESS, lastInbound + idle);
    }
  }

  private void onKeepaliveTimer(long now) {
    if (life instanceof Life.Up) {
      Bytes octet = Bytes.copyOf(new byte[] {(byte) 0xff});
      env.emit(new IkeOutput.Transmit(path.local(), path.remote(), octet, true));
      timers.setAfter(SaTimer.KEEPALIVE, now, peer().ike().natKeepalive().toNanos());
    }
  }

  private void onEnd() {
    if (life instanceof Life.Replaced && !agenda.busy()) {
      // The peer ought to have deleted it.
      life = new Life.Closing(DownReason.REDUNDANT, false);
      timers.setAfter(SaTimer.END, env.now(), CLOSE_WITHIN);
      agenda.enqueue(InformationalInitiator.deleteIke(this, DownReason.REDUNDANT));
      return;
    }
    abandon();
  }

  private void onDue(ChildLedger.Due due) {
    switch (due) {
      case ChildLedger.Due.Rekey rekey -> Wishes.rekey(this, agenda, rekey.child());
      case ChildLedger.Due.Expired expired ->
          Wishes.delete(this, expired.child(), DownReason.EXPIRED);
      case ChildLedger.Due.Overdue overdue ->
          Wishes.delete(this, overdue.child(), DownReason.REDUNDANT);
    }
  }

  private void peerIsSilent() {
    switch (life) {
      case Life.Opening opening ->
          collapse(
              hints.isEmpty()
                  ? Diagnoses.noAnswer(peer(), remote(), peer().ike().retransmitTries(), List.of())
                  : hints.getFirst());
      case Life.Authenticating authenticating ->
          collapse(
              Diagnoses.noAnswerAfterInit(
                  peer(), remote(), hints.stream().map(Diagnosis::summary).toList()));
      case Life.Up up -> {
        tellFailure(Diagnoses.unresponsive(peer(), remote(), peer().ike().retransmitTries()));
        down(DownReason.PEER_UNRESPONSIVE);
        vanish();
      }
      case Life.Closing closing -> onEnd();
      case Life.Replaced replaced -> vanish();
      case Life.Lingering lingering -> {}
      case Life.Gone gone -> {}
    }
  }

  /** The engine closes: the peer is not waited for any longer. */
  public void abandon() {
    if (life instanceof Life.Closing closing && closing.wasUp()) {
      tellDown(closing.reason());
    }
    vanish();
  }

  /** For monitors; null when there is nothing to show any more. */
  public IkeStatus.@Nullable IkeSaStatus status() {
    if (life instanceof Life.Gone || life instanceof Life.Lingering) {
      return null;
    }
    return new IkeStatus.IkeSaStatus(
        peer == null ? "" : peer.name(),
        id(),
        originalInitiator,
        Life.phase(life),
        path.local(),
        path.remote(),
        children.status());
  }

  /** Whether the peer began it and did not prove itself; those that failed count too. */
  public boolean halfOpen() {
    return !originalInitiator && remoteIdentity == null && !(life instanceof Life.Gone);
  }

  /** Whether a wish for this peer can be fulfilled by this IKE SA, now or when it is up. */
  public boolean serves(String peerName) {
    boolean open =
        life instanceof Life.Up
            || (originalInitiator
                && (life instanceof Life.Opening || life instanceof Life.Authenticating));
    return open && peer != null && peer.name().equals(peerName);
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
    return new Wishes(this, agenda, children);
  }

  // --- what our neighbours in this package call ------------------------------------------------

  Life life() {
    return life;
  }

  Conversation conversation() {
    return conversation;
  }

  Agenda agenda() {
    return agenda;
  }

  ChildLedger children() {
    return children;
  }

  Path path() {
    return path;
  }

  SaHost host() {
    return host;
  }

  Succession succession() {
    return succession;
  }

  List<PadEntry> candidates() {
    return candidates;
  }

  @Nullable ChildRequest firstChild() {
    return life instanceof Life.Opening || life instanceof Life.Authenticating ? firstChild : null;
  }

  /** How ESP of this IKE SA travels: in UDP, or null for natively. */
  @Nullable UdpEncapsulation encapsulation() {
    return facts().nat().encapsulate() ? new UdpEncapsulation(path.local(), path.remote()) : null;
  }

  /** The peer is known to live. */
  void heard() {
    lastInbound = env.now();
  }

  boolean quietFor(long nanos) {
    return env.now() - lastInbound >= nanos;
  }

  void rekeyIke() {
    if (life instanceof Life.Up && !agenda.any(each -> each instanceof RekeyIkeInitiator)) {
      agenda.enqueue(new RekeyIkeInitiator(this));
    }
  }

  void checkLiveness() {
    if (life instanceof Life.Up && !agenda.busy()) {
      agenda.enqueue(InformationalInitiator.liveness(this));
    }
  }

  /** Another IKE SA takes its place, children and all; it is only there to be deleted. */
  ChildLedger replacedBy(boolean weDelete) {
    life = new Life.Replaced();
    timers.cancelAll();
    timers.setAfter(SaTimer.END, env.now(), CLOSE_WITHIN);
    if (weDelete) {
      agenda.enqueue(InformationalInitiator.deleteIke(this, DownReason.REDUNDANT));
    }
    ChildLedger moved = children;
    children = new ChildLedger(env);
    return moved;
  }

  void inherit(ChildLedger ledger) {
    children = ledger;
  }

  /** It is not used and the peer is told so; nobody else is. */
  void discard() {
    life = new Life.Closing(DownReason.REDUNDANT, false);
    timers.cancelAll();
    timers.setAfter(SaTimer.END, env.now(), CLOSE_WITHIN);
    agenda.enqueue(InformationalInitiator.deleteIke(this, DownReason.REDUNDANT));
  }

  /** The peer is about to delete it. */
  void awaitDeletion() {
    life = new Life.Replaced();
    timers.cancelAll();
    timers.setAfter(SaTimer.END, env.now(), CLOSE_WITHIN);
  }

  /** Deletes it on both sides; packets stop now. */
  void close(DownReason reason) {
    switch (life) {
      case Life.Opening opening -> vanish();
      case Life.Authenticating authenticating -> vanish();
      case Life.Up up -> {
        succession.abandon();
        children.removeAll(this, DownReason.IKE_SA_GONE);
        life = new Life.Closing(reason, true);
        agenda.takeWaiting().forEach(OwnExchange::abort);
        agenda.enqueue(InformationalInitiator.deleteIke(this, reason));
        timers.cancelAll();
        timers.setAfter(SaTimer.END, env.now(), CLOSE_WITHIN);
      }
      case Life.Replaced replaced -> {}
      case Life.Closing closing -> {}
      case Life.Lingering lingering -> {}
      case Life.Gone gone -> {}
    }
  }

  /** An IKE SA that was up is down; what is left of it ends next. */
  void down(DownReason reason) {
    succession.abandon();
    children.removeAll(this, DownReason.IKE_SA_GONE);
    tellDown(reason);
  }

  private void tellDown(DownReason reason) {
    env.tell(new IkeEvent.IkeDown(peer().name(), id(), reason));
  }

  /** Nothing is left but the last answer. */
  void linger() {
    agenda.abortAll();
    timers.cancelAll();
    children.removeAll(this, DownReason.IKE_SA_GONE);
    life = new Life.Lingering();
    timers.setAfter(SaTimer.END, env.now(), LINGER);
  }

  /** Nothing is left. */
  void vanish() {
    if (life instanceof Life.Gone) {
      return;
    }
    agenda.abortAll();
    timers.cancelAll();
    children.removeAll(this, DownReason.IKE_SA_GONE);
    life = new Life.Gone();
    conversation.destroy();
    if (facts != null) {
      facts.keys().destroy();
    }
    host.removed(this);
  }

  // --- ExchangeContext -------------------------------------------------------------------------

  @Override
  public Environment env() {
    return env;
  }

  @Override
  public boolean alive() {
    return isPresent();
  }

  @Override
  public IkeSaId id() {
    return conversation.id();
  }

  @Override
  public boolean originalInitiator() {
    return originalInitiator;
  }

  @Override
  public Endpoint local() {
    return path.local();
  }

  @Override
  public Endpoint remote() {
    return path.remote();
  }

  @Override
  public PadEntry peer() {
    if (peer == null) {
      throw new IllegalStateException("the peer is not known yet");
    }
    return peer;
  }

  @Override
  public InitFacts facts() {
    if (facts == null) {
      throw new IllegalStateException("IKE_SA_INIT is not over");
    }
    return facts;
  }

  @Override
  public InitMessages initMessages() {
    return conversation.initMessages();
  }

  @Override
  public void offload(Work<?> work) {
    host.offload(this, work);
  }

  @Override
  public void request(int exchangeType, List<Payload> payloads) {
    IkeProfile profile = peer().ike();
    boolean goodbye = life instanceof Life.Closing || life instanceof Life.Replaced;
    int tries = goodbye ? Math.min(GOODBYES, profile.retransmitTries()) : profile.retransmitTries();
    try {
      conversation.request(
          exchangeType,
          payloads,
          new RetransmissionSchedule(
              profile.retransmitInitial(), profile.retransmitFactorPercent(), tries, 0));
    } catch (CryptoException e) {
      broken(e);
    }
  }

  @Override
  public void answer(List<Payload> payloads) {
    try {
      conversation.answer(inbox.answeringType(), payloads);
    } catch (CryptoException e) {
      broken(e);
    }
  }

  /** Our own cryptography fails: nothing can be said to the peer any more. */
  private void broken(CryptoException e) {
    tellFailure(Diagnoses.cryptoFailed("sealing", e, peer == null ? null : peer.origin()));
    if (life instanceof Life.Up) {
      down(DownReason.PROTOCOL_ERROR);
    }
    vanish();
  }

  @Override
  public void finished() {
    agenda.finished();
  }

  @Override
  public void enqueue(OwnExchange exchange) {
    agenda.enqueue(exchange);
  }

  @Override
  public void postpone(OwnExchange exchange) {
    if (failingSince == IkeEngine.NO_TIMEOUT) {
      failingSince = env.now();
    }
    if (env.now() - failingSince > OUT_OF_STEP) {
      exchange.abort();
      close(DownReason.PROTOCOL_ERROR);
    } else {
      agenda.postpone(env.now(), env.random(), exchange);
    }
  }

  @Override
  public void retry(OwnExchange exchange) {
    agenda.retry(env.now(), env.random(), exchange);
  }

  @Override
  public void tellFailure(Diagnosis diagnosis) {
    env.tell(new IkeEvent.NegotiationFailed(peer == null ? "" : peer.name(), remote(), diagnosis));
  }

  @Override
  public void hint(Diagnosis diagnosis) {
    if (hints.size() < 4 && !hints.contains(diagnosis)) {
      hints.add(diagnosis);
    }
    if (life instanceof Life.Opening
        && peer != null
        && (diagnosis.cause() == Cause.NO_COMMON_IKE_PROPOSAL
            || diagnosis.cause() == Cause.NO_COMMON_KEY_EXCHANGE)) {
      // Perhaps forged; the true answer gets the time of one more transmission (2.21.1).
      conversation.giveUpAt(env.now() + peer.ike().retransmitInitial().toNanos());
    }
  }

  @Override
  public void opened(InitFacts opened) {
    try {
      secure(opened);
    } catch (CryptoException e) {
      opened.keys().destroy();
      collapse(Diagnoses.cryptoFailed("IKE_SA_INIT", e, peer == null ? null : peer.origin()));
      return;
    }
    life = new Life.Authenticating();
    hints.clear();
    ChildRequest first = firstChild;
    if (originalInitiator && first != null) {
      conversation.initOver();
      if (opened.nat().encapsulate()) {
        // A NAT, or one that is feigned: leave port 500 (2.23).
        path.move(
            path.local().withPort(peer().localNatPort()),
            path.remote().withPort(peer().remoteNatPort()));
      }
      OwnExchange init = agenda.running();
      if (init != null) {
        init.abort();
      }
      agenda.finished();
      agenda.enqueueFirst(new IkeAuthInitiator(this, first));
    }
  }

  private void secure(InitFacts agreed) throws CryptoException {
    SecureChannel channel = Channels.open(env, agreed, peer != null ? peer : candidates.getFirst());
    facts = agreed;
    conversation.secure(agreed.id(), channel);
    if (env.exportKeys()) {
      env.tell(
          new IkeEvent.KeysExported(
              peer == null ? "" : peer.name(),
              agreed.id(),
              agreed.algorithms(),
              copy(agreed.keys().skEi()),
              copy(agreed.keys().skEr()),
              copy(agreed.keys().skAi()),
              copy(agreed.keys().skAr())));
    }
  }

  private static Secret copy(Secret secret) {
    return secret.slice(0, secret.length());
  }

  @Override
  public void established(PadEntry authenticated, Identity identity) {
    peer = authenticated;
    remoteIdentity = identity;
    establishedAt = env.now();
    life = new Life.Up();
    startTimers();
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

  private void startTimers() {
    IkeProfile profile = peer().ike();
    long now = env.now();
    timers.cancelAll();
    timers.set(
        SaTimer.REKEY,
        ChildLedger.due(env.random(), now, profile.rekeyAfter(), profile.rekeyJitterPercent()));
    timers.set(SaTimer.EXPIRE, ChildLedger.due(env.random(), now, profile.hardLifetime(), 0));
    timers.set(SaTimer.LIVENESS, ChildLedger.due(env.random(), now, profile.liveness(), 0));
    if (facts().nat().local()) {
      timers.set(SaTimer.KEEPALIVE, ChildLedger.due(env.random(), now, profile.natKeepalive(), 0));
    }
    lastInbound = now;
  }

  @Override
  public boolean onlyContact() {
    return host.all().stream()
        .noneMatch(other -> other != this && other.isPresent() && other.isWith(peer()));
  }

  private boolean isWith(PadEntry entry) {
    String name = entry.name();
    return peer != null
        ? peer.name().equals(name)
        : candidates.stream().anyMatch(candidate -> candidate.name().equals(name));
  }

  @Override
  public void initialContact() {
    // What came up while this one was being negotiated is no left-over: both sides may have begun.
    for (IkeSa other : List.copyOf(host.all())) {
      if (other != this
          && other.isUp()
          && other.isWith(peer())
          && other.remoteIdentity != null
          && other.remoteIdentity.equals(remoteIdentity)
          && other.establishedAt < createdAt) {
        other.down(DownReason.REPLACED_BY_NEW_CONTACT);
        other.vanish();
      }
    }
  }

  @Override
  public void collapse(Diagnosis diagnosis) {
    tellFailure(diagnosis);
    vanish();
  }

  @Override
  public void collapseAfterAnswer(Diagnosis diagnosis) {
    tellFailure(diagnosis);
    linger();
  }

  @Override
  public void collapseWithNotice(Diagnosis diagnosis) {
    tellFailure(diagnosis);
    agenda.abortAll();
    life = new Life.Closing(DownReason.PROTOCOL_ERROR, false);
    timers.cancelAll();
    timers.setAfter(SaTimer.END, env.now(), CLOSE_WITHIN);
    agenda.enqueue(InformationalInitiator.notice(this));
  }

  @Override
  public Optional<Child> childByPeerSpi(int protocolId, int spi) {
    return children.byPeerSpi(protocolId, spi);
  }

  @Override
  public ChildState stateOf(Child child) {
    return children.stateOf(child);
  }

  @Override
  public void childUp(AgreedChild agreed) {
    children.up(this, agreed);
  }

  @Override
  public void childRekeyed(Child old, AgreedChild agreed, Bytes ni, Bytes nr) {
    failingSince = IkeEngine.NO_TIMEOUT;
    succession.childRekeyed(old, agreed, ni, nr);
  }

  @Override
  public void childDeletedByPeer(Child child) {
    children.remove(this, child, DownReason.DELETED_BY_PEER);
  }

  @Override
  public void childDeleted(Child child) {
    children.remove(this, child, DownReason.DELETED_BY_COMMAND);
  }

  @Override
  public void childNotFound(Child child) {
    if (children.stateOf(child) == ChildState.LIVE) {
      children.remove(this, child, DownReason.DELETED_BY_PEER);
      wishes().initiate(child.profile(), null, null);
    }
  }

  @Override
  public Activity activity() {
    return switch (life) {
      case Life.Opening opening -> Activity.NONE;
      case Life.Authenticating authenticating -> Activity.NONE;
      case Life.Up up -> Wishes.activity(agenda.running());
      case Life.Replaced replaced -> Activity.IKE_CLOSING;
      case Life.Closing closing -> Activity.IKE_CLOSING;
      case Life.Lingering lingering -> Activity.IKE_CLOSING;
      case Life.Gone gone -> Activity.IKE_CLOSING;
    };
  }

  @Override
  public void ikeRekeyed(InitFacts successor) {
    failingSince = IkeEngine.NO_TIMEOUT;
    try {
      succession.ikeRekeyed(successor);
    } catch (CryptoException e) {
      successor.keys().destroy();
      tellFailure(Diagnoses.cryptoFailed("CREATE_CHILD_SA", e, peer().origin()));
      close(DownReason.PROTOCOL_ERROR);
    }
  }

  @Override
  public void ikeDeleted(DownReason reason) {
    boolean byPeer = reason == DownReason.DELETED_BY_PEER;
    if (life instanceof Life.Up && !succession.concludeByDeletion()) {
      down(reason);
    } else if (life instanceof Life.Closing closing && closing.wasUp()) {
      tellDown(closing.reason());
    }
    if (byPeer) {
      linger();
    } else {
      vanish();
    }
  }

  @Override
  public String toString() {
    return id() + " " + life;
  }

  /** Names the drop of a message that does not fit the life. */
  void unexpected() {
    env.drop(IkeDropReason.UNEXPECTED_EXCHANGE);
  }
}
