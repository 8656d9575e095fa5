package org.ipsec4j.ike.rules;

import static org.ipsec4j.ike.rules.Row.any;
import static org.ipsec4j.ike.rules.Row.maybe;
import static org.ipsec4j.ike.rules.Row.one;
import static org.ipsec4j.ike.rules.Row.some;
import static org.ipsec4j.ike.wire.PayloadType.AUTH;
import static org.ipsec4j.ike.wire.PayloadType.CERT;
import static org.ipsec4j.ike.wire.PayloadType.CERTREQ;
import static org.ipsec4j.ike.wire.PayloadType.CP;
import static org.ipsec4j.ike.wire.PayloadType.DELETE;
import static org.ipsec4j.ike.wire.PayloadType.EAP;
import static org.ipsec4j.ike.wire.PayloadType.IDI;
import static org.ipsec4j.ike.wire.PayloadType.IDR;
import static org.ipsec4j.ike.wire.PayloadType.KE;
import static org.ipsec4j.ike.wire.PayloadType.NONCE;
import static org.ipsec4j.ike.wire.PayloadType.NOTIFY;
import static org.ipsec4j.ike.wire.PayloadType.SA;
import static org.ipsec4j.ike.wire.PayloadType.TSI;
import static org.ipsec4j.ike.wire.PayloadType.TSR;
import static org.ipsec4j.ike.wire.PayloadType.VENDOR_ID;

import java.util.List;

/**
 * The messages of IKEv2 and the payloads of each (RFC 7296 Appendix C and the sections it sums up).
 * Notify, Vendor ID and unknown non-critical payloads may stand anywhere in any number and are
 * listed only where at least one is needed; a payload that is not listed must not be there.
 */
public enum MessageKind {
  /** {@code --> [N(COOKIE),] SA, KE, Ni} (1.2). */
  IKE_SA_INIT_REQUEST(one(SA), one(KE), one(NONCE)),
  /** {@code <-- SA, KE, Nr, [CERTREQ+]} (1.2). */
  IKE_SA_INIT_RESPONSE(one(SA), one(KE), one(NONCE), any(CERTREQ)),
  /** {@code <-- N(COOKIE)}, or {@code N(INVALID_KE_PAYLOAD)}, or another error (2.6, 2.21.1). */
  IKE_SA_INIT_REFUSAL(some(NOTIFY)),

  /** {@code --> IDi, [CERT+,] [CERTREQ+,] [IDr,] AUTH, [CP,] SA, TSi, TSr} (1.2). */
  IKE_AUTH_REQUEST(
      one(IDI),
      any(CERT),
      any(CERTREQ),
      maybe(IDR),
      one(AUTH),
      maybe(CP),
      one(SA),
      one(TSI),
      one(TSR)),
  /** {@code --> IDi, [CERTREQ+,] [IDr,] [CP,] SA, TSi, TSr}: asks for EAP (2.16). */
  IKE_AUTH_EAP_BEGIN(
      one(IDI), any(CERT), any(CERTREQ), maybe(IDR), maybe(CP), one(SA), one(TSI), one(TSR)),
  /** {@code <-- IDr, [CERT+,] AUTH, EAP} (2.16). */
  IKE_AUTH_EAP_FIRST(one(IDR), any(CERT), maybe(AUTH), one(EAP)),
  /** {@code <-> EAP} (2.16). */
  IKE_AUTH_EAP_STEP(one(EAP)),
  /** {@code --> AUTH}: the last request with EAP (2.16). */
  IKE_AUTH_EAP_LAST(one(AUTH)),
  /** {@code <-- [IDr, [CERT+,]] AUTH, [CP,] SA, TSi, TSr}; without IDr the last with EAP. */
  IKE_AUTH_RESPONSE(maybe(IDR), any(CERT), one(AUTH), maybe(CP), one(SA), one(TSI), one(TSR)),
  /** {@code <-- [IDr, [CERT+,]] AUTH, N(error)}: an IKE SA without its Child SA (1.2). */
  IKE_AUTH_RESPONSE_NO_CHILD(maybe(IDR), any(CERT), one(AUTH), maybe(CP), some(NOTIFY)),
  /** {@code <-- N(error)}: no IKE SA (2.21.2). */
  IKE_AUTH_REFUSAL(some(NOTIFY)),

  /** {@code --> [N(REKEY_SA),] [CP,] SA, Ni, [KEi,] TSi, TSr} (1.3.1, 1.3.3). */
  CREATE_CHILD_SA_REQUEST(one(SA), one(NONCE), maybe(KE), maybe(CP), one(TSI), one(TSR)),
  /** {@code <-- [CP,] SA, Nr, [KEr,] TSi, TSr} (1.3.1, 1.3.3). */
  CREATE_CHILD_SA_RESPONSE(one(SA), one(NONCE), maybe(KE), maybe(CP), one(TSI), one(TSR)),
  /** {@code --> SA, Ni, KEi}: rekeys the IKE SA (1.3.2). */
  REKEY_IKE_SA_REQUEST(one(SA), one(NONCE), one(KE)),
  /** {@code <-- SA, Nr, KEr} (1.3.2). */
  REKEY_IKE_SA_RESPONSE(one(SA), one(NONCE), one(KE)),
  /** {@code <-- N(error)} (2.21.3). */
  CREATE_CHILD_SA_REFUSAL(some(NOTIFY)),

  /** {@code --> [N+,] [D+,] [CP]} (1.4); empty asks whether the peer lives. */
  INFORMATIONAL_REQUEST(any(DELETE), maybe(CP)),
  /** {@code <-- [N+,] [D+,] [CP]} (1.4). */
  INFORMATIONAL_RESPONSE(any(DELETE), maybe(CP));

  private static final Row NOTIFY_ANYWHERE = any(NOTIFY);
  private static final Row VENDOR_ID_ANYWHERE = any(VENDOR_ID);
  private static final Row NOWHERE = new Row(0, 0, 0);

  private final List<Row> rows;

  MessageKind(Row... rows) {
    this.rows = List.of(rows);
  }

  /** The rows of the table, without those that hold for every message. */
  public List<Row> rows() {
    return rows;
  }

  /** How often a payload of a known type may stand in this message. */
  public Row row(int payloadType) {
    for (Row row : rows) {
      if (row.payloadType() == payloadType) {
        return row;
      }
    }
    return switch (payloadType) {
      case NOTIFY -> NOTIFY_ANYWHERE;
      case VENDOR_ID -> VENDOR_ID_ANYWHERE;
      default -> NOWHERE;
    };
  }
}
