/**
 * Fragments and the path MTU: cutting packets, putting them together, telling later fragments'
 * ports, learning what a path carries and saying so to the inner side.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.esp.frag.Reassembler#accept} and {@link
 *       org.ipsec4j.esp.frag.Fragmenter#cut}.
 *   <li>May import org.ipsec4j.api and java.base. The packet path imports this package, never the
 *       other way round.
 *   <li>Never allocates after construction, never throws for what a packet contains, never knows
 *       the time or a source of randomness by itself.
 *   <li>RFC sections: 791 3.2; 8200 4.5; 5722; 6946; 7112; 3168 5.3; 4301 7 and 8; 1191; 8201; 792;
 *       4443; 1122 3.2.2.
 *   <li>Explained by ReassemblyProperties, ReassemblerTest, FragmenterTest, FragmentTrackerTest,
 *       PathMtuTest, PathMtuProperties, IcmpTest, FragmentVectors, FragmentFuzz.
 * </ul>
 *
 * <p>A host uses them in this order. Inbound, before {@code EspInbound.open} with whole IP packets:
 * {@code accept} takes fragments out of the burst; then the burst and the burst of complete packets
 * are opened, one after the other. Outbound, fragments behind protection: {@code
 * EspOutbound.protect}, then {@code cutAll} with the MTU of the link and {@link
 * org.ipsec4j.esp.frag.Fragmenter.Role#SOURCE}; what stayed alive in the first burst and what is in
 * the second are sent. Outbound, fragments in front of protection: {@code cut} for each packet with
 * what its association carries and {@link org.ipsec4j.esp.frag.Fragmenter.Role#ROUTER}, then {@code
 * protect} for both bursts.
 *
 * <p>The path MTU belongs to each {@code OutboundSa}. The host configures it with the MTU of the
 * link, lays {@link org.ipsec4j.esp.frag.IcmpErrors} over ICMP errors that come to its outer
 * address, finds the SA of the quoted SPI and lets it learn. Packets that {@code protect} drops as
 * NEEDS_FRAGMENTATION are answered with {@link org.ipsec4j.esp.frag.IcmpReplies} and the length
 * that {@code EspOutbound.fits} names.
 *
 * <p>Where rules or SAs name ports, a {@link org.ipsec4j.esp.frag.FragmentTracker} stands between
 * parsing an inner packet and asking for its rule, one for each direction.
 */
package org.ipsec4j.esp.frag;
