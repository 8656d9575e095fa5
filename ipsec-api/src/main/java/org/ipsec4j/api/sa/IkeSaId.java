package org.ipsec4j.api.sa;

/**
 * Names an IKE SA by its SPIs (RFC 7296 3.1).
 *
 * @param initiatorSpi chosen by the initiator of this IKE SA
 * @param responderSpi chosen by the responder; 0 while unknown
 */
public record IkeSaId(long initiatorSpi, long responderSpi) {
  @Override
  public String toString() {
    return String.format("%016x_i-%016x_r", initiatorSpi, responderSpi);
  }
}
