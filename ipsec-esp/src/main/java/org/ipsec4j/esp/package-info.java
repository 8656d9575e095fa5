/**
 * Protects and opens packets in place: ESP, AH, bundles of both, the SAD, replay windows, outer
 * headers.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.esp.EspOutbound#protect}, then {@link
 *       org.ipsec4j.esp.EspInbound#open}: one method per direction, top to bottom. {@link
 *       org.ipsec4j.esp.AhOutbound} and {@link org.ipsec4j.esp.AhInbound} have the same shape;
 *       {@link org.ipsec4j.esp.IpsecOutbound} and {@link org.ipsec4j.esp.IpsecInbound} stand above
 *       all four and know bundles.
 *   <li>May import org.ipsec4j.api and java.base.
 *   <li>Never allocates, copies a payload or throws per packet once an SA is installed, but for the
 *       counts of drops, which come with an SA's first; never touches sockets, threads, clocks or a
 *       source of randomness.
 *   <li>RFC sections: 4303 2 and 3, Appendix A; 4302 2 and 3, Appendix A; 4543 4; 3948 2 and 3;
 *       4301 4.1, 4.4.2, 5, 7, 8, Appendix E; 6040 4; 6479; 7402 Appendix B; 9611 (SAs of
 *       resources).
 *   <li>Explained by EspRoundTripTest, EveryTransformTest, OuterHeaderRulesTest, EspVectors,
 *       EspProperties, ReplayWindowProperties, AllocationTest; PlainTunnelProperties,
 *       LookAsideTest, SaFootprintTest; BeetTest, BeetVectors; AhTest, AhVectors, AhProperties;
 *       BundleTest, BundleProperties.
 * </ul>
 */
package org.ipsec4j.esp;
