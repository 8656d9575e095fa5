package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Notify payload (RFC 7296 3.10).
 *
 * @param protocolId 0, or the protocol of the SPI; without SPI it is ignored on receipt
 * @param spi up to 255 octets, mostly empty
 * @param notifyType number, {@link NotifyType}
 * @param data Notification Data
 */
public record NotifyPayload(int protocolId, Bytes spi, int notifyType, Bytes data)
    implements Payload {
  /** A notification about the IKE SA, without SPI and data. */
  public static NotifyPayload of(NotifyType type) {
    return of(type, Bytes.EMPTY);
  }

  /** A notification about the IKE SA, without SPI. */
  public static NotifyPayload of(NotifyType type, Bytes data) {
    return new NotifyPayload(0, Bytes.EMPTY, type.number(), data);
  }

  /** A notification about a Child SA, such as REKEY_SA. */
  public static NotifyPayload about(NotifyType type, int protocolId, Bytes spi) {
    return new NotifyPayload(protocolId, spi, type.number(), Bytes.EMPTY);
  }

  static @Nullable NotifyPayload parse(WireReader in) {
    int protocol = in.u8();
    int spiSize = in.u8();
    int type = in.u16();
    Bytes spi = in.bytes(spiSize);
    Bytes data = in.rest();
    return in.failed() ? null : new NotifyPayload(protocol, spi, type, data);
  }

  /** Whether it is of that type. */
  public boolean is(NotifyType type) {
    return notifyType == type.number();
  }

  /** Whether it reports an error, known or not. */
  public boolean isError() {
    return NotifyType.isError(notifyType);
  }

  @Override
  public int type() {
    return PayloadType.NOTIFY;
  }

  @Override
  public int length() {
    return 4 + spi.length() + data.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    new WireWriter(target, offset)
        .u8(protocolId)
        .u8(spi.length())
        .u16(notifyType)
        .bytes(spi)
        .bytes(data);
  }
}
