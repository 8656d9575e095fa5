package org.ipsec4j.api.sa;

import org.ipsec4j.api.net.Endpoint;

/**
 * UDP encapsulation (RFC 3948).
 *
 * @param local our UDP address
 * @param remote the peer's, as seen from here; follows a NAT's changes
 */
public record UdpEncapsulation(Endpoint local, Endpoint remote) {}
