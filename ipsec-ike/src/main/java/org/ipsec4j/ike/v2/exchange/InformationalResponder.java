package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.ike.v2.exchange.ExchangeContext.ChildState;
import org.ipsec4j.ike.wire.DeletePayload;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;

/**
 * INFORMATIONAL, the peer began (RFC 7296 1.4, 1.4.1, 2.25): always answered, if only to say that
 * we live.
 *
 * <pre>
 *   HDR, SK {[N,] [D]}  --&gt;
 *                  &lt;--  HDR, SK {[D]}
 * </pre>
 */
public final class InformationalResponder extends PeerExchange {
  private final ExchangeContext sa;

  /**
   * @param sa the IKE SA
   */
  public InformationalResponder(ExchangeContext sa) {
    this.sa = sa;
  }

  @Override
  public int type() {
    return ExchangeType.INFORMATIONAL;
  }

  @Override
  public void onRequest(IkeMessage request) {
    List<DeletePayload> deletes = request.all(DeletePayload.class);
    if (deletes.stream().anyMatch(delete -> delete.protocolId() == Proposal.IKE)) {
      sa.answer(List.of());
      sa.ikeDeleted(DownReason.DELETED_BY_PEER);
      return;
    }
    NotifyPayload fatal = request.error().filter(InformationalResponder::isFatal).orElse(null);
    if (fatal != null) {
      // Our proof was refused after our answer had gone out, or our message was unreadable
      // (2.21.2).
      sa.answer(List.of());
      sa.tellFailure(
          fatal.is(NotifyType.AUTHENTICATION_FAILED)
              ? Diagnoses.refusedByPeer(sa.peer())
              : Diagnoses.peerError(
                  "INFORMATIONAL", NotifyType.name(fatal.notifyType()), sa.peer().origin()));
      sa.ikeDeleted(DownReason.DELETED_BY_PEER);
      return;
    }
    sa.answer(deleteChildren(deletes));
  }

  private static boolean isFatal(NotifyPayload notify) {
    return notify.is(NotifyType.AUTHENTICATION_FAILED)
        || notify.is(NotifyType.INVALID_SYNTAX)
        || notify.is(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD);
  }

  /** The other direction of each, but for those whose deletion we asked for ourselves (1.4.1). */
  private List<Payload> deleteChildren(List<DeletePayload> deletes) {
    Map<Integer, List<Bytes>> answer = new LinkedHashMap<>();
    for (DeletePayload delete : deletes) {
      for (Bytes spi : delete.spis()) {
        sa.childByPeerSpi(delete.protocolId(), Child.spi(spi))
            .ifPresentOrElse(
                child -> {
                  if (sa.stateOf(child) != ChildState.DELETING) {
                    answer
                        .computeIfAbsent(child.protocolId(), protocol -> new ArrayList<>())
                        .add(child.inboundSpiOctets());
                  }
                  sa.childDeletedByPeer(child);
                },
                () -> sa.unknownDeletedByPeer(Child.spi(spi)));
      }
    }
    List<Payload> payloads = new ArrayList<>();
    answer.forEach((protocol, spis) -> payloads.add(DeletePayload.childSas(protocol, spis)));
    return payloads;
  }
}
