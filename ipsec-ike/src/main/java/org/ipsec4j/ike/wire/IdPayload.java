package org.ipsec4j.ike.wire;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.policy.Identity;
import org.jspecify.annotations.Nullable;

/**
 * Identification payload, IDi or IDr (RFC 7296 3.5).
 *
 * @param role whose identity
 * @param idType ID type number
 * @param reserved the three reserved octets as a number: sent as 0, kept on receipt because they
 *     take part in the signed octets (2.15)
 * @param data Identification Data
 */
public record IdPayload(Role role, int idType, int reserved, Bytes data) implements Payload {
  /** The payload that claims {@code identity}. */
  public static IdPayload of(Role role, Identity identity) {
    return new IdPayload(role, identity.type(), 0, identity.data());
  }

  static @Nullable IdPayload parse(WireReader in, Role role) {
    int type = in.u8();
    int reserved = in.u8() << 16 | in.u16();
    Bytes data = in.rest();
    return in.failed() ? null : new IdPayload(role, type, reserved, data);
  }

  /**
   * The identity claimed. Data that do not fit their type give {@link Identity.Other}, which no
   * policy can name.
   */
  public Identity identity() {
    return IdentityWire.identity(idType, data);
  }

  /** The body: {@code IDType | RESERVED | Identification Data}, as AUTH covers it (2.15). */
  public Bytes body() {
    byte[] octets = new byte[length()];
    emit(octets, 0);
    return Bytes.copyOf(octets);
  }

  @Override
  public int type() {
    return role == Role.INITIATOR ? PayloadType.IDI : PayloadType.IDR;
  }

  @Override
  public int length() {
    return 4 + data.length();
  }

  @Override
  public void emit(byte[] target, int offset) {
    new WireWriter(target, offset).u8(idType).u8(reserved >>> 16).u16(reserved).bytes(data);
  }
}
