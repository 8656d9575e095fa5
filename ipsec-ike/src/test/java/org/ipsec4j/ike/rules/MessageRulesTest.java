package org.ipsec4j.ike.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.ike.rules.RuleResult.Rule;
import org.ipsec4j.ike.wire.AuthPayload;
import org.ipsec4j.ike.wire.CertPayload;
import org.ipsec4j.ike.wire.CertReqPayload;
import org.ipsec4j.ike.wire.ConfigPayload;
import org.ipsec4j.ike.wire.DeletePayload;
import org.ipsec4j.ike.wire.EapPayload;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IdPayload;
import org.ipsec4j.ike.wire.IkeHeader;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.KePayload;
import org.ipsec4j.ike.wire.NoncePayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;
import org.ipsec4j.ike.wire.PayloadType;
import org.ipsec4j.ike.wire.Role;
import org.ipsec4j.ike.wire.SaPayload;
import org.ipsec4j.ike.wire.Samples;
import org.ipsec4j.ike.wire.SkPayload;
import org.ipsec4j.ike.wire.TsPayload;
import org.ipsec4j.ike.wire.UnknownPayload;
import org.ipsec4j.ike.wire.VendorIdPayload;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every row of the table, and every payload against every message. */
final class MessageRulesTest {
  private static final List<Integer> TYPES =
      List.of(33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 47, 48);

  @ParameterizedTest
  @EnumSource
  void takesTheLeastMessage(MessageKind kind) {
    assertEquals(new RuleResult.Ok(kind), MessageRules.check(least(kind)));
  }

  @ParameterizedTest
  @EnumSource
  void takesEverythingThatMayBeThere(MessageKind kind) {
    List<Payload> payloads = new ArrayList<>(least(kind).payloads());
    for (Row row : kind.rows()) {
      if (row.min() == 0) {
        payloads.add(payload(kind, row.payloadType()));
      }
    }
    payloads.add(payload(kind, PayloadType.NOTIFY));
    payloads.add(payload(kind, PayloadType.VENDOR_ID));
    payloads.add(new UnknownPayload(77, false, Bytes.EMPTY));
    assertEquals(new RuleResult.Ok(kind), MessageRules.check(message(kind, payloads)));
  }

  /** One payload more than a row allows makes it another message or breaks a rule. */
  @ParameterizedTest
  @EnumSource
  void refusesOneTooManyOfEachPayload(MessageKind kind) {
    for (int type : TYPES) {
      Row row = kind.row(type);
      if (row.max() == Row.MANY) {
        continue;
      }
      List<Payload> payloads = new ArrayList<>(least(kind).payloads());
      for (int i = row.min(); i <= row.max(); i++) {
        payloads.add(payload(kind, type));
      }
      RuleResult result = MessageRules.check(message(kind, payloads));
      if (result instanceof RuleResult.Ok ok) {
        assertTrue(turnsInto(kind).contains(ok.kind()), kind + " + " + type + ": " + ok);
      } else if (turnsInto(kind).isEmpty()) {
        Rule rule = row.max() == 0 ? Rule.PAYLOAD_FORBIDDEN : Rule.PAYLOAD_REPEATED;
        assertEquals(new RuleResult.Violation(rule, type), result, kind + " + " + type);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void missesEachPayloadThatMustBeThere(MessageKind kind) {
    List<Payload> whole = least(kind).payloads();
    for (int i = 0; i < whole.size(); i++) {
      List<Payload> payloads = new ArrayList<>(whole);
      Payload missing = payloads.remove(i);
      RuleResult result = MessageRules.check(message(kind, payloads));
      if (result instanceof RuleResult.Ok ok) {
        assertTrue(shrinksInto(kind).contains(ok.kind()), kind + " - " + missing.type() + ok);
      } else if (shrinksInto(kind).isEmpty()) {
        assertEquals(
            new RuleResult.Violation(Rule.PAYLOAD_MISSING, missing.type()), result, kind.name());
      }
    }
  }

  /** Messages that with one more payload are legally another one. */
  private static Set<MessageKind> turnsInto(MessageKind kind) {
    return switch (kind) {
      case IKE_SA_INIT_REFUSAL -> EnumSet.of(MessageKind.IKE_SA_INIT_RESPONSE);
      case IKE_AUTH_EAP_BEGIN ->
          EnumSet.of(MessageKind.IKE_AUTH_REQUEST, MessageKind.IKE_AUTH_EAP_STEP);
      case IKE_AUTH_EAP_LAST ->
          EnumSet.of(MessageKind.IKE_AUTH_REQUEST, MessageKind.IKE_AUTH_EAP_STEP);
      case IKE_AUTH_EAP_STEP -> EnumSet.of(MessageKind.IKE_AUTH_EAP_FIRST);
      case IKE_AUTH_REFUSAL ->
          EnumSet.of(
              MessageKind.IKE_AUTH_RESPONSE_NO_CHILD,
              MessageKind.IKE_AUTH_RESPONSE,
              MessageKind.IKE_AUTH_EAP_STEP);
      case IKE_AUTH_RESPONSE_NO_CHILD ->
          EnumSet.of(MessageKind.IKE_AUTH_RESPONSE, MessageKind.IKE_AUTH_EAP_STEP);
      case IKE_AUTH_REQUEST, IKE_AUTH_RESPONSE -> EnumSet.of(MessageKind.IKE_AUTH_EAP_STEP);
      case CREATE_CHILD_SA_REFUSAL -> EnumSet.of(MessageKind.CREATE_CHILD_SA_RESPONSE);
      default -> EnumSet.noneOf(MessageKind.class);
    };
  }

  /** Messages that with one payload less are legally another one. */
  private static Set<MessageKind> shrinksInto(MessageKind kind) {
    return switch (kind) {
      case IKE_SA_INIT_RESPONSE -> EnumSet.of(MessageKind.IKE_SA_INIT_REFUSAL);
      case IKE_AUTH_REQUEST -> EnumSet.of(MessageKind.IKE_AUTH_EAP_BEGIN);
      case IKE_AUTH_EAP_BEGIN -> EnumSet.of(MessageKind.IKE_AUTH_EAP_LAST);
      case IKE_AUTH_EAP_FIRST -> EnumSet.of(MessageKind.IKE_AUTH_EAP_STEP);
      case IKE_AUTH_EAP_STEP, IKE_AUTH_RESPONSE, IKE_AUTH_RESPONSE_NO_CHILD ->
          EnumSet.of(MessageKind.IKE_AUTH_REFUSAL);
      case IKE_AUTH_EAP_LAST -> EnumSet.of(MessageKind.IKE_AUTH_REQUEST);
      case CREATE_CHILD_SA_REQUEST -> EnumSet.of(MessageKind.REKEY_IKE_SA_REQUEST);
      case CREATE_CHILD_SA_RESPONSE, REKEY_IKE_SA_RESPONSE ->
          EnumSet.of(MessageKind.CREATE_CHILD_SA_REFUSAL);
      case REKEY_IKE_SA_REQUEST -> EnumSet.of(MessageKind.CREATE_CHILD_SA_REQUEST);
      default -> EnumSet.noneOf(MessageKind.class);
    };
  }

  /** The ambiguous shapes, one by one, each with the one answer that is right. */
  @Test
  void namesTheRuleWhenAMessageCouldBeTwo() {
    // IKE_AUTH { AUTH, SA, TSi, TSr } -->
    assertViolation(
        Rule.PAYLOAD_MISSING,
        PayloadType.IDI,
        MessageKind.IKE_AUTH_REQUEST,
        without(MessageKind.IKE_AUTH_REQUEST, PayloadType.IDI));
    // <-- IKE_AUTH { IDr, AUTH, SA, TSi }
    assertViolation(
        Rule.PAYLOAD_MISSING,
        PayloadType.TSR,
        MessageKind.IKE_AUTH_RESPONSE,
        without(MessageKind.IKE_AUTH_RESPONSE, PayloadType.TSR));
    // <-- IKE_AUTH { IDr, SA, TSi, TSr }: no proof
    assertViolation(
        Rule.PAYLOAD_MISSING,
        PayloadType.AUTH,
        MessageKind.IKE_AUTH_RESPONSE,
        without(MessageKind.IKE_AUTH_RESPONSE, PayloadType.AUTH));
    // CREATE_CHILD_SA { SA(IKE), Ni } -->: an IKE SA is never rekeyed without a key exchange
    assertViolation(
        Rule.PAYLOAD_MISSING,
        PayloadType.KE,
        MessageKind.REKEY_IKE_SA_REQUEST,
        without(MessageKind.REKEY_IKE_SA_REQUEST, PayloadType.KE));
    // <-- IKE_SA_INIT { SA, KEr }
    assertViolation(
        Rule.PAYLOAD_MISSING,
        PayloadType.NONCE,
        MessageKind.IKE_SA_INIT_RESPONSE,
        without(MessageKind.IKE_SA_INIT_RESPONSE, PayloadType.NONCE));
    // IKE_AUTH { EAP, SA } -->
    assertViolation(
        Rule.PAYLOAD_FORBIDDEN,
        PayloadType.SA,
        MessageKind.IKE_AUTH_EAP_BEGIN,
        List.of(
            payload(MessageKind.IKE_AUTH_EAP_BEGIN, PayloadType.SA),
            payload(MessageKind.IKE_AUTH_EAP_BEGIN, PayloadType.EAP)));
  }

  @Test
  void refusesExchangesWithoutATable() {
    IkeHeader header = IkeHeader.of(1, 2, 99, true, false, 3);
    assertEquals(
        new RuleResult.Violation(Rule.UNKNOWN_EXCHANGE, 0),
        MessageRules.check(new IkeMessage(header, List.of())));
  }

  @ParameterizedTest
  @CsvSource({
    // exchange, I, R, Message ID, SPIr, right
    "34, true, false, 0, 0, true",
    "34, true, false, 0, 5, false",
    "34, true, false, 1, 0, false",
    "34, false, false, 0, 0, false",
    "34, false, true, 0, 5, true",
    "34, false, true, 0, 0, true",
    "34, true, true, 0, 5, false",
    "35, true, false, 1, 5, true",
    "35, true, false, 0, 5, false",
    "35, true, false, 1, 0, false",
    "35, false, false, 1, 5, false",
    "35, false, true, 1, 5, true",
    "36, false, false, 0, 5, true",
    "36, true, true, 0, 5, true",
    "36, true, false, 2, 0, false",
    "37, false, false, 0, 5, true",
    "37, true, false, 0, 0, false"
  })
  void holdsHeadersAgainstTheirExchange(
      int exchange, boolean initiator, boolean response, long id, long spi, boolean right) {
    IkeHeader header = IkeHeader.of(1, spi, exchange, initiator, response, id);
    boolean encrypted = exchange != ExchangeType.IKE_SA_INIT;
    List<Payload> payloads = encrypted ? List.of(new SkPayload(0, 32, 40)) : List.of();
    RuleResult.Violation violation = MessageRules.checkOuter(new IkeMessage(header, payloads));
    if (right) {
      assertNull(violation);
    } else {
      assertEquals(new RuleResult.Violation(Rule.HEADER_CONTRADICTS_EXCHANGE, 0), violation);
    }
  }

  @Test
  void wantsEncryptionWhereItMustBeAndOnlyThere() {
    IkeMessage clear =
        new IkeMessage(
            Samples.header(ExchangeType.INFORMATIONAL, false),
            List.of(NotifyPayload.of(NotifyType.INVALID_IKE_SPI)));
    IkeMessage sealed =
        new IkeMessage(
            Samples.header(ExchangeType.IKE_SA_INIT, false), List.of(new SkPayload(0, 32, 40)));
    assertEquals(new RuleResult.Violation(Rule.NOT_ENCRYPTED, 0), MessageRules.checkOuter(clear));
    assertEquals(
        new RuleResult.Violation(Rule.PAYLOAD_FORBIDDEN, PayloadType.SK),
        MessageRules.checkOuter(sealed));
    assertNull(MessageRules.checkOuter(Samples.init()));
  }

  /* RFC 7296 3.3.1: offers are numbered from 1 upwards; 3.3: an answer is one proposal. */
  @Test
  void countsProposals() {
    assertSa(Rule.BAD_PROPOSAL_NUMBERS, MessageKind.IKE_SA_INIT_REQUEST, ike(2));
    assertSa(Rule.BAD_PROPOSAL_NUMBERS, MessageKind.IKE_SA_INIT_REQUEST, ike(1), ike(1));
    assertSa(Rule.BAD_PROPOSAL_NUMBERS, MessageKind.IKE_SA_INIT_REQUEST, ike(1), ike(3));
    assertSa(null, MessageKind.IKE_SA_INIT_REQUEST, ike(1), ike(2));
    assertSa(Rule.NOT_ONE_PROPOSAL, MessageKind.IKE_SA_INIT_RESPONSE, ike(1), ike(2));
    assertSa(null, MessageKind.IKE_SA_INIT_RESPONSE, ike(7));
  }

  @Test
  void keepsProtocolsApart() {
    Proposal esp = Samples.espProposal(1);
    assertSa(Rule.BAD_PROPOSAL_PROTOCOL, MessageKind.IKE_SA_INIT_REQUEST, esp);
    assertSa(Rule.BAD_PROPOSAL_PROTOCOL, MessageKind.IKE_AUTH_REQUEST, ike(1));
    assertSa(Rule.BAD_PROPOSAL_PROTOCOL, MessageKind.CREATE_CHILD_SA_REQUEST, esp, ike(2));
  }

  private static void assertSa(@Nullable Rule rule, MessageKind kind, Proposal... proposals) {
    List<Payload> payloads = new ArrayList<>(without(kind, PayloadType.SA));
    payloads.add(new SaPayload(List.of(proposals)));
    RuleResult result = MessageRules.check(message(kind, payloads));
    assertEquals(
        rule == null ? new RuleResult.Ok(kind) : new RuleResult.Violation(rule, PayloadType.SA),
        result);
  }

  private static void assertViolation(
      Rule rule, int type, MessageKind kind, List<Payload> payloads) {
    assertEquals(new RuleResult.Violation(rule, type), MessageRules.check(message(kind, payloads)));
  }

  private static List<Payload> without(MessageKind kind, int type) {
    return least(kind).payloads().stream().filter(payload -> payload.type() != type).toList();
  }

  private static Proposal ike(int number) {
    return Samples.ikeProposal(number, Bytes.EMPTY);
  }

  /** The message with no payload more than it needs. */
  private static IkeMessage least(MessageKind kind) {
    List<Payload> payloads = new ArrayList<>();
    for (Row row : kind.rows()) {
      for (int i = 0; i < row.min(); i++) {
        payloads.add(payload(kind, row.payloadType()));
      }
    }
    return message(kind, payloads);
  }

  private static IkeMessage message(MessageKind kind, List<Payload> payloads) {
    String name = kind.name();
    boolean response =
        name.endsWith("RESPONSE")
            || name.endsWith("REFUSAL")
            || name.endsWith("NO_CHILD")
            || name.endsWith("EAP_FIRST");
    int exchange =
        name.startsWith("IKE_SA_INIT")
            ? ExchangeType.IKE_SA_INIT
            : name.startsWith("IKE_AUTH")
                ? ExchangeType.IKE_AUTH
                : name.startsWith("INFORMATIONAL")
                    ? ExchangeType.INFORMATIONAL
                    : ExchangeType.CREATE_CHILD_SA;
    return new IkeMessage(Samples.header(exchange, response), payloads);
  }

  private static Payload payload(MessageKind kind, int type) {
    Bytes octets = Bytes.ofHex("00112233445566778899aabbccddeeff");
    boolean ike = kind.name().startsWith("IKE_SA_INIT") || kind.name().startsWith("REKEY_IKE");
    return switch (type) {
      case PayloadType.SA -> new SaPayload(List.of(ike ? ike(1) : Samples.espProposal(1)));
      case PayloadType.KE -> new KePayload(31, octets);
      case PayloadType.IDI -> IdPayload.of(Role.INITIATOR, new Identity.Fqdn("i"));
      case PayloadType.IDR -> IdPayload.of(Role.RESPONDER, new Identity.Fqdn("r"));
      case PayloadType.CERT -> new CertPayload(4, octets);
      case PayloadType.CERTREQ -> new CertReqPayload(4, Bytes.EMPTY);
      case PayloadType.AUTH -> new AuthPayload(2, octets);
      case PayloadType.NONCE -> new NoncePayload(octets);
      case PayloadType.NOTIFY -> NotifyPayload.of(NotifyType.TS_UNACCEPTABLE);
      case PayloadType.DELETE -> DeletePayload.ikeSa();
      case PayloadType.VENDOR_ID -> new VendorIdPayload(octets);
      case PayloadType.TSI -> TsPayload.of(Role.INITIATOR, Samples.selectors());
      case PayloadType.TSR -> TsPayload.of(Role.RESPONDER, Samples.selectors());
      case PayloadType.CP -> new ConfigPayload(ConfigPayload.REQUEST, List.of());
      case PayloadType.EAP -> new EapPayload(octets);
      default -> throw new AssertionError(type);
    };
  }
}
