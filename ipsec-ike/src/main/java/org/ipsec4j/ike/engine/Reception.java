package org.ipsec4j.ike.engine;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.ike.rules.MessageRules;
import org.ipsec4j.ike.rules.RuleResult;
import org.ipsec4j.ike.v2.exchange.InitGate;
import org.ipsec4j.ike.v2.sa.IkeSa;
import org.ipsec4j.ike.wire.DecodeResult;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeHeader;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.MalformedReason;
import org.ipsec4j.ike.wire.MessageDecoder;
import org.ipsec4j.ike.wire.MessageEncoder;
import org.ipsec4j.ike.wire.NoncePayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams on their way to an IKE SA: decoded, counted when they go no further, and for first
 * requests the gate with cookies and limits (RFC 7296 2.6).
 */
final class Reception {
  /** Failures of strangers are told no more often than this: anyone can cause them. */
  private static final long TELL_PAUSE = Duration.ofSeconds(1).toNanos();

  /** The same failure is told again after this, however often it repeats. */
  private static final long TELL_AGAIN = Duration.ofMinutes(1).toNanos();

  /** One source gets this part of the half-open places, once cookies are asked for. */
  private static final int SOURCES = 16;

  private final EngineState state;
  private final IkeEngineSettings settings;
  private final Cookies cookies;

  private long tellAfter = Long.MIN_VALUE;
  private long tellAgainAfter = Long.MIN_VALUE;
  private @Nullable Diagnosis lastTold;
  private long answerAfter = Long.MIN_VALUE;
  private boolean closing;

  Reception(EngineState state, IkeEngineSettings settings) {
    this.state = state;
    this.settings = settings;
    this.cookies = new Cookies(settings.crypto(), settings.random());
  }

  void onDatagram(Endpoint from, Endpoint to, byte[] octets) {
    switch (MessageDecoder.decode(octets)) {
      case DecodeResult.Malformed malformed -> state.drop(reason(malformed.reason()));
      case DecodeResult.UnsupportedCritical critical -> {
        state.drop(IkeDropReason.UNSUPPORTED_CRITICAL);
        if (isFirstRequest(critical.header())) {
          Bytes type = Bytes.copyOf(new byte[] {(byte) critical.type()});
          refuse(
              critical.header(),
              NotifyPayload.of(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, type),
              from,
              to);
        }
      }
      case DecodeResult.UnsupportedVersion version -> {
        state.drop(IkeDropReason.UNSUPPORTED_VERSION);
        if (version.header().major() > IkeHeader.MAJOR && version.header().request()) {
          refuse(version.header(), NotifyPayload.of(NotifyType.INVALID_MAJOR_VERSION), from, to);
        }
      }
      case DecodeResult.Ok ok -> onMessage(from, to, octets, ok.message());
    }
  }

  private static IkeDropReason reason(MalformedReason reason) {
    return switch (reason) {
      case SHORT_HEADER, LENGTH_MISMATCH, TOO_LONG -> IkeDropReason.BAD_LENGTH;
      case BAD_FRAGMENT_NUMBER -> IkeDropReason.BAD_FRAGMENT;
      default -> IkeDropReason.MALFORMED_PAYLOAD;
    };
  }

  private static boolean isFirstRequest(IkeHeader header) {
    return header.exchangeType() == ExchangeType.IKE_SA_INIT
        && header.request()
        && header.initiator()
        && header.responderSpi() == 0;
  }

  private void onMessage(Endpoint from, Endpoint to, byte[] octets, IkeMessage message) {
    IkeHeader header = message.header();
    if (isFirstRequest(header)) {
      onFirstRequest(from, to, octets, message);
      return;
    }
    // The sender's I flag tells which SPI is ours (3.1).
    IkeSa sa = state.bySpi(header.initiator() ? header.responderSpi() : header.initiatorSpi());
    if (sa == null) {
      state.drop(IkeDropReason.UNKNOWN_SPI);
    } else {
      sa.onMessage(from, to, octets, message);
    }
  }

  private void onFirstRequest(Endpoint from, Endpoint to, byte[] octets, IkeMessage request) {
    Bytes raw = Bytes.copyOf(octets);
    Bytes digest = settings.crypto().sha1(raw);
    IkeSa known = state.initIndex().find(from, digest);
    if (known != null) {
      known.repeatInit(from, to);
      return;
    }
    if (closing) {
      state.drop(IkeDropReason.CLOSING);
      return;
    }
    if (MessageRules.check(request) instanceof RuleResult.Violation) {
      state.drop(IkeDropReason.RULE_VIOLATION);
      return;
    }
    int halfOpen = state.halfOpen();
    if (halfOpen >= settings.halfOpenLimit()) {
      state.drop(IkeDropReason.HALF_OPEN_LIMIT);
      return;
    }
    if (halfOpen >= settings.cookieThreshold()) {
      if (!bringsCookie(from, to, request)) {
        return;
      }
      // The cookie proves the address: no one address takes the places of all.
      if (state.halfOpenFrom(from.address()) >= settings.halfOpenLimit() / SOURCES) {
        state.drop(IkeDropReason.HALF_OPEN_LIMIT);
        return;
      }
    }
    switch (InitGate.judge(state, request, from, to)) {
      case InitGate.Verdict.Drop drop -> {
        state.drop(drop.reason());
        tell(from, drop.diagnosis());
      }
      case InitGate.Verdict.Refuse refuse -> {
        answer(request.header(), refuse.answer(), from, to);
        tell(from, refuse.diagnosis());
      }
      case InitGate.Verdict.Accept accept -> {
        IkeSa sa =
            IkeSa.respond(
                state, state, accept, to, from, request, raw, settings.halfOpenTimeout().toNanos());
        state.initIndex().put(from, digest, sa);
      }
    }
  }

  /** {@code <-- HDR(A,0), N(COOKIE)} to who does not bring one, or a wrong one (2.6). */
  private boolean bringsCookie(Endpoint from, Endpoint to, IkeMessage request) {
    NoncePayload nonce = request.first(NoncePayload.class);
    if (nonce == null) {
      state.drop(IkeDropReason.RULE_VIOLATION);
      return false;
    }
    long spi = request.header().initiatorSpi();
    NotifyPayload brought = request.notification(NotifyType.COOKIE).orElse(null);
    try {
      if (brought != null
          && cookies.accepts(state.now(), brought.data(), from, spi, nonce.nonce())) {
        return true;
      }
      state.drop(IkeDropReason.BAD_COOKIE);
      Bytes cookie = cookies.make(state.now(), from, spi, nonce.nonce());
      answer(request.header(), NotifyPayload.of(NotifyType.COOKIE, cookie), from, to);
    } catch (CryptoException e) {
      state.drop(IkeDropReason.HALF_OPEN_LIMIT);
    }
    return false;
  }

  /** An error to a stranger, at a bounded rate (2.21.4). */
  private void refuse(IkeHeader header, NotifyPayload answer, Endpoint from, Endpoint to) {
    if (state.now() >= answerAfter) {
      answerAfter = state.now() + TELL_PAUSE / 10;
      answer(header, answer, from, to);
    }
  }

  private void answer(IkeHeader request, Payload payload, Endpoint from, Endpoint to) {
    IkeHeader header =
        IkeHeader.of(
            request.initiatorSpi(),
            request.responderSpi(),
            request.exchangeType(),
            false,
            true,
            request.messageId());
    byte[] octets = MessageEncoder.encode(header, List.of(payload));
    state.emit(new IkeOutput.Transmit(to, from, Bytes.copyOf(octets), false));
  }

  private void tell(Endpoint from, @Nullable Diagnosis diagnosis) {
    long now = state.now();
    boolean again = diagnosis != null && diagnosis.equals(lastTold) && now < tellAgainAfter;
    if (diagnosis != null && !again && now >= tellAfter) {
      tellAfter = now + TELL_PAUSE;
      tellAgainAfter = now + TELL_AGAIN;
      lastTold = diagnosis;
      state.tell(new IkeEvent.NegotiationFailed("", from, diagnosis));
    }
  }

  /** No new peers from now on. */
  void close() {
    closing = true;
  }
}
