package org.ipsec4j.ike.rules;

import java.util.List;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.ike.rules.RuleResult.Rule;
import org.ipsec4j.ike.wire.AuthPayload;
import org.ipsec4j.ike.wire.EapPayload;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IdPayload;
import org.ipsec4j.ike.wire.IkeHeader;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.Payload;
import org.ipsec4j.ike.wire.PayloadType;
import org.ipsec4j.ike.wire.Role;
import org.ipsec4j.ike.wire.SaPayload;
import org.ipsec4j.ike.wire.SkPayload;
import org.ipsec4j.ike.wire.SkfPayload;
import org.ipsec4j.ike.wire.UnknownPayload;
import org.jspecify.annotations.Nullable;

/** Holds messages against the table of {@link MessageKind}. Stateless, thread-safe. */
public final class MessageRules {
  private static final int PAYLOAD_TYPES = 256;

  private MessageRules() {}

  /**
   * Checks what came out of the decoder, before anything is opened: the header fits the exchange,
   * and every exchange but IKE_SA_INIT is encrypted.
   *
   * @return null when nothing is wrong
   */
  public static RuleResult.@Nullable Violation checkOuter(IkeMessage outer) {
    IkeHeader header = outer.header();
    if (!headerFits(header)) {
      return new RuleResult.Violation(Rule.HEADER_CONTRADICTS_EXCHANGE, 0);
    }
    boolean encrypted =
        !outer.payloads().isEmpty()
            && (outer.payloads().getLast() instanceof SkPayload
                || outer.payloads().getLast() instanceof SkfPayload);
    if (header.exchangeType() != ExchangeType.IKE_SA_INIT) {
      return encrypted ? null : new RuleResult.Violation(Rule.NOT_ENCRYPTED, 0);
    }
    return encrypted
        ? new RuleResult.Violation(Rule.PAYLOAD_FORBIDDEN, outer.payloads().getLast().type())
        : null;
  }

  /** Flags, SPIs and Message ID (RFC 7296 2.2, 2.6, 3.1). */
  private static boolean headerFits(IkeHeader header) {
    boolean initiatorAsks = header.initiator() == header.request();
    return switch (header.exchangeType()) {
      case ExchangeType.IKE_SA_INIT ->
          initiatorAsks
              && header.messageId() == 0
              && (header.response() || header.responderSpi() == 0);
      case ExchangeType.IKE_AUTH ->
          initiatorAsks && header.messageId() > 0 && header.responderSpi() != 0;
      default -> header.responderSpi() != 0;
    };
  }

  /**
   * Checks a whole message: IKE_SA_INIT as decoded, every other one as opened.
   *
   * @param message header and payloads, none of them encrypted
   */
  public static RuleResult check(IkeMessage message) {
    if (!headerFits(message.header())) {
      return new RuleResult.Violation(Rule.HEADER_CONTRADICTS_EXCHANGE, 0);
    }
    MessageKind kind = kind(message);
    if (kind == null) {
      return new RuleResult.Violation(Rule.UNKNOWN_EXCHANGE, 0);
    }
    RuleResult.Violation violation = payloads(kind, message.payloads());
    if (violation == null) {
      violation = proposals(kind, message.first(SaPayload.class));
    }
    return violation == null ? new RuleResult.Ok(kind) : violation;
  }

  /** Which message it is meant to be, by what only that message has; null when unknown. */
  private static @Nullable MessageKind kind(IkeMessage message) {
    boolean response = message.header().response();
    boolean sa = message.first(SaPayload.class) != null;
    return switch (message.header().exchangeType()) {
      case ExchangeType.IKE_SA_INIT ->
          !response
              ? MessageKind.IKE_SA_INIT_REQUEST
              : sa ? MessageKind.IKE_SA_INIT_RESPONSE : MessageKind.IKE_SA_INIT_REFUSAL;
      case ExchangeType.IKE_AUTH -> response ? authResponse(message, sa) : authRequest(message);
      case ExchangeType.CREATE_CHILD_SA -> createChild(message, response, sa);
      case ExchangeType.INFORMATIONAL ->
          response ? MessageKind.INFORMATIONAL_RESPONSE : MessageKind.INFORMATIONAL_REQUEST;
      default -> null;
    };
  }

  private static MessageKind authRequest(IkeMessage message) {
    boolean auth = message.first(AuthPayload.class) != null;
    if (message.first(EapPayload.class) != null) {
      return MessageKind.IKE_AUTH_EAP_STEP;
    }
    if (message.id(Role.INITIATOR).isPresent()) {
      return auth ? MessageKind.IKE_AUTH_REQUEST : MessageKind.IKE_AUTH_EAP_BEGIN;
    }
    boolean lastOfEap = auth && message.all(IdPayload.class).isEmpty();
    return lastOfEap && message.first(SaPayload.class) == null
        ? MessageKind.IKE_AUTH_EAP_LAST
        : MessageKind.IKE_AUTH_REQUEST;
  }

  private static MessageKind authResponse(IkeMessage message, boolean sa) {
    if (message.first(EapPayload.class) != null) {
      return message.id(Role.RESPONDER).isPresent()
          ? MessageKind.IKE_AUTH_EAP_FIRST
          : MessageKind.IKE_AUTH_EAP_STEP;
    }
    if (sa) {
      return MessageKind.IKE_AUTH_RESPONSE;
    }
    return message.first(AuthPayload.class) != null
        ? MessageKind.IKE_AUTH_RESPONSE_NO_CHILD
        : MessageKind.IKE_AUTH_REFUSAL;
  }

  private static MessageKind createChild(IkeMessage message, boolean response, boolean sa) {
    SaPayload payload = message.first(SaPayload.class);
    boolean ike =
        payload != null
            && !payload.proposals().isEmpty()
            && payload.proposals().getFirst().protocolId() == Proposal.IKE;
    if (!response) {
      return ike ? MessageKind.REKEY_IKE_SA_REQUEST : MessageKind.CREATE_CHILD_SA_REQUEST;
    }
    if (!sa) {
      return MessageKind.CREATE_CHILD_SA_REFUSAL;
    }
    return ike ? MessageKind.REKEY_IKE_SA_RESPONSE : MessageKind.CREATE_CHILD_SA_RESPONSE;
  }

  private static RuleResult.@Nullable Violation payloads(MessageKind kind, List<Payload> payloads) {
    int[] counts = new int[PAYLOAD_TYPES];
    for (Payload payload : payloads) {
      if (!(payload instanceof UnknownPayload)) {
        counts[payload.type()]++;
      }
    }
    for (int type = 0; type < PAYLOAD_TYPES; type++) {
      Row row = kind.row(type);
      if (counts[type] > row.max()) {
        Rule rule = row.max() == 0 ? Rule.PAYLOAD_FORBIDDEN : Rule.PAYLOAD_REPEATED;
        return new RuleResult.Violation(rule, type);
      }
    }
    for (Row row : kind.rows()) {
      if (counts[row.payloadType()] < row.min()) {
        return new RuleResult.Violation(Rule.PAYLOAD_MISSING, row.payloadType());
      }
    }
    return null;
  }

  private static RuleResult.@Nullable Violation proposals(
      MessageKind kind, @Nullable SaPayload sa) {
    if (sa == null) {
      return null;
    }
    List<Proposal> proposals = sa.proposals();
    boolean ike = isIke(kind);
    if (proposals.stream().anyMatch(proposal -> (proposal.protocolId() == Proposal.IKE) != ike)) {
      return new RuleResult.Violation(Rule.BAD_PROPOSAL_PROTOCOL, PayloadType.SA);
    }
    if (isAnswer(kind)) {
      return proposals.size() == 1
          ? null
          : new RuleResult.Violation(Rule.NOT_ONE_PROPOSAL, PayloadType.SA);
    }
    for (int i = 0; i < proposals.size(); i++) {
      if (proposals.get(i).number() != i + 1) {
        return new RuleResult.Violation(Rule.BAD_PROPOSAL_NUMBERS, PayloadType.SA);
      }
    }
    return null;
  }

  private static boolean isIke(MessageKind kind) {
    return switch (kind) {
      case IKE_SA_INIT_REQUEST, IKE_SA_INIT_RESPONSE, REKEY_IKE_SA_REQUEST, REKEY_IKE_SA_RESPONSE ->
          true;
      default -> false;
    };
  }

  private static boolean isAnswer(MessageKind kind) {
    return switch (kind) {
      case IKE_SA_INIT_RESPONSE,
          IKE_AUTH_RESPONSE,
          CREATE_CHILD_SA_RESPONSE,
          REKEY_IKE_SA_RESPONSE ->
          true;
      default -> false;
    };
  }
}
