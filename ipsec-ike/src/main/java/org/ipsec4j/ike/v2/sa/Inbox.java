package org.ipsec4j.ike.v2.sa;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.ike.v2.exchange.CreateChildResponder;
import org.ipsec4j.ike.v2.exchange.Diagnoses;
import org.ipsec4j.ike.v2.exchange.IkeAuthResponder;
import org.ipsec4j.ike.v2.exchange.InformationalResponder;
import org.ipsec4j.ike.v2.exchange.OwnExchange;
import org.ipsec4j.ike.v2.exchange.PeerExchange;
import org.ipsec4j.ike.v2.exchange.RekeyIkeResponder;
import org.ipsec4j.ike.wire.DeletePayload;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeHeader;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.SaPayload;
import org.jspecify.annotations.Nullable;

/**
 * Gives what came to the exchange that it belongs to, as far as the life of the IKE SA allows; and
 * follows the peer's address behind a NAT (RFC 7296 2.23).
 */
final class Inbox {
  /** Hints that the peer forgot us start a probe no more often than this (2.21.4). */
  private static final long HINT_PAUSE = Duration.ofSeconds(10).toNanos();

  private final IkeSa sa;
  private int answeringType;

  Inbox(IkeSa sa) {
    this.sa = sa;
  }

  /** Exchange type of the request being worked on. */
  int answeringType() {
    return answeringType;
  }

  void onMessage(Endpoint from, Endpoint to, byte[] datagram, IkeMessage outer) {
    IkeHeader header = outer.header();
    switch (sa.conversation().receive(from, to, datagram, outer)) {
      case Received.Nothing nothing -> {}
      case Received.Part part -> {
        heard();
        sa.clock().fragment(sa.env().now());
      }
      case Received.Hint hint -> onHint(hint, header);
      case Received.Request request -> onRequest(from, to, request.message());
      case Received.Response response -> onResponse(from, to, response);
      case Received.BadRequest bad -> onBadRequest(from, to, header, bad);
      case Received.BadResponse bad -> onBadResponse(header, bad);
    }
  }

  /** An error in clear: a probe at most, and a word in the diagnosis if it comes to one. */
  private void onHint(Received.Hint hint, IkeHeader header) {
    String name = NotifyType.name(hint.notifyType());
    switch (sa.life()) {
      case Life.Up up -> {
        if (sa.clock().quietFor(sa.env().now(), HINT_PAUSE)) {
          sa.checkLiveness();
        }
      }
      case Life.Authenticating authenticating -> {
        if (sa.originalInitiator()) {
          sa.hint(
              Diagnoses.peerError(
                  ExchangeType.name(header.exchangeType()),
                  name + " in clear, perhaps forged",
                  sa.peer().origin()));
        }
      }
      case Life.Opening opening -> {}
      case Life.Replaced replaced -> {}
      case Life.Closing closing -> {}
      case Life.Lingering lingering -> {}
      case Life.Gone gone -> {}
    }
  }

  private void onRequest(Endpoint from, Endpoint to, IkeMessage request) {
    PeerExchange exchange = exchange(request);
    if (exchange == null) {
      sa.env().drop(IkeDropReason.UNEXPECTED_EXCHANGE);
      return;
    }
    if (!deletesIke(request)) {
      sa.succession().used();
    }
    answeringType = request.header().exchangeType();
    sa.conversation().begin(from, to);
    heard();
    follow(from, to);
    exchange.onRequest(request);
  }

  /** What answers such a request at present; null when nothing does. */
  private @Nullable PeerExchange exchange(IkeMessage request) {
    int type = request.header().exchangeType();
    return switch (sa.life()) {
      case Life.Opening opening -> null;
      case Life.Authenticating authenticating ->
          type == ExchangeType.IKE_AUTH && !sa.originalInitiator()
              ? new IkeAuthResponder(sa.context(), sa.candidates())
              : null;
      case Life.Up up -> established(type, request);
      case Life.Replaced replaced -> established(type, request);
      case Life.Closing closing -> established(type, request);
      case Life.Lingering lingering -> null;
      case Life.Gone gone -> null;
    };
  }

  private @Nullable PeerExchange established(int type, IkeMessage request) {
    return switch (type) {
      case ExchangeType.CREATE_CHILD_SA ->
          rekeysIke(request)
              ? new RekeyIkeResponder(sa.context())
              : new CreateChildResponder(sa.context());
      case ExchangeType.INFORMATIONAL -> new InformationalResponder(sa.context());
      default -> null;
    };
  }

  private static boolean rekeysIke(IkeMessage request) {
    SaPayload offered = request.first(SaPayload.class);
    return offered != null
        && offered.proposals().stream().anyMatch(each -> each.protocolId() == Proposal.IKE);
  }

  private static boolean deletesIke(IkeMessage request) {
    return request.all(DeletePayload.class).stream()
        .anyMatch(delete -> delete.protocolId() == Proposal.IKE);
  }

  private void onResponse(Endpoint from, Endpoint to, Received.Response response) {
    OwnExchange exchange = sa.agenda().running();
    if (exchange == null) {
      sa.env().drop(IkeDropReason.OUTSIDE_WINDOW);
      return;
    }
    if (exchange.type() == ExchangeType.IKE_SA_INIT) {
      if (exchange.onResponse(response.message())) {
        sa.conversation().initResponseCame(response.raw());
      } else {
        sa.env().drop(IkeDropReason.UNPROTECTED_HINT);
      }
      return;
    }
    sa.conversation().taken();
    heard();
    follow(from, to);
    exchange.onResponse(response.message());
  }

  /** Authentic and not to be processed: the peer hears so (2.21.3). */
  private void onBadRequest(Endpoint from, Endpoint to, IkeHeader header, Received.BadRequest bad) {
    sa.env().drop(bad.reason());
    if (!sa.isPresent() || sa.life() instanceof Life.Opening) {
      return;
    }
    boolean unauthenticated = sa.life() instanceof Life.Authenticating;
    if (unauthenticated && sa.originalInitiator()) {
      return;
    }
    answeringType = header.exchangeType();
    sa.conversation().begin(from, to);
    sa.context().answer(List.of(bad.answer()));
    String phase = ExchangeType.name(header.exchangeType());
    if (unauthenticated) {
      sa.context().collapseAfterAnswer(Diagnoses.protocolError(phase, bad.detail(), null));
      return;
    }
    sa.context().tellFailure(Diagnoses.protocolError(phase, bad.detail(), sa.peer().origin()));
    if (bad.answer().is(NotifyType.INVALID_SYNTAX)) {
      // Fatal on both sides, without a Delete payload (2.21.3).
      if (sa.isUp()) {
        sa.ending().down(DownReason.PROTOCOL_ERROR);
      }
      sa.ending().linger();
    }
  }

  private void onBadResponse(IkeHeader header, Received.BadResponse bad) {
    sa.env().drop(IkeDropReason.RULE_VIOLATION);
    OwnExchange exchange = sa.agenda().running();
    Origin origin = sa.peer().origin();
    String phase = ExchangeType.name(header.exchangeType());
    sa.conversation().taken();
    if (exchange != null) {
      sa.agenda().abortRunning();
    }
    if (sa.life() instanceof Life.Authenticating) {
      sa.context().collapseWithNotice(Diagnoses.protocolError(phase, bad.detail(), origin));
    } else if (sa.isUp()) {
      sa.context().tellFailure(Diagnoses.protocolError(phase, bad.detail(), origin));
      sa.ending().close(DownReason.PROTOCOL_ERROR);
    } else {
      sa.ending().vanish();
    }
  }

  /**
   * The newest authentic message tells where the peer is now. Only who is not behind a NAT follows,
   * and only a peer that is; before IKE_AUTH a responder follows anyone to port 4500.
   */
  private void follow(Endpoint from, Endpoint to) {
    Path path = sa.path();
    if (from.equals(path.remote()) && to.equals(path.local())) {
      return;
    }
    if (sa.life() instanceof Life.Authenticating && !sa.originalInitiator()) {
      path.move(to, from);
      return;
    }
    boolean mayFollow = sa.facts().nat().remote() && !sa.facts().nat().local();
    if (!mayFollow || from.equals(path.remote()) || !sa.isUp()) {
      return;
    }
    Endpoint before = path.remote();
    path.move(to, from);
    UdpEncapsulation encapsulation = sa.encapsulation();
    if (encapsulation != null) {
      sa.children().move(encapsulation);
    }
    sa.env().tell(new IkeEvent.PeerMoved(sa.peer().name(), sa.id(), before, from));
  }

  private void heard() {
    sa.succession().confirmed();
    sa.clock().heard(sa.env().now());
  }

  /** The request that made us is being worked on. */
  void cameToBe(Bytes raw) {
    answeringType = ExchangeType.IKE_SA_INIT;
    sa.conversation().initRequestCame(raw);
  }
}
