package org.ipsec4j.ike.v2.exchange;

import org.ipsec4j.api.Bytes;

/**
 * The two IKE_SA_INIT messages as they went over the wire; AUTH covers them (RFC 7296 2.15).
 *
 * @param request the last request, with cookie when there was one
 * @param response its answer
 */
public record InitMessages(Bytes request, Bytes response) {}
