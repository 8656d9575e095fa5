package org.ipsec4j.ike.auth;

import java.math.BigInteger;
import org.ipsec4j.api.Bytes;

/** The two forms of an ECDSA signature. */
final class EcdsaSignature {
  private static final int INTEGER = 0x02;
  private static final int SEQUENCE = 0x30;

  private EcdsaSignature() {}

  /** {@code r | s} of equal length to the DER of {@code SEQUENCE { r, s }}. */
  static Bytes toDer(Bytes concatenated) {
    int half = concatenated.length() / 2;
    Bytes r = integer(concatenated.slice(0, half));
    Bytes s = integer(concatenated.slice(half, half));
    return der(SEQUENCE, Bytes.concat(r, s));
  }

  private static Bytes integer(Bytes unsigned) {
    return der(INTEGER, Bytes.copyOf(new BigInteger(1, unsigned.toArray()).toByteArray()));
  }

  /** A value of at most 255 octets with its tag. */
  private static Bytes der(int tag, Bytes value) {
    byte[] header =
        value.length() < 0x80
            ? new byte[] {(byte) tag, (byte) value.length()}
            : new byte[] {(byte) tag, (byte) 0x81, (byte) value.length()};
    return Bytes.concat(Bytes.copyOf(header), value);
  }
}
