package org.ipsec4j.ike.wire;

/**
 * One payload of an IKE message (RFC 7296 3.2), without its generic header. Each record has {@code
 * parse} (octets to meaning, no exception), {@code length} and {@code emit}.
 */
public sealed interface Payload
    permits SaPayload,
        KePayload,
        IdPayload,
        CertPayload,
        CertReqPayload,
        AuthPayload,
        NoncePayload,
        NotifyPayload,
        DeletePayload,
        VendorIdPayload,
        TsPayload,
        ConfigPayload,
        EapPayload,
        SkPayload,
        SkfPayload,
        UnknownPayload {
  /** Octets of the generic payload header. */
  int GENERIC_HEADER = 4;

  /** Payload type number, {@link PayloadType}. */
  int type();

  /**
   * The critical bit. Payloads of RFC 7296 are sent without it and it is ignored in them on receipt
   * (3.2), so only unknown payloads carry it.
   */
  default boolean critical() {
    return false;
  }

  /** Octets of the body, without the generic header. */
  int length();

  /**
   * Writes the body.
   *
   * @param target has {@link #length()} octets free from {@code offset}
   */
  void emit(byte[] target, int offset);
}
