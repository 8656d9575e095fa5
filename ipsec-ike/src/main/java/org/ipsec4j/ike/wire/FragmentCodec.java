package org.ipsec4j.ike.wire;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;

/** Splits messages into encrypted fragments (RFC 7383 2.5). */
public final class FragmentCodec {
  /** Most fragments that are sent or taken for one message. */
  public static final int MAX_FRAGMENTS = 256;

  private static final int UDP_HEADER = 8;
  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;
  private static final int NON_ESP_MARKER = 4;

  private FragmentCodec() {}

  /**
   * Octets that are left for an IKE message.
   *
   * @param datagram octets of the IP datagram with its headers, as policies state it
   * @param ipv4 whether it goes over IPv4
   * @param nonEspMarker whether the marker of RFC 3948 stands in front
   */
  public static int room(int datagram, boolean ipv4, boolean nonEspMarker) {
    return datagram
        - (ipv4 ? IPV4_HEADER : IPV6_HEADER)
        - UDP_HEADER
        - (nonEspMarker ? NON_ESP_MARKER : 0);
  }

  /**
   * Seals payloads into one SK message when that fits, and into SKF messages otherwise.
   *
   * @param header next payload and length are filled in
   * @param payloads what goes inside
   * @param key our sending key; an IV is used up per fragment
   * @param room most octets of one message, from {@link #room}
   * @return the datagrams in order
   * @throws CryptoException when the provider fails
   * @throws IllegalArgumentException when more than {@link #MAX_FRAGMENTS} would be needed, or the
   *     payloads are longer than {@link MessageDecoder#MAX_MESSAGE}
   */
  public static List<byte[]> seal(IkeHeader header, List<Payload> payloads, SealKey key, int room)
      throws CryptoException {
    byte[] text = new byte[MessageEncoder.length(payloads)];
    MessageEncoder.checkLength(text.length);
    if (Envelope.messageLength(PayloadType.SK, text.length, key.cipher()) <= room) {
      return List.of(SkCodec.seal(header, payloads, key));
    }
    MessageEncoder.emit(payloads, text, 0);
    int part = Envelope.mostText(PayloadType.SKF, room, key.cipher());
    int total = part < 1 ? Integer.MAX_VALUE : (text.length + part - 1) / part;
    if (total > MAX_FRAGMENTS) {
      throw new IllegalArgumentException(text.length + " octets do not fit fragments of " + room);
    }
    List<byte[]> fragments = new ArrayList<>(total);
    for (int number = 1; number <= total; number++) {
      int from = (number - 1) * part;
      // Only the first fragment says what is inside (RFC 7383 2.5).
      int innerType = number == 1 ? MessageEncoder.firstType(payloads) : PayloadType.NONE;
      fragments.add(
          Envelope.skf(header, innerType, number, total)
              .seal(text, from, Math.min(part, text.length - from), key));
    }
    return fragments;
  }
}
