package org.ipsec4j.ike.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Octets to messages (RFC 7296 3). Stateless, thread-safe. Never throws at content, and its memory
 * is bounded by the length of the input and the bounds named here and in the payloads.
 */
public final class MessageDecoder {
  /** Most payloads in a message. */
  public static final int MAX_PAYLOADS = 64;

  /** Most octets of a message: what a UDP datagram over IPv6 can carry. */
  public static final int MAX_MESSAGE = 65535;

  private MessageDecoder() {}

  /**
   * Decodes one message.
   *
   * @param datagram exactly one message, without a non-ESP marker; borrowed for the call
   */
  public static DecodeResult decode(byte[] datagram) {
    if (datagram.length > MAX_MESSAGE) {
      return new DecodeResult.Malformed(MalformedReason.TOO_LONG, MAX_MESSAGE, null);
    }
    IkeHeader header = IkeHeader.parse(datagram, 0, datagram.length);
    if (header == null) {
      return new DecodeResult.Malformed(MalformedReason.SHORT_HEADER, datagram.length, null);
    }
    if (header.major() != IkeHeader.MAJOR) {
      return new DecodeResult.UnsupportedVersion(header);
    }
    if (header.length() != datagram.length) {
      return new DecodeResult.Malformed(MalformedReason.LENGTH_MISMATCH, 24, header);
    }
    if (header.initiatorSpi() == 0) {
      return new DecodeResult.Malformed(MalformedReason.ZERO_INITIATOR_SPI, 0, header);
    }
    WireReader in = new WireReader(datagram, IkeHeader.LENGTH, datagram.length);
    return payloads(header, in, header.nextPayload(), true);
  }

  /**
   * Decodes one message.
   *
   * @param datagram position to limit are exactly one message; borrowed for the call, position and
   *     limit stay
   */
  public static DecodeResult decode(ByteBuffer datagram) {
    if (datagram.remaining() > MAX_MESSAGE) {
      return new DecodeResult.Malformed(MalformedReason.TOO_LONG, MAX_MESSAGE, null);
    }
    byte[] copy = new byte[datagram.remaining()];
    datagram.get(datagram.position(), copy);
    return decode(copy);
  }

  /**
   * Decodes a chain of payloads, such as the text of an encrypted payload.
   *
   * @param header of the message that they came in
   * @param chain holds the payloads
   * @param firstType type of the first payload
   */
  static DecodeResult decodeInner(IkeHeader header, byte[] chain, int from, int to, int firstType) {
    return payloads(header, new WireReader(chain, from, to), firstType, false);
  }

  private static DecodeResult payloads(
      IkeHeader header, WireReader in, int firstType, boolean outer) {
    List<Payload> payloads = new ArrayList<>();
    int type = firstType;
    while (type != PayloadType.NONE && !in.failed()) {
      int start = in.position();
      if (payloads.size() == MAX_PAYLOADS) {
        in.fail(MalformedReason.TOO_MANY_PAYLOADS);
      } else if (in.remaining() < Payload.GENERIC_HEADER) {
        in.fail(MalformedReason.BAD_PAYLOAD_LENGTH, start);
      }
      int next = in.u8();
      boolean critical = (in.u8() & 0x80) != 0;
      int length = in.u16();
      if (length < Payload.GENERIC_HEADER || length - 4 > in.remaining()) {
        in.fail(MalformedReason.BAD_PAYLOAD_LENGTH, start);
        break;
      }
      WireReader body = in.window(length - Payload.GENERIC_HEADER);
      Payload payload = payload(type, critical, next, body, outer);
      body.expectEnd();
      in.join(body);
      if (payload == null) {
        break;
      }
      if (payload instanceof UnknownPayload && critical) {
        return new DecodeResult.UnsupportedCritical(header, type);
      }
      payloads.add(payload);
      type = payload instanceof SkPayload || payload instanceof SkfPayload ? endOf(in) : next;
    }
    if (!in.failed() && in.remaining() > 0) {
      in.fail(MalformedReason.OCTETS_BEHIND_PAYLOADS);
    }
    MalformedReason reason = in.failure();
    return reason == null
        ? new DecodeResult.Ok(new IkeMessage(header, payloads))
        : new DecodeResult.Malformed(reason, in.failureOffset(), header);
  }

  /** The encrypted payload is the last; its next-payload field speaks of its inside (3.14). */
  private static int endOf(WireReader in) {
    if (in.remaining() > 0) {
      in.fail(MalformedReason.ENCRYPTED_NOT_LAST);
    }
    return PayloadType.NONE;
  }

  private static @Nullable Payload payload(
      int type, boolean critical, int next, WireReader in, boolean outer) {
    if (!outer && (type == PayloadType.SK || type == PayloadType.SKF)) {
      in.fail(MalformedReason.ENCRYPTED_NESTED);
      return null;
    }
    return switch (type) {
      case PayloadType.SA -> SaPayload.parse(in);
      case PayloadType.KE -> KePayload.parse(in);
      case PayloadType.IDI -> IdPayload.parse(in, Role.INITIATOR);
      case PayloadType.IDR -> IdPayload.parse(in, Role.RESPONDER);
      case PayloadType.CERT -> CertPayload.parse(in);
      case PayloadType.CERTREQ -> CertReqPayload.parse(in);
      case PayloadType.AUTH -> AuthPayload.parse(in);
      case PayloadType.NONCE -> NoncePayload.parse(in);
      case PayloadType.NOTIFY -> NotifyPayload.parse(in);
      case PayloadType.DELETE -> DeletePayload.parse(in);
      case PayloadType.VENDOR_ID -> VendorIdPayload.parse(in);
      case PayloadType.TSI -> TsPayload.parse(in, Role.INITIATOR);
      case PayloadType.TSR -> TsPayload.parse(in, Role.RESPONDER);
      case PayloadType.CP -> ConfigPayload.parse(in);
      case PayloadType.EAP -> EapPayload.parse(in);
      case PayloadType.SK -> SkPayload.parse(in, next);
      case PayloadType.SKF -> SkfPayload.parse(in, next);
      default -> UnknownPayload.parse(in, type, critical);
    };
  }
}
