package org.ipsec4j.node;

import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.TrafficSelector;

/**
 * The two sides of a packet that asked for an association, as the first selectors of TSi and TSr
 * (RFC 7296 2.9).
 */
record TrafficPair(TrafficSelector local, TrafficSelector remote) {
  static TrafficPair of(IpHeaderView packet) {
    return new TrafficPair(
        side(
            packet,
            packet.isV4()
                ? IpAddress.v4((int) packet.sourceLow())
                : IpAddress.v6(packet.sourceHigh(), packet.sourceLow()),
            packet.sourcePort()),
        side(
            packet,
            packet.isV4()
                ? IpAddress.v4((int) packet.destinationLow())
                : IpAddress.v6(packet.destinationHigh(), packet.destinationLow()),
            packet.destinationPort()));
  }

  private static TrafficSelector side(IpHeaderView packet, IpAddress address, int port) {
    AddressRange range = AddressRange.single(address);
    // ICMP keeps type and code in one number that both sides share; a fragment has no ports.
    return port < 0 || packet.isTypeAndCode()
        ? new TrafficSelector(packet.protocol(), 0, 65535, range)
        : new TrafficSelector(packet.protocol(), port, port, range);
  }
}
