package org.ipsec4j.ike.v2.exchange;

import java.util.List;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.ike.v2.exchange.ExchangeContext.ChildState;
import org.ipsec4j.ike.wire.DeletePayload;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;

/**
 * INFORMATIONAL, our side began (RFC 7296 1.4): liveness, deletion, and the notice that the peer's
 * proof was refused (2.21.2).
 *
 * <pre>
 *   HDR, SK {[N,] [D]}  --&gt;
 *                  &lt;--  HDR, SK {[N,] [D]}
 * </pre>
 */
public final class InformationalInitiator extends OwnExchange {
  /** What it is for. */
  public sealed interface Purpose {
    /** Does the peer live (2.4)? */
    record Liveness() implements Purpose {}

    /** Delete a Child SA. */
    record DeleteChild(Child child) implements Purpose {}

    /** Delete a Child SA that the peer has and we do not. */
    record DeleteUnused(int protocolId, int inboundSpi) implements Purpose {}

    /** Delete the IKE SA. */
    record DeleteIke(DownReason reason) implements Purpose {}

    /** Tell that the peer's proof was refused; the IKE SA goes with it. */
    record Notice() implements Purpose {}
  }

  private final ExchangeContext sa;
  private final Purpose purpose;

  private InformationalInitiator(ExchangeContext sa, Purpose purpose) {
    this.sa = sa;
    this.purpose = purpose;
  }

  /** {@code HDR, SK {} -->}: does the peer live? */
  public static InformationalInitiator liveness(ExchangeContext sa) {
    return new InformationalInitiator(sa, new Purpose.Liveness());
  }

  /** {@code HDR, SK {D} -->}. */
  public static InformationalInitiator deleteChild(ExchangeContext sa, Child child) {
    return new InformationalInitiator(sa, new Purpose.DeleteChild(child));
  }

  /** {@code HDR, SK {D} -->} for a Child SA that only the peer has. */
  public static InformationalInitiator deleteUnused(
      ExchangeContext sa, int protocolId, int inboundSpi) {
    return new InformationalInitiator(sa, new Purpose.DeleteUnused(protocolId, inboundSpi));
  }

  /** {@code HDR, SK {D} -->} for the IKE SA. */
  public static InformationalInitiator deleteIke(ExchangeContext sa, DownReason reason) {
    return new InformationalInitiator(sa, new Purpose.DeleteIke(reason));
  }

  /** {@code HDR, SK {N(AUTHENTICATION_FAILED)} -->}. */
  public static InformationalInitiator notice(ExchangeContext sa) {
    return new InformationalInitiator(sa, new Purpose.Notice());
  }

  @Override
  public int type() {
    return ExchangeType.INFORMATIONAL;
  }

  /** What it is for. */
  public Purpose purpose() {
    return purpose;
  }

  @Override
  public void start() {
    if (purpose instanceof Purpose.DeleteChild delete
        && sa.stateOf(delete.child()) == ChildState.GONE) {
      // The peer was quicker.
      end();
      sa.finished();
      return;
    }
    List<Payload> payloads =
        switch (purpose) {
          case Purpose.Liveness liveness -> List.of();
          case Purpose.DeleteChild delete ->
              List.of(
                  DeletePayload.childSas(
                      delete.child().protocolId(), List.of(delete.child().inboundSpiOctets())));
          case Purpose.DeleteUnused delete ->
              List.of(
                  DeletePayload.childSas(
                      delete.protocolId(), List.of(Child.octets(delete.inboundSpi()))));
          case Purpose.DeleteIke delete -> List.of(DeletePayload.ikeSa());
          case Purpose.Notice notice -> List.of(NotifyPayload.of(NotifyType.AUTHENTICATION_FAILED));
        };
    sa.request(ExchangeType.INFORMATIONAL, payloads);
  }

  @Override
  public boolean onResponse(IkeMessage response) {
    conclude();
    return true;
  }

  private void conclude() {
    end();
    sa.finished();
    switch (purpose) {
      case Purpose.Liveness liveness -> {}
      case Purpose.DeleteChild delete -> sa.childDeleted(delete.child());
      case Purpose.DeleteUnused delete -> sa.env().releaseInboundSpi(delete.inboundSpi());
      case Purpose.DeleteIke delete -> sa.ikeDeleted(delete.reason());
      case Purpose.Notice notice -> sa.ikeDeleted(DownReason.PROTOCOL_ERROR);
    }
  }

  @Override
  public void abort() {
    super.abort();
    if (purpose instanceof Purpose.DeleteUnused delete) {
      sa.env().releaseInboundSpi(delete.inboundSpi());
    }
  }
}
