package org.ipsec4j.ike.wire;

import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.IkeCipher;

/**
 * Seals and opens messages with an Encrypted payload (RFC 7296 3.14, RFC 5282).
 *
 * <pre>
 *   header | generic header of SK | IV | payloads, padding, pad length | ICV
 *   '--------- authenticated ----------------------------------------'
 *                                       '--------- encrypted -------'
 * </pre>
 */
public final class SkCodec {
  private SkCodec() {}

  /**
   * Seals payloads into one message.
   *
   * @param header next payload and length are filled in
   * @param payloads what goes inside; may be empty
   * @param key our sending key; its next IV is used up
   * @return the datagram
   * @throws CryptoException when the provider fails; the IV is burnt
   * @throws IllegalArgumentException when the message would be longer than a datagram
   */
  public static byte[] seal(IkeHeader header, List<Payload> payloads, SealKey key)
      throws CryptoException {
    byte[] text = new byte[MessageEncoder.length(payloads)];
    MessageEncoder.checkLength(text.length);
    MessageEncoder.emit(payloads, text, 0);
    int innerType = MessageEncoder.firstType(payloads);
    return Envelope.sk(header, innerType).seal(text, 0, text.length, key);
  }

  /**
   * Opens a message with an SK payload.
   *
   * @param datagram exactly one message; not changed
   * @param outer what {@link MessageDecoder} made of it
   * @param cipher the peer's sending key
   * @return never {@link OpenResult.Incomplete}
   */
  public static OpenResult open(byte[] datagram, IkeMessage outer, IkeCipher cipher) {
    if (!(Envelope.last(outer) instanceof SkPayload sk)) {
      return new OpenResult.Dropped(OpenResult.Reason.NOT_ENCRYPTED);
    }
    if (!Envelope.onlyUnknownInFront(outer)) {
      return new OpenResult.Dropped(OpenResult.Reason.PAYLOAD_OUTSIDE);
    }
    return switch (Envelope.open(datagram, sk.offset(), cipher)) {
      case Envelope.Text text ->
          inner(outer.header(), text.octets(), 0, text.length(), sk.innerType());
      case Envelope.Sealed sealed -> new OpenResult.Dropped(sealed.reason());
    };
  }

  /** The payloads of an authentic text. */
  static OpenResult inner(IkeHeader header, byte[] text, int from, int to, int innerType) {
    return switch (MessageDecoder.decodeInner(header, text, from, to, innerType)) {
      case DecodeResult.Ok ok -> new OpenResult.Opened(ok.message());
      case DecodeResult.Failure failure -> new OpenResult.Refused(failure);
    };
  }
}
