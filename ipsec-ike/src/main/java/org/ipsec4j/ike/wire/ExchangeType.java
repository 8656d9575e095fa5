package org.ipsec4j.ike.wire;

/**
 * Exchange type numbers (RFC 7296 3.1). Numbers and not an enum: unknown ones are dropped later.
 */
public final class ExchangeType {
  /** RFC 7296 1.2. */
  public static final int IKE_SA_INIT = 34;

  /** RFC 7296 1.2. */
  public static final int IKE_AUTH = 35;

  /** RFC 7296 1.3. */
  public static final int CREATE_CHILD_SA = 36;

  /** RFC 7296 1.4. */
  public static final int INFORMATIONAL = 37;

  /** RFC 5723 4.3.2. */
  public static final int IKE_SESSION_RESUME = 38;

  /** RFC 9242. */
  public static final int IKE_INTERMEDIATE = 43;

  /** RFC 9370. */
  public static final int IKE_FOLLOWUP_KE = 44;

  private ExchangeType() {}

  /** The name of a number, for people. */
  public static String name(int exchangeType) {
    return switch (exchangeType) {
      case IKE_SA_INIT -> "IKE_SA_INIT";
      case IKE_AUTH -> "IKE_AUTH";
      case CREATE_CHILD_SA -> "CREATE_CHILD_SA";
      case INFORMATIONAL -> "INFORMATIONAL";
      case IKE_SESSION_RESUME -> "IKE_SESSION_RESUME";
      case IKE_INTERMEDIATE -> "IKE_INTERMEDIATE";
      case IKE_FOLLOWUP_KE -> "IKE_FOLLOWUP_KE";
      default -> "exchange-" + exchangeType;
    };
  }
}
