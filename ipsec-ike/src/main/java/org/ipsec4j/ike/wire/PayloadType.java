package org.ipsec4j.ike.wire;

/** Payload type numbers (RFC 7296 3.2). */
public final class PayloadType {
  /** No further payload. */
  public static final int NONE = 0;

  /** Security Association. */
  public static final int SA = 33;

  /** Key Exchange. */
  public static final int KE = 34;

  /** Identification of the initiator. */
  public static final int IDI = 35;

  /** Identification of the responder. */
  public static final int IDR = 36;

  /** Certificate. */
  public static final int CERT = 37;

  /** Certificate Request. */
  public static final int CERTREQ = 38;

  /** Authentication. */
  public static final int AUTH = 39;

  /** Nonce. */
  public static final int NONCE = 40;

  /** Notify. */
  public static final int NOTIFY = 41;

  /** Delete. */
  public static final int DELETE = 42;

  /** Vendor ID. */
  public static final int VENDOR_ID = 43;

  /** Traffic selectors of the initiator. */
  public static final int TSI = 44;

  /** Traffic selectors of the responder. */
  public static final int TSR = 45;

  /** Encrypted and Authenticated. */
  public static final int SK = 46;

  /** Configuration. */
  public static final int CP = 47;

  /** Extensible Authentication. */
  public static final int EAP = 48;

  /** Encrypted and Authenticated Fragment (RFC 7383 2.5). */
  public static final int SKF = 53;

  private PayloadType() {}

  /** The name of a number as the RFC's pictures write it, for people. */
  public static String name(int type) {
    return switch (type) {
      case NONE -> "none";
      case SA -> "SA";
      case KE -> "KE";
      case IDI -> "IDi";
      case IDR -> "IDr";
      case CERT -> "CERT";
      case CERTREQ -> "CERTREQ";
      case AUTH -> "AUTH";
      case NONCE -> "Nonce";
      case NOTIFY -> "N";
      case DELETE -> "D";
      case VENDOR_ID -> "V";
      case TSI -> "TSi";
      case TSR -> "TSr";
      case SK -> "SK";
      case CP -> "CP";
      case EAP -> "EAP";
      case SKF -> "SKF";
      default -> "payload-" + type;
    };
  }
}
