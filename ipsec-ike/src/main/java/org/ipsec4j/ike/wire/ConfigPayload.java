package org.ipsec4j.ike.wire;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Configuration payload (RFC 7296 3.15).
 *
 * @param configType {@link #REQUEST}, {@link #REPLY}, {@link #SET} or {@link #ACK}
 * @param attributes in the order of the message
 */
public record ConfigPayload(int configType, List<Attribute> attributes) implements Payload {
  /** CFG_REQUEST. */
  public static final int REQUEST = 1;

  /** CFG_REPLY. */
  public static final int REPLY = 2;

  /** CFG_SET. */
  public static final int SET = 3;

  /** CFG_ACK. */
  public static final int ACK = 4;

  /** Most attributes that are taken from a peer. */
  public static final int MAX_ATTRIBUTES = 256;

  /**
   * One configuration attribute (3.15.1).
   *
   * @param type 0 to 32767
   * @param value empty to ask for any value
   */
  public record Attribute(int type, Bytes value) {}

  /** Copies the list. */
  public ConfigPayload {
    attributes = List.copyOf(attributes);
  }

  static @Nullable ConfigPayload parse(WireReader in) {
    int type = in.u8();
    in.skip(3);
    List<Attribute> attributes = new ArrayList<>();
    while (in.remaining() > 0) {
      int attribute = in.u16() & 0x7fff;
      attributes.add(new Attribute(attribute, in.bytes(in.u16())));
      if (attributes.size() > MAX_ATTRIBUTES) {
        in.fail(MalformedReason.TOO_MANY_ATTRIBUTES);
      }
    }
    return in.failed() ? null : new ConfigPayload(type, attributes);
  }

  @Override
  public int type() {
    return PayloadType.CP;
  }

  @Override
  public int length() {
    int length = 4;
    for (Attribute attribute : attributes) {
      length += 4 + attribute.value().length();
    }
    return length;
  }

  @Override
  public void emit(byte[] target, int offset) {
    WireWriter out = new WireWriter(target, offset);
    out.u8(configType).zero(3);
    for (Attribute attribute : attributes) {
      out.u16(attribute.type() & 0x7fff).u16(attribute.value().length()).bytes(attribute.value());
    }
  }
}
