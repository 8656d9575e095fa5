package org.ipsec4j.api.sa;

/**
 * Names an IKE SA by its SPIs (RFC 7296 3.1).
 *
 * @param initiatorSpi chosen by the initiator of this IKE SA
 * @param responderSpi chosen by the responder; 0 while unknown
 */
public record IkeSaId(long initiatorSpi, long responderSpi) {
  /** No IKE SA: that of a Child SA with manual keys. */
  public static final IkeSaId NONE = new IkeSaId(0, 0);

  @Override
  public String toString() {
    return String.format("%016x_i-%016x_r", initiatorSpi, responderSpi);
  }
}
