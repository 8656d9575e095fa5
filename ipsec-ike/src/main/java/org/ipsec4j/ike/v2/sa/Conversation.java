package org.ipsec4j.ike.v2.sa;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.rules.MessageRules;
import org.ipsec4j.ike.rules.RuleResult;
import org.ipsec4j.ike.timer.Retransmission;
import org.ipsec4j.ike.timer.RetransmissionSchedule;
import org.ipsec4j.ike.v2.exchange.Environment;
import org.ipsec4j.ike.v2.exchange.InitMessages;
import org.ipsec4j.ike.v2.window.InitiatingWindow;
import org.ipsec4j.ike.v2.window.RespondingWindow;
import org.ipsec4j.ike.v2.window.SecureChannel;
import org.ipsec4j.ike.wire.DecodeResult;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeHeader;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.MessageEncoder;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.OpenResult;
import org.ipsec4j.ike.wire.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one IKE SA on the wire: the two windows, the keys, retransmission of both kinds. Says
 * what came; what it means is for others.
 */
final class Conversation {
  private final Environment env;
  private final Path path;
  private final boolean originalInitiator;
  private final InitiatingWindow own = new InitiatingWindow();
  private final RespondingWindow peers;
  private IkeSaId id;
  private @Nullable SecureChannel channel;
  private Bytes initRequest = Bytes.EMPTY;
  private Bytes initResponse = Bytes.EMPTY;
  private Endpoint replyFrom;
  private Endpoint replyTo;

  Conversation(Environment env, Path path, boolean originalInitiator, IkeSaId id) {
    this.env = env;
    this.path = path;
    this.originalInitiator = originalInitiator;
    this.id = id;
    this.peers = new RespondingWindow(0);
    this.replyFrom = path.local();
    this.replyTo = path.remote();
  }

  IkeSaId id() {
    return id;
  }

  /** From now on everything is protected. */
  void secure(IkeSaId newId, SecureChannel newChannel) {
    id = newId;
    channel = newChannel;
  }

  boolean secured() {
    return channel != null;
  }

  InitMessages initMessages() {
    return new InitMessages(initRequest, initResponse);
  }

  /** The peer's IKE_SA_INIT request, which made us. */
  void initRequestCame(Bytes raw) {
    initRequest = raw;
    peers.begin();
  }

  boolean requestOutstanding() {
    return own.outstanding();
  }

  boolean answering() {
    return peers.busy();
  }

  int transmissions() {
    return own.transmissions();
  }

  /** The outstanding request is not awaited longer than that. */
  void giveUpAt(long moment) {
    own.giveUpAt(moment);
  }

  long nextTimeout() {
    return own.nextTimeout();
  }

  /** Sends a request of ours. */
  void request(int type, List<Payload> payloads, RetransmissionSchedule schedule)
      throws CryptoException {
    if (own.exhausted()) {
      throw new CryptoException(CryptoException.Culprit.LOCAL_KEY, "no message ID is left");
    }
    List<Bytes> datagrams = emit(header(type, false, own.id()), payloads);
    if (type == ExchangeType.IKE_SA_INIT) {
      initRequest = datagrams.getFirst();
    }
    own.sent(env.now(), type, datagrams, new Retransmission(schedule, null));
    transmit(datagrams, path.local(), path.remote());
  }

  /** Answers the request being worked on. */
  void answer(int type, List<Payload> payloads) throws CryptoException {
    List<Bytes> datagrams = emit(header(type, true, peers.current()), payloads);
    if (type == ExchangeType.IKE_SA_INIT) {
      initResponse = datagrams.getFirst();
    }
    peers.answered(datagrams);
    transmit(datagrams, replyFrom, replyTo);
  }

  private IkeHeader header(int type, boolean response, long messageId) {
    return IkeHeader.of(
        id.initiatorSpi(), id.responderSpi(), type, originalInitiator, response, messageId);
  }

  private List<Bytes> emit(IkeHeader header, List<Payload> payloads) throws CryptoException {
    return channel == null
        ? List.of(Bytes.copyOf(MessageEncoder.encode(header, payloads)))
        : channel.seal(header, payloads, path.remote());
  }

  private void transmit(List<Bytes> datagrams, Endpoint from, Endpoint to) {
    for (Bytes datagram : datagrams) {
      env.emit(new IkeOutput.Transmit(from, to, datagram, false));
    }
  }

  /** The peer's IKE_SA_INIT request came again: so does the answer. */
  void repeatInit(Endpoint from, Endpoint to) {
    if (peers.busy()) {
      env.drop(IkeDropReason.BUSY);
      return;
    }
    env.drop(IkeDropReason.RETRANSMISSION);
    if (initResponse.length() > 0 && peers.current() == 1 && !peers.busy()) {
      transmit(List.of(initResponse), to, from);
    }
  }

  /** Time passed: sends again, or says that the peer does not answer. */
  boolean givesUp(long now) {
    return switch (own.due(now)) {
      case NOTHING -> false;
      case GIVE_UP -> {
        own.clear();
        yield true;
      }
      case RESEND -> {
        transmit(own.datagrams(), path.local(), path.remote());
        yield false;
      }
    };
  }

  /** Judges a datagram whose SPI of ours fits. Counts it when it goes no further. */
  Received receive(Endpoint from, Endpoint to, byte[] datagram, IkeMessage outer) {
    IkeHeader header = outer.header();
    if (header.initiator() == originalInitiator) {
      return drop(IkeDropReason.WRONG_FLAGS);
    }
    if (!peerSpiFits(header)) {
      return drop(IkeDropReason.UNKNOWN_SPI);
    }
    if (!known(header.exchangeType())) {
      return drop(IkeDropReason.UNEXPECTED_EXCHANGE);
    }
    SecureChannel keys = channel;
    if (keys == null) {
      return receiveInit(datagram, outer);
    }
    if (header.exchangeType() == ExchangeType.IKE_SA_INIT) {
      return drop(IkeDropReason.OUTSIDE_WINDOW);
    }
    RuleResult.Violation violation = MessageRules.checkOuter(outer);
    if (violation != null) {
      return unprotected(outer, violation);
    }
    return header.response()
        ? receiveResponse(keys, datagram, outer)
        : receiveRequest(keys, from, to, datagram, outer);
  }

  private static boolean known(int exchangeType) {
    return exchangeType >= ExchangeType.IKE_SA_INIT && exchangeType <= ExchangeType.INFORMATIONAL;
  }

  private boolean peerSpiFits(IkeHeader header) {
    if (originalInitiator) {
      return id.responderSpi() == 0 || header.responderSpi() == id.responderSpi();
    }
    return header.initiatorSpi() == id.initiatorSpi();
  }

  private Received drop(IkeDropReason reason) {
    env.drop(reason);
    return new Received.Nothing();
  }

  private Received receiveInit(byte[] datagram, IkeMessage outer) {
    IkeHeader header = outer.header();
    if (header.exchangeType() != ExchangeType.IKE_SA_INIT || header.request()) {
      return drop(IkeDropReason.UNEXPECTED_EXCHANGE);
    }
    if (!own.awaits(header.exchangeType(), header.messageId())) {
      return drop(IkeDropReason.OUTSIDE_WINDOW);
    }
    return MessageRules.check(outer) instanceof RuleResult.Violation
        ? drop(IkeDropReason.RULE_VIOLATION)
        : new Received.Response(outer, Bytes.copyOf(datagram));
  }

  /** An error in clear is a hint, whatever it says (RFC 7296 2.21.4). */
  private Received unprotected(IkeMessage outer, RuleResult.Violation violation) {
    if (violation.rule() != RuleResult.Rule.NOT_ENCRYPTED) {
      return drop(IkeDropReason.RULE_VIOLATION);
    }
    NotifyPayload error = outer.error().orElse(null);
    if (error == null || outer.header().request()) {
      return drop(IkeDropReason.NOT_PROTECTED);
    }
    env.drop(IkeDropReason.UNPROTECTED_HINT);
    return new Received.Hint(error.notifyType());
  }

  private Received receiveResponse(SecureChannel keys, byte[] datagram, IkeMessage outer) {
    if (!own.awaits(outer.header().exchangeType(), outer.header().messageId())) {
      return drop(IkeDropReason.OUTSIDE_WINDOW);
    }
    return switch (keys.open(datagram, outer)) {
      case OpenResult.Dropped dropped -> drop(reason(dropped.reason()));
      case OpenResult.Incomplete incomplete -> new Received.Part();
      case OpenResult.Refused refused -> new Received.BadResponse(describe(refused.failure()));
      case OpenResult.Opened opened ->
          MessageRules.check(opened.message()) instanceof RuleResult.Violation violation
              ? new Received.BadResponse(violation.rule() + " " + violation.payloadType())
              : new Received.Response(opened.message(), Bytes.EMPTY);
    };
  }

  private Received receiveRequest(
      SecureChannel keys, Endpoint from, Endpoint to, byte[] datagram, IkeMessage outer) {
    return switch (peers.judge(outer.header().messageId())) {
      case OUTSIDE -> drop(IkeDropReason.OUTSIDE_WINDOW);
      case BUSY -> drop(IkeDropReason.BUSY);
      case REPEATED -> repeated(keys, from, to, datagram, outer);
      case NEW ->
          switch (keys.open(datagram, outer)) {
            case OpenResult.Dropped dropped -> drop(reason(dropped.reason()));
            case OpenResult.Incomplete incomplete -> new Received.Part();
            case OpenResult.Refused refused ->
                new Received.BadRequest(
                    refusal(refused.failure()),
                    describe(refused.failure()),
                    reason(refused.failure()));
            case OpenResult.Opened opened ->
                MessageRules.check(opened.message()) instanceof RuleResult.Violation violation
                    ? new Received.BadRequest(
                        NotifyPayload.of(NotifyType.INVALID_SYNTAX),
                        violation.rule() + " " + violation.payloadType(),
                        IkeDropReason.RULE_VIOLATION)
                    : new Received.Request(opened.message());
          };
    };
  }

  private Received repeated(
      SecureChannel keys, Endpoint from, Endpoint to, byte[] datagram, IkeMessage outer) {
    return switch (keys.repetition(datagram, outer)) {
      case FORGED -> drop(IkeDropReason.ICV_MISMATCH);
      case IGNORED -> drop(IkeDropReason.RETRANSMISSION);
      case AUTHENTIC -> {
        transmit(peers.stored(), to, from);
        yield drop(IkeDropReason.RETRANSMISSION);
      }
    };
  }

  /** A request is taken into work; its answer goes where it came from (RFC 7296 2.11). */
  void begin(Endpoint from, Endpoint to) {
    peers.begin();
    replyFrom = to;
    replyTo = from;
  }

  /** The response was taken: the next request has the next Message ID. */
  void taken() {
    own.answered();
  }

  /** An IKE_SA_INIT response was taken; another request may follow under the same Message ID. */
  void initResponseCame(Bytes raw) {
    initResponse = raw;
  }

  /** IKE_SA_INIT is over. */
  void initOver() {
    own.answered();
  }

  /** The peer is authenticated: its first messages are not needed any more. */
  void forgetInit() {
    initRequest = Bytes.EMPTY;
    initResponse = Bytes.EMPTY;
  }

  /** What came of a message that did not become whole is forgotten. */
  void forgetFragments() {
    if (channel != null) {
      channel.forgetFragments();
    }
  }

  /** An outstanding request is not sent again. */
  void stopAsking() {
    own.clear();
  }

  void destroy() {
    own.clear();
    if (channel != null) {
      channel.destroy();
    }
  }

  private static IkeDropReason reason(OpenResult.Reason reason) {
    return switch (reason) {
      case NOT_ENCRYPTED -> IkeDropReason.NOT_PROTECTED;
      case PAYLOAD_OUTSIDE -> IkeDropReason.RULE_VIOLATION;
      case BAD_LENGTH, BAD_PADDING -> IkeDropReason.MALFORMED_PAYLOAD;
      case ICV_MISMATCH -> IkeDropReason.ICV_MISMATCH;
      case DUPLICATE_FRAGMENT, STALE_FRAGMENT, TOO_MANY_FRAGMENTS, REASSEMBLY_TOO_LARGE ->
          IkeDropReason.BAD_FRAGMENT;
    };
  }

  private static IkeDropReason reason(DecodeResult.Failure failure) {
    return switch (failure) {
      case DecodeResult.UnsupportedCritical critical -> IkeDropReason.UNSUPPORTED_CRITICAL;
      case DecodeResult.Malformed malformed -> IkeDropReason.MALFORMED_PAYLOAD;
      case DecodeResult.UnsupportedVersion version -> IkeDropReason.UNSUPPORTED_VERSION;
    };
  }

  private static NotifyPayload refusal(DecodeResult.Failure failure) {
    return switch (failure) {
      case DecodeResult.UnsupportedCritical critical ->
          NotifyPayload.of(
              NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD,
              Bytes.copyOf(new byte[] {(byte) critical.type()}));
      case DecodeResult.Malformed malformed -> NotifyPayload.of(NotifyType.INVALID_SYNTAX);
      case DecodeResult.UnsupportedVersion version -> NotifyPayload.of(NotifyType.INVALID_SYNTAX);
    };
  }

  private static String describe(DecodeResult.Failure failure) {
    return switch (failure) {
      case DecodeResult.UnsupportedCritical critical ->
          "critical payload of unknown type " + critical.type();
      case DecodeResult.Malformed malformed ->
          malformed.reason() + " at octet " + malformed.offset();
      case DecodeResult.UnsupportedVersion version -> "version " + version.header().major();
    };
  }
}
