package org.ipsec4j.ike.wire;

import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.IkeCipher;
import org.jspecify.annotations.Nullable;

/** What SK and SKF have in common: padding, IV, lengths, seal and open. */
final class Envelope {
  private static final int PAD_LENGTH = 1;

  private final IkeHeader header;
  private final int type;
  private final int innerType;
  private final int number;
  private final int total;

  private Envelope(IkeHeader header, int type, int innerType, int number, int total) {
    this.header = header;
    this.type = type;
    this.innerType = innerType;
    this.number = number;
    this.total = total;
  }

  static Envelope sk(IkeHeader header, int innerType) {
    return new Envelope(header, PayloadType.SK, innerType, 0, 0);
  }

  static Envelope skf(IkeHeader header, int innerType, int number, int total) {
    return new Envelope(header, PayloadType.SKF, innerType, number, total);
  }

  /** Where the IV begins in a message that holds nothing else. */
  private static int ivOffset(int type) {
    int numbers = type == PayloadType.SKF ? SkfPayload.NUMBERS : 0;
    return IkeHeader.LENGTH + Payload.GENERIC_HEADER + numbers;
  }

  /** Octets of the message around a text of {@code length} octets. */
  static int messageLength(int type, int length, IkeCipher cipher) {
    return ivOffset(type) + cipher.ivLength() + padded(length, cipher) + cipher.icvLength();
  }

  /** Most octets of text in a message of at most {@code limit} octets; may be below 1. */
  static int mostText(int type, int limit, IkeCipher cipher) {
    int room = limit - ivOffset(type) - cipher.ivLength() - cipher.icvLength();
    return Math.floorDiv(room, cipher.blockLength()) * cipher.blockLength() - PAD_LENGTH;
  }

  private static int padded(int length, IkeCipher cipher) {
    int block = cipher.blockLength();
    return (length + PAD_LENGTH + block - 1) / block * block;
  }

  byte[] seal(byte[] text, int from, int length, SealKey key) throws CryptoException {
    IkeCipher cipher = key.cipher();
    int total = messageLength(type, length, cipher);
    MessageEncoder.checkLength(total);
    byte[] message = new byte[total];
    header.with(type, total).emit(message, 0);
    WireWriter out = new WireWriter(message, IkeHeader.LENGTH);
    out.u8(innerType).u8(0).u16(total - IkeHeader.LENGTH);
    if (type == PayloadType.SKF) {
      out.u16(number).u16(this.total);
    }
    int ivOffset = out.position();
    int textOffset = ivOffset + cipher.ivLength();
    System.arraycopy(text, from, message, textOffset, length);
    int padded = padded(length, cipher);
    message[textOffset + padded - 1] = (byte) (padded - length - PAD_LENGTH);
    key.ivs().next(message, ivOffset, cipher.ivLength());
    cipher.seal(message, ivOffset);
    return message;
  }

  /** The last payload, or null. */
  static @Nullable Payload last(IkeMessage outer) {
    List<Payload> payloads = outer.payloads();
    return payloads.isEmpty() ? null : payloads.getLast();
  }

  /** Unknown payloads in front of the encrypted one are ignored, known ones belong inside. */
  static boolean onlyUnknownInFront(IkeMessage outer) {
    List<Payload> front = outer.payloads().subList(0, outer.payloads().size() - 1);
    return front.stream().allMatch(payload -> payload instanceof UnknownPayload);
  }

  /** Outcome of {@link #open}. */
  sealed interface Opening {}

  /** The authentic text without its padding. */
  @SuppressWarnings("ArrayRecordComponent") // handed on at once, never compared or kept
  record Text(byte[] octets, int length) implements Opening {}

  /** It stays closed. */
  record Sealed(OpenResult.Reason reason) implements Opening {}

  static Opening open(byte[] datagram, int ivOffset, IkeCipher cipher) {
    int textOffset = ivOffset + cipher.ivLength();
    int textLength = datagram.length - textOffset - cipher.icvLength();
    if (textLength < PAD_LENGTH || textLength % cipher.blockLength() != 0) {
      return new Sealed(OpenResult.Reason.BAD_LENGTH);
    }
    byte[] message = datagram.clone();
    if (!cipher.open(message, ivOffset)) {
      return new Sealed(OpenResult.Reason.ICV_MISMATCH);
    }
    int padding = message[textOffset + textLength - 1] & 0xff;
    if (padding > textLength - PAD_LENGTH) {
      return new Sealed(OpenResult.Reason.BAD_PADDING);
    }
    int end = textOffset + textLength - PAD_LENGTH - padding;
    return new Text(Arrays.copyOfRange(message, textOffset, end), end - textOffset);
  }
}
